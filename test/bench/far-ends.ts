/** Far ends as the bench holds them: child processes and pages, whose functions are called alike. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { launchProfile, type Closing } from '../fixtures/browser.ts';
import { bundleForPage } from '../fixtures/page-bundle.ts';
import type { AnswerMessage, CallMessage, Calls } from './callable.ts';
import { cpuSeconds } from './process-usage.ts';

export interface FarEnd<Of extends Calls> {
  call<Name extends keyof Of & string>(name: Name, ...given: Parameters<Of[Name]>): Promise<Awaited<ReturnType<Of[Name]>>>;
  /** Of the whole process so far; 0 for a page. */
  cpuSeconds(): Promise<number>;
}

/** In a page: what it opens in its life is bounded, and a new page may open as much again. */
export interface FarPage<Of extends Calls> extends FarEnd<Of> {
  reload(): Promise<void>;
}

const PATH = '/far-end';
const scripts = new Map<string, Promise<string>>();

/** Runs `file` as a process of its own, ended with the bench. */
export function childEnd<Of extends Calls>(t: Closing, file: URL): FarEnd<Of> {
  const child = fork(file, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', ({ id, value, error }: AnswerMessage) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  const ended = once(child, 'exit');
  child.on('exit', (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`The process of the bench ended: ${String(code ?? signal)}.`));
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    call: (name, given) => {
      const answer = Promise.withResolvers<unknown>();
      calls += 1;
      waiting.set(calls, answer);
      child.send({ id: calls, name, given } satisfies CallMessage);
      return answer.promise as never;
    },
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
  };
}

/** Runs `file` in a page of the origin `url`, in a Chromium of its own, closed with the bench. */
export async function pageEnd<Of extends Calls>(t: Closing, url: string, file: URL): Promise<FarPage<Of>> {
  const bundle = scripts.get(file.href) ?? bundleForPage(file.pathname);
  scripts.set(file.href, bundle);
  const script = await bundle;
  // A page that comes from no server is taken for the public internet, and from there Chromium lets nobody reach this machine.
  const { page } = await launchProfile(t, { args: ['--disable-features=LocalNetworkAccessChecks'] });
  await page.route(`**${PATH}/**`, (route) => (route.request().url().endsWith('.js')
    ? route.fulfill({ contentType: 'text/javascript', body: script })
    : route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script type="module" src="page.js"></script>' })));
  const reload = async (): Promise<void> => {
    await page.goto(`${url}${PATH}/`);
    await page.waitForFunction(() => 'farEnd' in globalThis);
  };
  await reload();
  return {
    reload,
    call: (name, given) => page.evaluate(
      (message) => (globalThis as unknown as { farEnd(message: CallMessage): unknown }).farEnd(message), { id: 0, name, given: given as unknown },
    ) as never,
    cpuSeconds: async () => 0,
  };
}
