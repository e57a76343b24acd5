/**
 * A process with one signalling server in it: a whole appliance, or bittorrent-tracker's WebSocket tracker. Started with --expose-gc
 * by signalling.bench.ts; ends when that does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerFigures {
  /** What the process used of the processor since it began. */
  readonly cpuMs: number;
  /** Of the process, garbage collected first; what the engine keeps for garbage to come is in it. */
  readonly residentBytes: number;
  /** What is alive of it: objects and buffers. */
  readonly liveBytes: number;
}

const [contender = 'ours', maxSockets = '1000'] = process.argv.slice(2);

async function listenOurs(): Promise<number> {
  const { configWith } = await import('../../config/load.ts');
  const { startAppliance } = await import('../../server/appliance.ts');
  const dataDir = mkdtempSync(join(tmpdir(), 'switch-bench-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const { url } = await startAppliance(configWith({
    host: '127.0.0.1', port: 0, udpPort: 0, dataDir, adminToken: 'admin-token-of-the-bench', logLevel: 'silent', seeder: false, reserveFreeBytes: 0,
    signallingMaxSockets: Number(maxSockets),
  }), { logDestination: process.stderr });
  return Number(new URL(url).port);
}

async function listenRival(): Promise<number> {
  const { default: Server } = await import('bittorrent-tracker/server');
  const server = new Server({ http: false, udp: false, ws: true, stats: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.http.address() as AddressInfo).port;
}

function figures(): ServerFigures {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, residentBytes: rss, liveBytes: heapUsed + external };
}

process.on('disconnect', () => process.exit());
const port = await (contender === 'ours' ? listenOurs() : listenRival());
process.on('message', () => process.send?.(figures()));
process.send?.({ port });
