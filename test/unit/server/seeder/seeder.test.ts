/** When the seeder is in a swarm and when not, with an engine of the test's own and the real rooms. */
import { test } from 'tap';

import type { Download, DownloadFigures, Engine, EngineOptions, Manifest, OpenOptions } from '../../../../engine/index.ts';
import { Seeder, type SeederOptions } from '../../../../server/seeder/seeder.ts';
import type { Membership, Occupant } from '../../../../server/signalling/room.ts';
import { Rooms } from '../../../../server/signalling/rooms.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';

const { manifest: sample } = sampleContent(10);
const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)] as const;

/** An engine that only says what it was told, and ends a download when told to. */
class FakeEngine implements Engine {
  readonly told: string[] = [];
  readonly fail = new Map<string, (error: Error) => void>();
  sentBytes = 0;
  peerIds: readonly string[] = ['p1'];

  async manifest(): Promise<Manifest> {
    throw new Error('the seeder has its own');
  }

  async open({ contentId }: Manifest, { store, share }: OpenOptions): Promise<Download> {
    this.told.push(`open ${contentId[0]}`);
    if (share !== true) throw new Error('a seed shares');
    const finished = Promise.withResolvers<void>();
    finished.promise.catch(() => undefined);
    this.fail.set(contentId, (error) => finished.reject(error));
    const figures = () => ({ bytesSent: this.sentBytes, peers: this.peerIds.map((peerId) => ({ peerId, state: 'open' })) }) as unknown as DownloadFigures;
    return {
      manifest: sample, figures, finished: finished.promise,
      subscribe: () => () => undefined, read: async () => new Uint8Array(), setSharing: () => undefined, setPolicy: () => undefined,
      readAhead: () => undefined, setWants: () => undefined, pause: () => undefined, resume: () => undefined,
      close: async () => {
        this.told.push(`close ${contentId[0]}`);
        await store.close();
      },
    };
  }

  setMaxUploadMbps(): void {
    this.told.push('set the bound of uploads');
  }

  async stop(): Promise<void> {
    this.told.push('stop');
  }
}

function stage(options: Partial<SeederOptions> = {}) {
  const rooms = new Rooms<Occupant>({ random: Math.random }, { maxRooms: 100, maxMembersPerRoom: 100 });
  const engine = new FakeEngine();
  const library = new Set<string>([A, B, C]);
  const clock = { nowMs: 0 };
  const warnings: string[] = [];
  const engineOptions: EngineOptions[] = [];
  const members = new Map<string, Membership<Occupant>>();
  const seeder = new Seeder({
    createEngine: (given) => {
      engineOptions.push(given);
      return engine;
    },
    videos: { manifest: async (contentId) => (library.has(contentId) ? { ...sample, contentId } : undefined) },
    cache: { piece: async () => new Uint8Array() },
    hub: { onRoomActive: (listener) => rooms.onActive(listener), onRoomIdle: (listener) => rooms.onIdle(listener), activeRooms: () => [...rooms.active()] },
    log: { warn: (_details, message) => warnings.push(message) },
    now: () => clock.nowMs,
  }, { url: 'http://127.0.0.1:8080', seederProof: 'proof', maxPeers: 4, maxMbps: 10, idleMs: 60_000, ...options });
  /** Lets what was begun go as far as it can: every wait in these fakes is a promise that is settled already. */
  const settle = async () => {
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    return engine.told.splice(0);
  };
  return {
    seeder, engine, library, clock, warnings, engineOptions, settle,
    come: (contentId: string) => {
      const member = rooms.join(contentId, { peerId: 'v', role: 'viewer' }, 0);
      if (member) members.set(contentId, member);
    },
    go: (contentId: string) => {
      const member = members.get(contentId);
      if (member) rooms.leave(member);
    },
  };
}

