/** The client of the ingest bench: sends bytes from memory over one connection, by tus 1.0 or by PUT, with as little work as can be. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { ADMIN_TOKEN } from './ingest-questions.ts';

const WRITE_BYTES = 1024 * 1024;
const CHUNK_BYTES = 32 * 1024 * 1024;
const ANSWER_LIMIT_MS = 120_000;

interface Body {
  /** Sent over and over. */
  readonly block: Buffer;
  readonly from: number;
  readonly to: number;
}

/** @returns the headers of the last answer. */
export async function uploadByTus(url: string, block: Buffer, sizeBytes: number): Promise<IncomingHttpHeaders> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const filename = Buffer.from('bench.mp4').toString('base64');
    const created = await send(agent, 'POST', url, { 'upload-length': String(sizeBytes), 'upload-metadata': `filename ${filename}` }, undefined);
    const place = new URL(created.location ?? '', url).href;
    let last = created;
    for (let from = 0; from < sizeBytes;) {
      const to = Math.min(from + CHUNK_BYTES, sizeBytes);
      last = await send(agent, 'PATCH', place, { 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' }, { block, from, to });
      if (last['upload-offset'] !== String(to)) throw new Error(`the server is at ${last['upload-offset']}, not at ${to}`);
      from = to;
    }
    return last;
  } finally {
    agent.destroy();
  }
}

export async function uploadByPut(url: string, block: Buffer, sizeBytes: number): Promise<IncomingHttpHeaders> {
  const agent = new Agent({ maxSockets: 1 });
  try {
    return await send(agent, 'PUT', new URL('/api/videos/bench.mp4', url).href, { 'content-type': 'video/mp4' }, { block, from: 0, to: sizeBytes });
  } finally {
    agent.destroy();
  }
}

async function send(agent: Agent, method: string, url: string, headers: Record<string, string>, body: Body | undefined): Promise<IncomingHttpHeaders> {
  const sending = request(url, {
    agent, method, headers: {
      ...headers, 'tus-resumable': '1.0.0', authorization: `Bearer ${ADMIN_TOKEN}`, 'content-length': String(body === undefined ? 0 : body.to - body.from),
    },
  });
  const limit = setTimeout(() => sending.destroy(new Error(`no answer to ${method} ${url}`)), ANSWER_LIMIT_MS);
  try {
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    answered.catch(() => undefined);
    if (body !== undefined) await pour(sending, body);
    sending.end();
    const [response] = await answered;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    if (response.statusCode === undefined || response.statusCode >= 300) throw new Error(`${method} ${url} was answered ${response.statusCode}: ${text}`);
    return response.headers;
  } finally {
    clearTimeout(limit);
  }
}

async function pour(sending: ReturnType<typeof request>, { block, from, to }: Body): Promise<void> {
  for (let at = from; at < to;) {
    const offset = at % block.length;
    const part = block.subarray(offset, Math.min(offset + WRITE_BYTES, block.length, offset + to - at));
    at += part.length;
    if (!sending.write(part)) await once(sending, 'drain');
  }
}
