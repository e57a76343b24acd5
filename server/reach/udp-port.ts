/** Whether the seeder's UDP port can be had, asked before anything is opened: libjuice would only say that it failed. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export class UdpPortError extends Error {
  override readonly name = 'UdpPortError';
  readonly code = 'udp-port-taken';
}

/** 0 can always be had. Throws {@link UdpPortError}, and what else keeps a socket from opening. */
export async function assertUdpPortFree(udpPort: number): Promise<void> {
  if (udpPort === 0) return;
  const socket = createSocket('udp4');
  try {
    socket.bind(udpPort);
    await once(socket, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const choose = 'choose another with --udp-port or SWITCH_UDP_PORT';
    if (code === 'EADDRINUSE') throw new UdpPortError(`UDP port ${udpPort} is taken by another program. Stop it, or ${choose}.`, { cause: error });
    if (code === 'EACCES') throw new UdpPortError(`UDP port ${udpPort} needs rights this program does not have: ${choose}, above 1023.`, { cause: error });
    throw error;
  } finally {
    await new Promise<void>((resolve) => { socket.close(() => resolve()); });
  }
}
