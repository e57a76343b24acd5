/**
 * `healthcheck`: asks the node on this machine whether it is ready. Run often by a container's engine, so it loads nothing but the
 * settings, and ends quickly whatever the node does.
 */
import { get } from 'node:http';
import { ConfigError } from '../../../config/config-error.ts';
import { loadConfig } from '../../../config/load.ts';

const LIMIT_MS = 4_000;
const MAX_ANSWER_BYTES = 16 * 1024;

export interface Health {
  readonly well: boolean;
  /** One sentence, without a line break. */
  readonly sentence: string;
}

/** `argv`: settings as flags, as `serve` takes them. Never rejects. */
export async function healthcheck(argv: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Health> {
  try {
    const { config } = loadConfig(argv, env === undefined ? {} : { env });
    if (config.port === 0) return { well: false, sentence: 'The port is 0, which is any free one: a healthcheck needs a port that is set.' };
    return await ask(`http://${localHost(config.host)}:${config.port}${config.basePath ?? ''}/readyz`);
  } catch (error) {
    if (error instanceof ConfigError) return { well: false, sentence: `The settings are wrong: ${error.problems.join(' ')}` };
    return { well: false, sentence: error instanceof Error ? error.message : String(error) };
  }
}

function ask(url: string): Promise<Health> {
  return new Promise((resolve) => {
    const settle = (well: boolean, sentence: string): void => {
      clearTimeout(limit);
      request.destroy();
      resolve({ well, sentence });
    };
    const request = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => { if (text.length < MAX_ANSWER_BYTES) text += part; });
      response.on('error', () => undefined);
      response.on('end', () => {
        if (response.statusCode === 200) settle(true, 'The node is ready.');
        else settle(false, `The node answers but is not ready (${response.statusCode ?? 0})${detailOf(text)}`);
      });
    });
    const limit = setTimeout(() => settle(false, `The node did not answer at ${url} within ${LIMIT_MS / 1000} seconds.`), LIMIT_MS);
    request.on('error', (error) => settle(false, `The node does not answer at ${url}: ${error.message || error.name}.`));
  });
}

/** What a problem document says of the reason. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    if (typeof detail === 'string') return `: ${detail}`;
  } catch {
    // Not ours, or cut: the status alone says enough.
  }
  return '.';
}

/** A host that means every address is reached by the loopback one. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
