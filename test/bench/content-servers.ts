/** What people would serve a file with instead: nginx with sendfile, and @fastify/static; each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Closing } from '../fixtures/browser.ts';
import { eventually } from '../fixtures/http.ts';

const STATIC_SERVER = fileURLToPath(new URL('./static-server.ts', import.meta.url));
const START_LIMIT_MS = 20_000;

/** A server, the address under which its files lie, and the process that works for it. */
export interface FileServer {
  readonly url: string;
  readonly pid: number;
}

/** Debian's nginx with one worker. */
export async function startSendfile(t: Closing, folder: string, scratch: string): Promise<FileServer> {
  const port = await freePort();
  const config = join(scratch, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${scratch}/${name};`).join(' ');
  await writeFile(config, `daemon off; master_process off; user root; pid ${scratch}/nginx.pid; error_log stderr warn; events { worker_connections 4096; }
    http { access_log off; ${paths} sendfile on; tcp_nopush on; keepalive_requests 1000000; server { listen 127.0.0.1:${port}; root ${folder}; } }`);
  const child = spawn('nginx', ['-c', config, '-p', scratch], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } });
  endWith(t, child);
  await eventually('nginx answers', async () => answers(port), START_LIMIT_MS);
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 };
}

export async function startStatic(t: Closing, folder: string): Promise<FileServer> {
  const child = spawn(process.execPath, [STATIC_SERVER, folder], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 0 });
  endWith(t, child);
  const [port] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_LIMIT_MS) }) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, pid: child.pid ?? 0 };
}

function endWith(t: Closing, child: ChildProcess): void {
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
