/** What the ingest bench asks of a server, and what it hears. */
import { answerBench } from './asked-process.ts';

export const ADMIN_TOKEN = 'admin-token-of-the-bench';

export interface IngestQuestion {
  /** `url`: where tus uploads begin; answered when the server is up. `sync`: answered when all bytes are on the disk. */
  readonly ask: 'url' | 'usage' | 'sync';
}

export interface IngestUsage {
  /** Most resident memory since the process began. */
  readonly peakBytes: number;
  /** Since the process began. */
  readonly cpuMs: number;
}

export interface IngestServer {
  readonly url: string;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export function answerIngest(server: Promise<IngestServer>): void {
  answerBench<IngestQuestion>(async ({ ask }): Promise<IngestUsage | string | void> => {
    const { url, sync } = await server;
    if (ask === 'url') return url;
    if (ask === 'sync') return sync();
    const { user, system } = process.cpuUsage();
    return { peakBytes: process.resourceUsage().maxRSS * 1024, cpuMs: (user + system) / 1000 };
  }, async () => (await server).close());
}