test('is an ordinary client of its own appliance, with caps, the proof and pieces spread', async (t) => {
  const { seeder, engineOptions } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  t.same(engineOptions, [{ appliances: ['http://127.0.0.1:8080'], seederProof: 'proof', maxPeers: 4, maxUploadMbps: 10, maxUploadSlots: 8, spreadPieces: true, udpPort: 0 }]);
});

test('joins a swarm when viewers are in it, before or after it started', async (t) => {
  const { seeder, settle, come } = stage();
  come(A);
  t.same(await settle(), []);
  seeder.start();
  t.teardown(() => seeder.stop());
  t.same(await settle(), ['open a']);
  come(B);
  t.same(await settle(), ['open b']);
});

test('leaves a swarm a while after its last viewer, and stays for one who comes back in time', async (t) => {
  const { seeder, settle, come, go, clock } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  t.same(await settle(), ['open a']);
  go(A);
  clock.nowMs += 59_000;
  seeder.sweep();
  t.same(await settle(), []);
  come(A);
  clock.nowMs += 120_000;
  seeder.sweep();
  t.same(await settle(), []);
  go(A);
  clock.nowMs += 60_000;
  seeder.sweep();
  t.same(await settle(), ['close a']);
  come(A);
  t.same(await settle(), ['open a'], 'and comes again');
});

test('joins again when a viewer comes while it is leaving', async (t) => {
  const { seeder, settle, come, go, clock } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  await settle();
  go(A);
  clock.nowMs += 60_000;
  seeder.sweep();
  come(A);
  t.same(await settle(), ['close a', 'open a']);
});

test('is in no more swarms than its bound: the longest idle makes room', async (t) => {
  const { seeder, settle, come, go, clock } = stage({ maxSwarms: 2 });
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  come(B);
  come(C);
  t.same(await settle(), ['open a', 'open b'], 'none is idle: the third swarm goes without');
  go(B);
  clock.nowMs += 1000;
  go(A);
  seeder.sweep();
  t.same(await settle(), ['close b', 'open c']);
  t.equal(seeder.figures().videos, 2);
});

test('does not ask again for a video the library has not, until it is added', async (t) => {
  const { seeder, settle, come, library } = stage();
  library.delete(A);
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  t.same(await settle(), []);
  library.add(A);
  seeder.sweep();
  t.same(await settle(), []);
  seeder.added(A);
  t.same(await settle(), ['open a']);
});

test('is out of the swarm of a deleted video, and does not come back though viewers are in it', async (t) => {
  const { seeder, settle, come } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  await settle();
  await seeder.forget(A);
  seeder.sweep();
  t.same(await settle(), ['close a']);
  await seeder.forget(B);
});

test('tries a seed that failed again, and says so', async (t) => {
  const { seeder, engine, settle, come, warnings } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  await settle();
  engine.fail.get(A)?.(new Error('the disk is gone'));
  t.same(await settle(), ['close a']);
  t.equal(warnings.length, 1);
  seeder.sweep();
  t.same(await settle(), ['open a']);
});

test('counts peers once, and bytes of the swarms it left too', async (t) => {
  const { seeder, engine, settle, come, go, clock } = stage();
  seeder.start();
  t.teardown(() => seeder.stop());
  come(A);
  come(B);
  await settle();
  engine.peerIds = ['p1', 'p2'];
  engine.sentBytes = 100;
  t.same(seeder.figures(), { enabled: true, videos: 2, peers: 2, sentBytes: 200, maxPeers: 4, maxMbps: 10 });
  go(A);
  clock.nowMs += 60_000;
  seeder.sweep();
  await settle();
  t.same(seeder.figures(), { enabled: true, videos: 1, peers: 2, sentBytes: 200, maxPeers: 4, maxMbps: 10 });
});

test('leaves everything when it stops, and joins nothing after', async (t) => {
  const { seeder, settle, come } = stage();
  seeder.start();
  come(A);
  come(B);
  await settle();
  await seeder.stop();
  come(C);
  t.same(await settle(), ['close a', 'close b', 'stop']);
  t.equal(seeder.figures().videos, 0);
});
