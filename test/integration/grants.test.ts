/** The CDN's queue as clients see it, over real sockets. */
import { test } from 'tap';

import type { Slot } from '../../server/cdn/admission.ts';
import { startSignalling, type SignallingServer } from '../fixtures/signalling-server.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

function id(n: number): string {
  return String(n).padStart(64, '0');
}

function admit({ admission }: SignallingServer, token?: string, contentId = A): Slot {
  const decision = admission.tryAdmit(contentId, token);
  if (!decision.admitted) throw new Error('refused');
  return decision.slot;
}

test('tells a waiting client its place, and grants it the slot that comes free', async (t) => {
  const server = await startSignalling(t.teardown);
  const slot = admit(server);
  const [one, two] = await Promise.all([server.hello(), server.hello()]);
  one.send({ type: 'wait-for-cdn', contentId: A });
  t.same(await one.next('queued'), { type: 'queued', contentId: A, position: 1 });
  two.send({ type: 'wait-for-cdn', contentId: B });
  t.same(await two.next('queued'), { type: 'queued', contentId: B, position: 2 });
  slot.release();
  const grant = await one.next('grant');
  t.match(grant, { contentId: A, token: /^[\w-]{24}$/, expiresInMs: 3000 });
  t.equal((await two.next('queued')).position, 1);
  t.notOk(server.admission.tryAdmit(A).admitted, 'nobody jumps the queue');
  admit(server, grant.token).release();
  t.match(await two.next('grant'), { contentId: B });
});

test('gives the place of a lost socket to the next, and the slot reserved for it too', async (t) => {
  const server = await startSignalling(t.teardown);
  const slot = admit(server);
  const clients = await Promise.all([server.hello(), server.hello(), server.hello()]);
  const [one, two, three] = clients;
  for (const client of clients) {
    client.send({ type: 'wait-for-cdn', contentId: A });
    await client.next('queued');
  }
  one.close();
  t.equal((await two.next('queued')).position, 1);
  slot.release();
  await two.next('grant');
  two.close();
  await three.next('grant');
});

test('passes an unused grant on, and says so to whoever missed two', async (t) => {
  const server = await startSignalling(t.teardown, { admission: { grantTtlMs: 400 } });
  const [one, two] = await Promise.all([server.hello(), server.hello()]);
  const slot = admit(server);
  one.send({ type: 'wait-for-cdn', contentId: A });
  t.equal((await one.next('queued')).position, 1);
  two.send({ type: 'wait-for-cdn', contentId: A });
  t.equal((await two.next('queued')).position, 2);
  slot.release();
  await one.next('grant');
  t.equal((await one.next('queued')).position, 2);
  admit(server, (await two.next('grant')).token).release();
  await one.next('grant');
  let { position } = await one.next('queued');
  if (position === 1) ({ position } = await one.next('queued'));
  t.equal(position, null);
  one.send({ type: 'wait-for-cdn', contentId: A });
  await one.next('grant');
});

test('gives up a place and a grant when told to', async (t) => {
  const server = await startSignalling(t.teardown);
  const slot = admit(server);
  const client = await server.hello();
  client.send({ type: 'wait-for-cdn', contentId: A });
  client.send({ type: 'wait-for-cdn', contentId: B });
  await client.next('queued');
  await client.next('queued');
  client.send({ type: 'stop-waiting', contentId: A });
  await client.settled();
  t.equal(server.admission.figures().waiting, 1);
  slot.release();
  const grant = await client.next('grant');
  t.equal(grant.contentId, B);
  client.send({ type: 'stop-waiting', contentId: B });
  await client.settled();
  t.notOk(client.inbox.some(({ type }) => type === 'grant'));
  admit(server);
});

test('refuses to queue for a video the appliance has not, and says when it cannot know', async (t) => {
  const server = await startSignalling(t.teardown, {
    hasVideo: async (contentId) => {
      if (contentId === A) return false;
      throw new Error('the store is down');
    },
  });
  const client = await server.hello();
  client.send({ type: 'wait-for-cdn', contentId: A });
  t.match(await client.next('error'), { code: 'no-such-video', contentId: A, re: 'wait-for-cdn' });
  client.send({ type: 'wait-for-cdn', contentId: B });
  t.match(await client.next('error'), { code: 'unavailable', contentId: B });
  t.same(await client.join(A), [], 'the swarm of a video the appliance has not works all the same');
});

test('queues nobody who left or stopped while the library was being asked', async (t) => {
  const asked = new Map<string, PromiseWithResolvers<boolean>>();
  const server = await startSignalling(t.teardown, {
    hasVideo: async (contentId) => {
      const answer = Promise.withResolvers<boolean>();
      asked.set(contentId, answer);
      return answer.promise;
    },
  });
  const slot = admit(server);
  const [one, two, gone] = await Promise.all([server.hello(), server.hello(), server.hello()]);
  one.send({ type: 'wait-for-cdn', contentId: A });
  one.send({ type: 'stop-waiting', contentId: A });
  await one.settled();
  gone.send({ type: 'wait-for-cdn', contentId: B });
  await gone.settled();
  gone.close();
  await gone.closed;
  await two.settled();
  asked.get(A)?.resolve(true);
  asked.get(B)?.resolve(true);
  await two.settled();
  t.equal(server.admission.figures().waiting, 0);
  slot.release();
});

test('bounds the queue, and what one client may wait for', async (t) => {
  const server = await startSignalling(t.teardown, { admission: { maxWaiting: 33 } });
  admit(server);
  const [one, two] = await Promise.all([server.hello(), server.hello()]);
  for (let n = 0; n < 33; n += 1) one.send({ type: 'wait-for-cdn', contentId: id(n) });
  t.match(await one.next('error'), { code: 'not-queued', contentId: id(32) });
  two.send({ type: 'wait-for-cdn', contentId: A });
  t.equal((await two.next('queued')).position, 33);
  two.send({ type: 'wait-for-cdn', contentId: B });
  t.match(await two.next('error'), { code: 'not-queued', contentId: B });
  two.send({ type: 'stop-waiting', contentId: A });
  two.send({ type: 'wait-for-cdn', contentId: B });
  t.equal((await two.next('queued')).contentId, B);
});

test('counts a place that was served as free again', async (t) => {
  const server = await startSignalling(t.teardown);
  const client = await server.hello();
  for (let n = 0; n < 40; n += 1) {
    const contentId = id(n);
    client.send({ type: 'wait-for-cdn', contentId });
    admit(server, (await client.next('grant')).token, contentId).release();
  }
  t.same(client.inbox, []);
});
