/**
 * Walks the way a viewer takes to a node, step by step, and says where it ends and what to do. The page's button and the command
 * `doctor` both call it. Looking is here, judging in verdicts.ts.
 */
import type { RtcChannel } from '../swarm/rtc-channel.ts';
import { DEFAULT_UDP_PORT, hostOf, isLiteral } from './addresses.ts';
import { DIAGNOSIS_STEPS, type DiagnoseOptions, type Diagnosis, type DiagnosisHelp, type DiagnosisStepName } from './diagnosis.ts';
import type { Observations, PathPlan, WebSocketSeen } from './observations.ts';
import { probeFetch } from './probe-fetch.ts';
import { probeHttp, probePlain } from './probe-http.ts';
import { PathProbe } from './probe-path.ts';
import { ProbeSignalling } from './probe-signalling.ts';
import { judge, stepsOf } from './verdicts.ts';
import { aborted } from './waiting.ts';

/** For what `help` looks up: it only makes a sentence clearer. */
const HELP_LIMIT_MS = 3_000;

const NOBODY = { peerId: undefined, limitMs: 0 } as const;

const NEVER = new AbortController().signal;

/**
 * Base URL of a node, with its base path. Takes a second when all is well and a minute at most; leaves nothing open. What fails is
 * in the answer; rejects only with SwitchError `aborted`. RangeError: not an http or https address.
 */
export async function diagnose(applianceUrl: string, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const base = baseOf(applianceUrl);
  const walk = new Walk(base, options);
  try {
    await walk.run();
  } finally {
    await walk.close();
  }
  return walk.diagnosis();
}

class Walk {
  readonly #base: string;
  readonly #options: DiagnoseOptions;
  readonly #signal: AbortSignal;
  readonly #help: DiagnosisHelp;
  readonly #startMs = performance.now();
  readonly #elapsedMs = new Map<DiagnosisStepName, number>();
  #markMs = this.#startMs;
  #told = 0;
  #seen: Observations;
  #signalling: ProbeSignalling | undefined;
  #path: PathProbe | undefined;

  constructor(base: string, options: DiagnoseOptions) {
    this.#base = base;
    this.#options = options;
    this.#signal = options.signal ?? NEVER;
    this.#help = options.help ?? {};
    this.#seen = { applianceUrl: base, httpAddress: hostOf(base) };
  }

