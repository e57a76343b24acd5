/** The swarm's own times and counts, each with its reason. Two peers need not agree on them; tests shorten them. */

export interface SwarmTimings {
  /** One attempt to connect, from the offer to an open channel: 50 times the usual, and short enough to try another. */
  readonly connectLimitMs: number;
  /** Tries at one peer before it is left alone until the server names it again. */
  readonly connectTries: number;
  /** Between two tries at one peer, doubling from the first to the cap, with full jitter. */
  readonly connectRetryFirstMs: number;
  readonly connectRetryCapMs: number;
  /** No byte for this long while blocks are asked for: the peer has stalled. A block at 0.13 Mb/s takes as long. */
  readonly stallMs: number;
  /** A connection on which no swarm is shared is kept this long, for the next video. */
  readonly idleMs: number;
  /** Between pings, for the round trip; three without any message are a dead peer. Also keeps NAT bindings alive. */
  readonly pingMs: number;
  /** From an open channel to the peer's hello. */
  readonly helloLimitMs: number;
  /** How often a membership looks whether it has the peers it wants. */
  readonly lookMs: number;
  /** Between two requests for more peers of one swarm, doubling from the first to the cap while nothing comes of them. */
  readonly findFirstMs: number;
  readonly findCapMs: number;
  /** Between two reports of the share held to the signalling server. */
  readonly reportMs: number;
  /** How long an uploader serves one peer while others wait. */
  readonly turnMs: number;
  /** A peer shown only some of a seeder's pieces that asks for none of them for this long is shown everything. */
  readonly hungryMs: number;
}

export const DEFAULT_TIMINGS: SwarmTimings = {
  connectLimitMs: 10_000,
  connectTries: 4,
  connectRetryFirstMs: 500,
  connectRetryCapMs: 15_000,
  stallMs: 4_000,
  idleMs: 30_000,
  pingMs: 15_000,
  helloLimitMs: 5_000,
  lookMs: 1_000,
  findFirstMs: 2_000,
  findCapMs: 30_000,
  reportMs: 5_000,
  turnMs: 4_000,
  hungryMs: 1_000,
};

/** Attempts to connect under way at once: each gathers candidates and makes keys. */
export const MAX_HANDSHAKES = 16;

/** Blocks asked of one peer in one swarm and not yet received: 8 MiB, which fills 400 Mb/s across 160 ms of way and busy event loops. */
export const MAX_OUTSTANDING_BLOCKS = 128;

/** Blocks queued for one peer in one swarm: twice what our own requests need. */
export const MAX_QUEUED_BLOCKS = 2 * MAX_OUTSTANDING_BLOCKS;

/** Breaches that may be accidents (unasked blocks, too many requests), within ten seconds; one more is abuse. */
export const MAX_STRIKES = 32;

/** Small messages a peer may send: the requests, cancels and haves of 2 Gb/s. More is a flood. */
export const MAX_MESSAGES_PER_S = 8_000;

/** Manifests served to one peer in one swarm: it needs one. */
export const MAX_MANIFESTS_SERVED = 8;

/** Known peers kept for one swarm, and peers refused for the engine's life: the oldest is forgotten. */
export const MAX_KNOWN_PEERS = 256;
export const MAX_BANNED_PEERS = 4_096;
