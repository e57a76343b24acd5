/** The rules of admission and grants, as tables of steps on a clock that only the table moves. */
import { test } from 'tap';

import { CdnAdmission } from '../../../../server/cdn/admission.ts';
import type { AdmissionEvent, AdmissionOptions, Slot, Waiter } from '../../../../server/cdn/admission.ts';

const TTL_MS = 3000;
const CONTENT = 'a'.repeat(64);

/**
 * One line of a table: what happens, and what is seen. `ask X` opens a stream without a grant, `use X` with the last
 * grant X got, `wait X` queues, `leave X` gives up the place, `release X` ends X's stream, `pass N` lets N ms go by.
 */
type Step = readonly [action: string, ...seen: string[]];

class Stage {
  nowMs = 0;
  readonly seen: string[] = [];
  readonly events: AdmissionEvent[] = [];
  readonly admission: CdnAdmission;
  readonly #slots = new Map<string, Slot>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #tokens = new Map<string, string>();

  constructor(options: Partial<AdmissionOptions>) {
    this.admission = new CdnAdmission({ now: () => this.nowMs }, { maxStreams: 1, maxMbps: 0, minStreamMbps: 5, grantTtlMs: TTL_MS, maxWaiting: 100, ...options });
    this.admission.onEvent((event) => this.events.push(event));
  }

  act(action: string): readonly string[] {
    const [verb = '', who = ''] = action.split(' ');
    this.seen.length = 0;
    if (verb === 'ask') this.#ask(who, undefined);
    else if (verb === 'use') this.#ask(who, this.#tokens.get(who));
    else if (verb === 'wait') this.wait(who);
    else if (verb === 'leave') this.#waiters.get(who)?.leave();
    else if (verb === 'release') this.#slots.get(who)?.release();
    else if (verb === 'pass') {
      this.nowMs += Number(who);
      this.admission.sweep();
    } else throw new Error(`unknown step ${action}`);
    return [...this.seen];
  }

  wait(who: string, contentId = CONTENT): Waiter | undefined {
    const waiter = this.admission.wait(contentId, who, {
      onGrant: (grant) => {
        this.#tokens.set(who, grant.token);
        this.seen.push(`${who} granted`);
      },
      onPosition: (position) => this.seen.push(`${who} ${position ?? 'out'}`),
    });
    if (waiter) this.#waiters.set(who, waiter);
    else this.seen.push(`${who} not queued`);
    return waiter;
  }

  token(who: string): string {
    return this.#tokens.get(who) ?? '';
  }

  #ask(who: string, token: string | undefined): void {
    const decision = this.admission.tryAdmit(CONTENT, token);
    if (decision.admitted) this.#slots.set(who, decision.slot);
    this.seen.push(decision.admitted ? `${who} in` : `${who} refused`);
  }
}

