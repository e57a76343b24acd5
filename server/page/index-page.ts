/** The page's one document, with the base path written into it: everything else in the page is relative to that. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** As ui/index.html has it. */
const BASE = '<base href="/">';

const ENCODINGS = ['br', 'gzip'] as const;
type Encoding = (typeof ENCODINGS)[number] | 'identity';

export class IndexPage {
  readonly #bodies: Readonly<Record<Encoding, Buffer>>;
  /** Strong, so each encoding has its own (RFC 9110 section 8.8.3.3). */
  readonly #digest: string;

  private constructor(bodies: Readonly<Record<Encoding, Buffer>>) {
    this.#bodies = bodies;
    this.#digest = createHash('sha256').update(bodies.identity).digest('base64url').slice(0, 22);
  }

  /** `basePath` is '' or like `/switch`; its pattern allows nothing that HTML would take for more than text. */
  static async read(path: string, basePath: string): Promise<IndexPage> {
    const identity = Buffer.from((await readFile(path, 'utf8')).replace(BASE, `<base href="${basePath}/">`));
    return new IndexPage({ identity, br: await promisify(brotliCompress)(identity), gzip: await promisify(gzip)(identity) });
  }

  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const accepted = request.headers['accept-encoding'] ?? '';
    const encoding: Encoding = ENCODINGS.find((name) => accepts(accepted, name)) ?? 'identity';
    const etag = `"${this.#digest}-${encoding}"`;
    reply.headers({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
    if ((request.headers['if-none-match'] ?? '').includes(etag)) return reply.code(304).send();
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return reply.code(200).type('text/html; charset=utf-8').send(this.#bodies[encoding]);
  }
}

function accepts(header: string, encoding: string): boolean {
  const item = header.split(',').map((part) => part.trim().toLowerCase()).find((part) => part.split(';', 1)[0]?.trim() === encoding);
  return item !== undefined && !/;\s*q=0(\.0*)?$/.test(item);
}
