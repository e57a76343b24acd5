/** What each bench must reach, and why. */
import type { Target } from './bench.ts';

export const WATCH_TARGETS = {
  firstFrame: { maxRatio: 1.5, maxOurs: 1_000, why: 'a click moves the picture as it would with a plain <video>, or within what nobody calls waiting' },
  seek: { maxOurs: 300, why: 'a seek feels immediate' },
  shapedFirstFrame: { maxRatio: 1, why: 'on a slow line we may need no byte more than a plain <video> before the first picture' },
  stalls: { maxRatio: 1, maxOurs: 0, why: 'never one more than a plain <video>' },
} as const satisfies Record<string, Target>;

export const START_TARGETS = {
  ready: { maxOurs: 1_000, why: 'a restart is over before anybody reloads the page' },
  idleMemory: { maxOurs: 150, why: 'a node beside other things on a small home server' },
  listPage: { maxOurs: 60, why: 'the list is there at once on a phone; the player comes when it is wanted' },
  lastPage: { maxRatio: 1.5, why: 'the hundredth page of a large library costs what the first does' },
} as const satisfies Record<string, Target>;

export const CONTENT_TARGETS = {
  rangesBesideNginx: { minRatio: 0.8, why: 'Node has no sendfile; nearly as quick as nginx leaves nothing to gain by putting one in front' },
  rangesBesideStatic: { minRatio: 2.5, why: 'what a Fastify server would use instead' },
  slowReaders: { minRatio: 0.9, why: 'who holds a slot and takes little costs the others nothing' },
  hotBesideNginx: { minRatio: 1, why: 'hot pieces come from memory, without a look at the disk' },
} as const satisfies Record<string, Target>;

export const GRIDFS_TARGETS = {
  clientCpu: { maxRatio: 0.6, why: 'bytes cut out of the raw reply without a copy; the node shares its processor with the database in a home lab' },
  roundTrips: { maxOurs: 1, why: 'one round trip for a range: each more is a wait as long as the way to the database' },
  amplification: { maxOurs: 1.05, why: 'a window that begins and ends with chunks reads no byte for nothing' },
  throughput: { minRatio: 1.5, why: 'the next chunk is under way while the last one is sent; told only where the server is not the limit' },
} as const satisfies Record<string, Target>;

export const INGEST_TARGETS = {
  throughput: { minRatio: 0.8, why: 'hashing, checking and syncing an upload may cost a fifth of what a server does that only stores it' },
  flatMemory: { maxRatio: 1.15, why: 'what is held in memory does not depend on the size of the file' },
} as const satisfies Record<string, Target>;

export const SIGNALLING_TARGETS = {
  relays: { minRatio: 2, why: 'a swarm that forms in seconds is worth nothing if its introductions queue' },
  relayCpu: { maxRatio: 0.5, why: 'the same, told apart from what the clients and the other processes of the machine use' },
  memory: { maxRatio: 0.5, why: 'ten thousand viewers beside other things on a small home server' },
} as const satisfies Record<string, Target>;

export const SWITCH_TARGETS = {
  warm: { maxOurs: 300, why: 'a player with half a second of buffer never notices' },
  cold: { maxOurs: 1_000, why: 'nobody calls it waiting, though nothing was open when the CDN refused' },
  lost: { maxOurs: 1_000, why: 'p2p-media-loader waits 2 s for bytes that do not come' },
  granted: { maxOurs: 1, why: 'the CDN has first priority: no more than one window is taken from the swarm once a slot is free' },
} as const satisfies Record<string, Target>;

export const CHANNEL_TARGETS = {
  rateBesideRaw: { minRatio: 0.9, why: 'what verifying, scheduling and keeping may take of what the library can carry' },
  firstByte: { maxOurs: 300, why: 'from a click to verified bytes before anybody thinks of waiting; a full CDN asked first' },
  rateBesideWebTorrent: { minRatio: 1, why: 'what a user would take instead' },
  costBesideWebTorrent: { maxRatio: 1, why: 'what a user would take instead' },
} as const satisfies Record<string, Target>;

const NOT_NEAR_A_SECOND = 500;

export const OPEN_TARGETS = {
  p95: { maxOurs: 80, why: 'two of the timers of ICE, which ticks every 50 ms; nothing of the 999 ms after which DTLS repeats' },
  p95Delayed: { maxOurs: 130, why: 'the same, and 25 ms each for the offer and the answer' },
  max: { maxOurs: NOT_NEAR_A_SECOND, why: 'a repeated DTLS hello costs 999 ms, and none may need it' },
} as const satisfies Record<string, Target>;

export const SIMULATE_TARGETS = {
  time: { maxRatio: 1.25, why: 'nothing can beat the bound; a quarter more is what finding out who has what may cost' },
  offload: { minRatio: 0.9, why: 'a server that sends little more than the swarm cannot' },
  stalls: { maxOurs: 0, why: 'the uplinks together carry the film more than twice: nobody may stand still' },
} as const satisfies Record<string, Target>;

export const SWARM_TARGETS = {
  time: { maxRatio: 1.25, why: 'the same as in the simulation, with real connections, hashing and event loops' },
  nodeBytes: { maxOurs: 1.5, why: 'each part leaves the node about once, and the swarm does the rest' },
  besideWebTorrent: { maxRatio: 1, why: 'what a user would take instead' },
} as const satisfies Record<string, Target>;

export const GROWTH_TARGETS = {
  flatMemory: { maxRatio: 1.15, why: 'ten times the file must not take more memory; its list of hashes, 2.4 MB for 20 GB, and its index are all that may grow' },
} as const satisfies Record<string, Target>;