const tables: readonly { readonly rule: string; readonly options?: Partial<AdmissionOptions>; readonly steps: readonly Step[] }[] = [
  {
    rule: 'admits while there are slots and refuses after that',
    options: { maxStreams: 2 },
    steps: [['ask a', 'a in'], ['ask b', 'b in'], ['ask c', 'c refused'], ['release a'], ['ask c', 'c in']],
  },
  {
    rule: 'reserves a slot that comes free for the first who waits, in order',
    steps: [
      ['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['release a', 'b granted', 'c 1'],
      ['use b', 'b in'], ['release b', 'c granted'], ['use c', 'c in'],
    ],
  },
  {
    rule: 'lets no newcomer jump the queue',
    steps: [
      ['ask a', 'a in'], ['wait b', 'b 1'], ['release a', 'b granted'], ['ask n', 'n refused'], ['use b', 'b in'],
      ['wait c', 'c 1'], ['release b', 'c granted'], ['ask n', 'n refused'], ['ask b', 'b refused'],
    ],
  },
  {
    rule: 'leaves no slot idle: what nobody waits for is free to all',
    options: { maxStreams: 2 },
    steps: [
      ['ask a', 'a in'], ['ask b', 'b in'], ['wait c', 'c 1'], ['release a', 'c granted'], ['release b'], ['ask n', 'n in'], ['ask m', 'm refused'],
      ['use c', 'c in'],
    ],
  },
  {
    rule: 'grants at once when a slot is free at the moment of waiting',
    steps: [['wait a', 'a granted'], ['ask n', 'n refused'], ['use a', 'a in']],
  },
  {
    rule: 'passes an unused grant on to the next, and gives its holder one more chance at the end',
    steps: [
      ['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['release a', 'b granted', 'c 1'],
      ['pass 2999'], ['pass 1', 'b 2', 'c granted', 'b 1'], ['use b', 'b refused'], ['use c', 'c in'], ['release c', 'b granted'], ['use b', 'b in'],
    ],
  },
  {
    rule: 'drops whoever lets two grants expire',
    steps: [['wait a', 'a granted'], ['pass 3000', 'a 1', 'a granted'], ['pass 3000', 'a out'], ['ask n', 'n in'], ['wait a', 'a 1']],
  },
  {
    rule: 'passes a grant on when its holder leaves',
    steps: [['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['release a', 'b granted', 'c 1'], ['leave b', 'c granted'], ['use b', 'b refused'], ['use c', 'c in']],
  },
  {
    rule: 'forgets whoever leaves the queue, and closes the gap',
    steps: [
      ['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['wait d', 'd 3'], ['leave c', 'd 2'], ['leave c'],
      ['pass 1000'], ['release a', 'b granted', 'd 1'], ['leave b', 'd granted'],
    ],
  },
  {
    rule: 'keeps the place of a client that asks to wait twice',
    steps: [['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['wait b', 'b 1'], ['release a', 'b granted', 'c 1'], ['wait b'], ['use b', 'b in']],
  },
  {
    rule: 'takes a grant once',
    steps: [['wait a', 'a granted'], ['use a', 'a in'], ['use a', 'a refused']],
  },
  {
    rule: 'refuses to queue more than the bound',
    options: { maxWaiting: 2 },
    steps: [['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['wait d', 'd not queued'], ['leave b', 'c 1'], ['wait d', 'd 2']],
  },
  {
    rule: 'queues nobody where there are no slots to wait for',
    options: { maxStreams: 0 },
    steps: [['ask a', 'a refused'], ['wait a', 'a not queued']],
  },
  {
    rule: 'ends a stream once, however often it is released',
    steps: [['ask a', 'a in'], ['release a'], ['release a'], ['ask b', 'b in'], ['release a'], ['ask c', 'c refused']],
  },
  {
    rule: 'tells positions at most once a second',
    steps: [
      ['ask a', 'a in'], ['wait b', 'b 1'], ['wait c', 'c 2'], ['wait d', 'd 3'], ['wait e', 'e 4'],
      ['leave b', 'c 1', 'd 2', 'e 3'], ['pass 999'], ['leave c'], ['pass 1', 'd 1', 'e 2'],
    ],
  },
];

for (const { rule, options = {}, steps } of tables) {
  test(rule, async (t) => {
    const stage = new Stage(options);
    t.teardown(() => stage.admission.stop());
    for (const [action, ...seen] of steps) t.same(stage.act(action), seen, action);
  });
}

test('the slots are what streams and megabits allow together', async (t) => {
  const cases: readonly [Partial<AdmissionOptions>, number][] = [
    [{ maxStreams: 4 }, 4],
    [{ maxStreams: 100, maxMbps: 50, minStreamMbps: 8 }, 6],
    [{ maxStreams: 3, maxMbps: 50, minStreamMbps: 8 }, 3],
    [{ maxStreams: 3, maxMbps: 2, minStreamMbps: 8 }, 1],
    [{ maxStreams: 0 }, 0],
    [{ maxStreams: 0, maxMbps: 50 }, 0],
  ];
  for (const [options, slots] of cases) {
    const { admission } = new Stage(options);
    t.equal(admission.figures().maxStreams, slots, JSON.stringify(options));
    for (let i = 0; i < slots; i += 1) t.ok(admission.tryAdmit(CONTENT).admitted);
    t.notOk(admission.tryAdmit(CONTENT).admitted);
    t.same(admission.figures(), { maxStreams: slots, activeStreams: slots, waiting: 0, maxMbps: options.maxMbps ?? 0 });
    admission.stop();
  }
});

test('a grant is bound to its content and not spent on another', async (t) => {
  const stage = new Stage({});
  t.teardown(() => stage.admission.stop());
  stage.act('wait a');
  t.notOk(stage.admission.tryAdmit('b'.repeat(64), stage.token('a')).admitted);
  t.same(stage.act('use a'), ['a in']);
});

test('an expired grant is refused even before the timer noticed', async (t) => {
  const stage = new Stage({});
  t.teardown(() => stage.admission.stop());
  stage.act('wait a');
  stage.act('wait b');
  stage.nowMs += TTL_MS;
  t.same(stage.act('use a'), ['a 2', 'b granted', 'a 1', 'a refused']);
});

test('one client has one place for each content it waits for', async (t) => {
  const stage = new Stage({});
  t.teardown(() => stage.admission.stop());
  stage.act('ask x');
  stage.wait('a');
  stage.wait('a', 'b'.repeat(64));
  stage.wait('a');
  t.equal(stage.admission.figures().waiting, 2);
});

test('says when to come again: two seconds at first, then by how long slots are held and how many wait', async (t) => {
  const stage = new Stage({});
  t.teardown(() => stage.admission.stop());
  const retryAfter = () => {
    const decision = stage.admission.tryAdmit(CONTENT);
    return decision.admitted ? 0 : decision.retryAfterSeconds;
  };
  stage.act('ask a');
  t.equal(retryAfter(), 2);
  stage.nowMs += 3000;
  stage.act('release a');
  stage.act('ask a');
  t.equal(retryAfter(), 3);
  stage.act('wait b');
  t.equal(retryAfter(), 6);
  for (let i = 0; i < 50; i += 1) stage.wait(`w${i}`);
  t.equal(retryAfter(), 30, 'never absurd');
  stage.admission.stop();

  const quick = new Stage({});
  quick.act('ask a');
  quick.act('release a');
  quick.act('ask a');
  const decision = quick.admission.tryAdmit(CONTENT);
  t.equal(decision.admitted ? 0 : decision.retryAfterSeconds, 1, 'never nothing');
  quick.admission.stop();
});

test('counts what it does', async (t) => {
  const stage = new Stage({});
  t.teardown(() => stage.admission.stop());
  for (const action of ['ask a', 'ask b', 'wait b', 'wait c', 'release a', 'use b', 'release b', 'leave c', 'wait d', 'pass 3000']) stage.act(action);
  t.same(stage.events, ['admitted', 'refused', 'grant-given', 'grant-used', 'admitted', 'grant-given', 'grant-returned', 'grant-given', 'grant-expired', 'grant-given']);
});

test('survives twenty thousand waiters that each leave the moment they are granted', async (t) => {
  const stage = new Stage({ maxWaiting: 30_000 });
  t.teardown(() => stage.admission.stop());
  stage.act('ask a');
  const waiters: (Waiter | undefined)[] = [];
  for (let i = 0; i < 20_000; i += 1) {
    waiters.push(stage.admission.wait(CONTENT, `dead ${i}`, { onGrant: () => waiters[i]?.leave(), onPosition: () => undefined }));
  }
  stage.wait('alive');
  t.same(stage.act('release a'), ['alive granted']);
  t.equal(stage.admission.figures().waiting, 0);
  t.same(stage.act('use alive'), ['alive in']);
});

test('serves ten thousand waiters in order without walking the queue for each', async (t) => {
  const stage = new Stage({ maxWaiting: 10_000 });
  t.teardown(() => stage.admission.stop());
  stage.act('ask a');
  const order: number[] = [];
  let told = 0;
  for (let i = 0; i < 10_000; i += 1) {
    stage.admission.wait(CONTENT, String(i), { onGrant: () => order.push(i), onPosition: () => (told += 1) });
  }
  t.equal(told, 10_000);
  told = 0;
  stage.act('release a');
  let seconds = 0;
  for (; order.length < 200; seconds += 1) {
    stage.nowMs += 1000;
    stage.admission.sweep();
  }
  t.same(order.slice(0, 200), Array.from({ length: 200 }, (_, i) => i));
  t.ok(told > 0 && told <= seconds * 501, `${told} positions told in ${seconds} s`);
});

test('its timer expires grants and does not keep the process alive', async (t) => {
  const admission = new CdnAdmission({ now: () => performance.now() }, { maxStreams: 1, maxMbps: 0, minStreamMbps: 1, grantTtlMs: 20, maxWaiting: 9 });
  t.teardown(() => admission.stop());
  const granted: string[] = [];
  const second = new Promise<void>((resolve) => {
    admission.wait(CONTENT, 'a', { onGrant: () => granted.push('a'), onPosition: () => undefined });
    admission.wait(CONTENT, 'b', { onGrant: () => { granted.push('b'); resolve(); }, onPosition: () => undefined });
  });
  const keepAlive = setTimeout(() => undefined, 5000);
  await second;
  clearTimeout(keepAlive);
  t.same(granted, ['a', 'b']);
});

test('admits nobody after stop', async (t) => {
  const stage = new Stage({});
  stage.admission.stop();
  t.same(stage.act('ask a'), ['a refused']);
  t.same(stage.act('wait a'), ['a not queued']);
});
