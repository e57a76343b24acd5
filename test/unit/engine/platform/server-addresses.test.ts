import { test } from 'tap';
import { ServerAddresses } from '../../../../engine/platform/server-addresses.node.ts';

interface Stage {
  readonly addresses: ServerAddresses;
  readonly asked: string[];
  /** What the name server answers from now on; undefined: nothing of use. */
  answer: string | undefined;
  nowMs: number;
}

function stage(): Stage {
  const asked: string[] = [];
  const state = { answer: undefined as string | undefined, nowMs: 0, asked };
  const addresses = new ServerAddresses({ now: () => state.nowMs, resolve: async (name) => {
    asked.push(name);
    if (state.answer === undefined) throw new Error('ETIMEOUT');
    return state.answer;
  } });
  return Object.assign(state, { addresses });
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

test('looks a name up once, and asks nobody for an address', async (t) => {
  const seen = stage();
  seen.answer = '203.0.113.5';
  t.equal(seen.addresses.of('198.51.100.7'), '198.51.100.7');
  t.equal(seen.addresses.of('localhost'), '127.0.0.1');
  t.equal(seen.addresses.of('stun.example.org'), undefined, 'nobody waits for it');
  t.equal(seen.addresses.of('stun.example.org'), undefined);
  await turn();
  t.equal(seen.addresses.of('stun.example.org'), '203.0.113.5');
  t.same(seen.asked, ['stun.example.org']);
});

test('follows a server that moves, and keeps the address it had while the name server is silent', async (t) => {
  const seen = stage();
  seen.addresses.of('stun.example.org');
  await turn();
  seen.answer = '203.0.113.5';
  seen.addresses.of('stun.example.org');
  t.equal(seen.asked.length, 1, 'not asked again at once');
  seen.nowMs = 60_000;
  seen.addresses.of('stun.example.org');
  await turn();
  t.equal(seen.addresses.of('stun.example.org'), '203.0.113.5');
  for (const [nowMs, answer, expected] of [[600_000, '203.0.113.6', '203.0.113.6'], [1_200_000, undefined, '203.0.113.6']] as const) {
    seen.nowMs = nowMs;
    seen.answer = answer;
    seen.addresses.of('stun.example.org');
    await turn();
    t.equal(seen.addresses.of('stun.example.org'), expected);
  }
});
