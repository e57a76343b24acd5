import { createHash } from 'node:crypto';
import { test } from 'tap';
import { AdminToken, openAdminToken } from '../../../../server/auth/admin-token.ts';
import { FailedTries } from '../../../../server/auth/failed-tries.ts';
import { openSessions, SESSION_SECONDS, Sessions } from '../../../../server/auth/sessions.ts';
import type { ApplianceState } from '../../../../server/storage/video-store.ts';

class MemoryState implements ApplianceState {
  readonly values = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.values.get(key);
  }

  async setIfAbsent(key: string, value: string): Promise<string> {
    if (!this.values.has(key)) this.values.set(key, value);
    return this.values.get(key) ?? value;
  }

  async set(key: string, value: string): Promise<void> {
    this.values.set(key, value);
  }
}

const tokenOf = (text: string): AdminToken => new AdminToken(createHash('sha256').update(text).digest());

test('a token is made once, kept as a hash only, and known again', async (t) => {
  const state = new MemoryState();
  const first = await openAdminToken(state, undefined);
  const made = first.made ?? '';
  t.match(made, /^[\w-]{43}$/, '256 random bits');
  t.notMatch([...state.values.values()].join(), made);
  const second = await openAdminToken(state, undefined);
  t.equal(second.made, undefined, 'shown once');
  t.ok(first.token.matches(made) && second.token.matches(made));
  t.notOk(second.token.matches(`${made}x`) || second.token.matches(''));
});

test('a damaged hash of the token stops the start and says what to do', async (t) => {
  const state = new MemoryState();
  await openAdminToken(state, undefined);
  for (const key of state.values.keys()) state.values.set(key, 'abc');
  await t.rejects(openAdminToken(state, undefined), { code: 'corrupt', message: /SWITCH_ADMIN_TOKEN/ });
  await t.resolves(openAdminToken(state, 'given'), 'a given one needs nothing kept');
});

test('of two appliances that start together, one token is made', async (t) => {
  const state = new MemoryState();
  const opened = await Promise.all([openAdminToken(state, undefined), openAdminToken(state, undefined)]);
  const made = opened.filter((one) => one.made !== undefined);
  t.equal(made.length, 1);
  for (const { token } of opened) t.ok(token.matches(made[0]?.made ?? ''));
});

test('a given token wins, and nothing of it is kept', async (t) => {
  const state = new MemoryState();
  const { token, made } = await openAdminToken(state, 'given');
  t.ok(token.matches('given'));
  t.equal(made, undefined);
  t.equal(state.values.size, 0);
});

test('a session ends by time, by another token and by another secret', async (t) => {
  let now = 1_000_000;
  const clock = () => now;
  const state = new MemoryState();
  const sessions = await openSessions({ state, now: clock, token: tokenOf('a') });
  const cookie = sessions.issue();
  t.notMatch(cookie, tokenOf('a').fingerprint);
  t.ok((await openSessions({ state, now: clock, token: tokenOf('a') })).valid(cookie), 'valid after a restart');
  t.notOk((await openSessions({ state, now: clock, token: tokenOf('b') })).valid(cookie));
  t.notOk(new Sessions({ now: clock, token: tokenOf('a') }, Buffer.alloc(32)).valid(cookie));
  now += SESSION_SECONDS * 1000 - 1;
  t.ok(sessions.valid(cookie));
  now += 1;
  t.notOk(sessions.valid(cookie));
});

test('a session cannot be prolonged or made up', async (t) => {
  const sessions = await openSessions({ state: new MemoryState(), now: () => 1000, token: tokenOf('a') });
  const [expires = '', signature = ''] = sessions.issue().split('.');
  t.ok(sessions.valid(`${expires}.${signature}`));
  for (const forged of [`${Number(expires) + 1}.${signature}`, `${expires}.${signature.slice(1)}A`, `${expires}.`, expires, '', '.', `${expires}.${signature}.x`]) {
    t.notOk(sessions.valid(forged), forged);
  }
});

test('an address with too many wrong tries is not listened to until the window is over', async (t) => {
  let now = 0;
  const tries = new FailedTries({ now: () => now }, { maxTries: 3, windowMs: 1000, maxAddresses: 2 });
  for (let count = 0; count < 3; count += 1) {
    t.equal(tries.blockedMs('a'), 0);
    tries.failed('a');
  }
  now = 400;
  t.equal(tries.blockedMs('a'), 600);
  t.equal(tries.blockedMs('b'), 0, 'others are');
  now = 1000;
  t.equal(tries.blockedMs('a'), 0);
});

test('the memory of wrong tries is bounded', async (t) => {
  const tries = new FailedTries({ now: () => 0 }, { maxTries: 1, windowMs: 1000, maxAddresses: 2 });
  for (const address of ['a', 'b', 'c']) tries.failed(address);
  t.same(['a', 'b', 'c'].map((address) => tries.blockedMs(address)), [0, 1000, 1000]);
});