  async run(): Promise<void> {
    if (this.#signal.aborted) throw aborted();
    const channel = await this.#server() ? await this.#way() : undefined;
    if (channel !== undefined) this.#ended('round-trip', { roundTrip: await probeFetch(channel, this.#peerId, this.#signal) });
    this.#tell(DIAGNOSIS_STEPS.length);
  }

  async close(): Promise<void> {
    await this.#path?.close();
    this.#signalling?.close();
  }

  diagnosis(): Diagnosis {
    const steps = stepsOf(this.#seen, (step) => this.#elapsedMs.get(step) ?? 0);
    const worst = (['failed', 'warning'] as const).find((state) => steps.some((step) => step.state === state)) ?? 'ok';
    return { applianceUrl: this.#base, state: worst, steps, elapsedMs: performance.now() - this.#startMs };
  }

  #peerId = '';

  /** Whether the node's own peer can be looked for. */
  async #server(): Promise<boolean> {
    const signal = this.#signal;
    if (!this.#ended('http', { http: await probeHttp(this.#base, signal) })) return false;
    const signalling = new ProbeSignalling(this.#base);
    this.#signalling = signalling;
    const opened = await signalling.open(signal);
    const websocket = opened.kind === 'refused' ? await this.#refused() : opened;
    if (!this.#ended('websocket', { websocket })) return false;
    return this.#ended('signalling', { signalling: await signalling.join(signal) });
  }

  async #refused(): Promise<WebSocketSeen> {
    const url = `${this.#base}/signalling`;
    this.#signalling?.close();
    const plain = await probePlain(url, this.#signal);
    const upgradeStatus = await this.#asked((signal) => this.#help.upgradeStatus?.(url, signal));
    return { kind: 'refused', upgradeStatus, plainStatus: plain?.status, plainOurs: plain?.ours === true };
  }

  /** The tries at a connection, up to an open channel. What the candidates are worth shows only when they were tried. */
  async #way(): Promise<RtcChannel | undefined> {
    const signalling = this.#signalling;
    if (signalling === undefined) return undefined;
    const { http } = this.#seen;
    // One that is off is not worth the wait.
    const seeder = http?.kind === 'ours' && !http.seederEnabled ? NOBODY : await signalling.seeder(this.#signal);
    if (seeder.peerId === undefined) {
      this.#ended('candidate', { seeder: { kind: 'absent', limitMs: seeder.limitMs } });
      return undefined;
    }
    this.#peerId = seeder.peerId;
    if (!isLiteral(this.#seen.httpAddress)) {
      const found = await this.#asked((signal) => this.#help.lookup?.(this.#seen.httpAddress, signal));
      if (found !== undefined) this.#seen = { ...this.#seen, httpAddress: found };
    }
    const answeredMs = await this.#tries(signalling);
    if (answeredMs === undefined) return undefined;
    // The step `candidate` took until the node had answered; what went on from there was UDP's.
    const totalMs = performance.now() - this.#markMs;
    this.#elapsedMs.set('candidate', answeredMs);
    this.#elapsedMs.set('udp', Math.max(0, totalMs - answeredMs));
    this.#tell(this.#indexOf('udp') + 1);
    this.#markMs = performance.now();
    const path = this.#path;
    if (path === undefined || judge('udp', this.#seen)?.ends === true) return undefined;
    const channel = await path.channel(this.#signal);
    this.#ended('data-channel', { channel: { open: channel !== undefined, limitMs: path.channelLimitMs } });
    return channel;
  }

  /** How long the node took to answer; undefined when it did not, which is told then. */
  async #tries(signalling: ProbeSignalling): Promise<number | undefined> {
    let answeredMs: number | undefined;
    for (const plan of ['announced', 'host', 'usual'] satisfies PathPlan[]) {
      if (plan === 'host' && !this.#isHostNew()) continue;
      await this.#path?.close();
      let path: PathProbe;
      try {
        path = new PathProbe(signalling, { plan, peerId: this.#peerId, httpAddress: this.#seen.httpAddress });
      } catch {
        if (answeredMs === undefined) this.#ended('candidate', { seeder: { kind: 'no-webrtc' } });
        return answeredMs;
      }
      this.#path = path;
      const answer = await path.answer(this.#signal);
      if (answer !== 'answered') {
        if (answeredMs !== undefined) continue;
        this.#ended('candidate', { seeder: 'refusal' in answer ? { kind: 'refused', reason: answer.refusal } : { kind: 'silent', ...answer } });
        return undefined;
      }
      answeredMs ??= performance.now() - this.#markMs;
      const tried = await path.pair(this.#signal);
      this.#seen = { ...this.#seen, paths: [...this.#seen.paths ?? [], tried],
        ...(plan === 'announced' ? { seeder: { kind: 'answered' as const, announced: [...path.announced] } } : {}) };
      if (tried.pair !== undefined) break;
    }
    return answeredMs;
  }

  /** Whether going to the page's address is another try than the one that failed. */
  #isHostNew(): boolean {
    const targets = (this.#seen.paths ?? []).flatMap((tried) => tried.targets);
    const ports = new Set([DEFAULT_UDP_PORT, ...targets.map(({ port }) => port)]);
    const address = this.#seen.httpAddress;
    return [...ports].some((port) => !targets.some((target) => target.address === address && target.port === port));
  }

  async #asked<T>(ask: (signal: AbortSignal) => Promise<T | undefined> | undefined): Promise<T | undefined> {
    try {
      return await ask(AbortSignal.any([this.#signal, AbortSignal.timeout(HELP_LIMIT_MS)]));
    } catch {
      if (this.#signal.aborted) throw aborted();
      return undefined;
    }
  }

  /** Notes a step that has ended. Whether the walk goes on. */
  #ended(step: DiagnosisStepName, seen: Partial<Observations>): boolean {
    const nowMs = performance.now();
    this.#seen = { ...this.#seen, ...seen };
    this.#elapsedMs.set(step, nowMs - this.#markMs);
    this.#markMs = nowMs;
    this.#tell(this.#indexOf(step) + 1);
    return judge(step, this.#seen)?.ends !== true;
  }

  #indexOf(step: DiagnosisStepName): number {
    return DIAGNOSIS_STEPS.indexOf(step);
  }

  /** Tells the steps before the index `end` that were not told yet. */
  #tell(end: number): void {
    const steps = stepsOf(this.#seen, (step) => this.#elapsedMs.get(step) ?? 0);
    for (const step of steps.slice(this.#told, end)) this.#options.onStep?.(step);
    this.#told = Math.max(this.#told, end);
  }
}

function baseOf(applianceUrl: string): string {
  const url = URL.canParse(applianceUrl) ? new URL(applianceUrl) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new RangeError(`"${applianceUrl}" is not an http or https address.`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
