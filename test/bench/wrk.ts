/** Debian's wrk as the client: written in C, so that it is not what is measured. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** 1 MiB ranges at random within the first so many MiB; undefined: whole files, which wrk reads one connection at a time to their ends. */
  readonly rangesOfMib: number | undefined;
}

const MIB = 1024 * 1024;
/** Above the load's own time. */
const PATIENCE_MS = 30_000;

export interface Loaded {
  /** Of bodies. */
  readonly bytes: number;
  readonly megabytesPerSecond: number;
}

/** @throws Error when an answer was not what it should be, or none came. */
export async function loadBy({ url, connections, seconds, rangesOfMib }: Load, scratch: string): Promise<Loaded> {
  const script = `${scratch}/load.lua`;
  await writeFile(script, `
    local path = "${new URL(url).pathname}"
    local threads, wrong = {}, 0
    function setup(thread) table.insert(threads, thread); thread:set("seed", #threads) end
    function init() math.randomseed(seed); bad = 0 end
    function request()
      local headers = {}
      ${rangesOfMib === undefined ? '' : `local from = math.random(0, ${rangesOfMib - 1}) * ${MIB}; headers["Range"] = "bytes=" .. from .. "-" .. (from + ${MIB - 1})`}
      return wrk.format("GET", path, headers)
    end
    function response(status) if status ~= ${rangesOfMib === undefined ? 200 : 206} then bad = bad + 1 end end
    function done(summary)
      for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
      io.write(string.format('\\n{"bytes":%d,"us":%d,"requests":%d,"wrong":%d}\\n', summary.bytes, summary.duration, summary.requests, wrong))
    end`);
  const { stdout } = await promisify(execFile)('wrk', ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`, '--timeout', '30s', '--script', script, url],
    { timeout: 1000 * seconds + PATIENCE_MS });
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readonly bytes: number; readonly us: number; readonly requests: number; readonly wrong: number };
  if (summary.wrong > 0 || summary.bytes === 0) throw new Error(`${summary.wrong} of ${summary.requests} answers of ${url} were not what they should be (${summary.bytes} bytes).`);
  return { bytes: summary.bytes, megabytesPerSecond: summary.bytes / summary.us };
}
