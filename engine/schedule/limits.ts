/** The schedule's own numbers, each with its reason. */

/**
 * A CDN that gave no byte for this long is not waited for: peers go ahead meanwhile. One that has lately come back from longer
 * silences (a slow line, an appliance busy with an upload) is given twice the longest of them, and never more than the last
 * number: the switch-over must stay below 1 s, asking a peer included.
 */
export const CDN_QUIET_MS = 500;
export const CDN_QUIET_MAX_MS = 800;

/**
 * The CDN's window for whoever was granted a slot that others wait for, and has peers: in the simulation of a flash crowd before one
 * slot 16 MiB keep most uplinks idle for a quarter of the file (1.48 times the bound for 50 clients), 2 MiB do not (1.22), and
 * less would pass the slot on more often than it is used.
 */
export const SHARED_WINDOW_BYTES = 2 * 1024 * 1024;

/**
 * Whoever was let in at once, and has peers that lack what it gets, may take this long over a window, if that is more: nobody knows
 * whether they wait for the slot, and each end of a window costs it a round trip.
 */
export const SHARED_WINDOW_MS = 1_000;

/** Between two tries of a CDN that refused without saying when to come back, or that is down: doubled from the first to the last. */
export const CDN_RETRY_MS = 1_000;
export const CDN_RETRY_MAX_MS = 15_000;

/** An appliance that says "come back in an hour" is asked more often: its queue may have gone. */
export const CDN_RETRY_AFTER_MAX_MS = 30_000;

/** A CDN that gave wrong bytes twice is left alone this long. */
export const CDN_CORRUPT_MS = 60_000;

/** `swarm-first` gives the swarm this long to be found, or to go on, before it asks the CDN. */
export const SWARM_PATIENCE_MS = 1_500;

/** Connections held while the CDN serves: enough to take over at once, few enough to cost nobody anything. */
export const WARM_PEERS = 3;

/** Connections striven for while the swarm serves: what fills a home line many times over. */
export const ACTIVE_PEERS = 12;

/** Pieces in flight at one peer: two keep one busy across a round trip; 24 of the usual are a quarter of a second of 200 Mb/s. */
export const MIN_PIECES_IN_FLIGHT = 2;
export const MAX_PIECES_IN_FLIGHT = 24;

/**
 * A peer that takes at least this long over a piece, and this many round trips, is asked for one at a time: what stood in its queue
 * would be had sooner from who got it meanwhile, and a round trip between two pieces costs it little. With two, 32 clients with
 * 2 Mb/s each took 1.19 times the bound in the simulation, with one 1.16.
 */
export const SLOW_PIECE_MS = 500;
export const SLOW_PIECE_ROUND_TRIPS = 16;

/** However large the pieces are, so many may be in flight at all peers together: two at each of four. */
export const LEAST_PIECES_IN_FLIGHT = 8;

/**
 * Added to a round trip when the pieces in flight are reckoned: event loops busy with hashing answer this late. With 50 ms a sender
 * on the same machine had nothing to send for a quarter of the time.
 */
export const PIPELINE_SLACK_MS = 150;

/** Bytes in flight at all peers together: what a tab can hold in memory without being noticed. */
export const MAX_BYTES_IN_FLIGHT = 32 * 1024 * 1024;

/** Verified bytes that may wait for the store before nothing more is asked for. */
export const MAX_BYTES_UNWRITTEN = 16 * 1024 * 1024;

/** A peer of which nothing is known yet is taken for a line of 8 Mb/s. */
export const UNPROVEN_BYTES_PER_MS = 1_000;
export const UNPROVEN_ROUND_TRIP_MS = 100;

/**
 * A peer that gave no byte for this long loses its requests, if another can serve them, and is passed over for a while. A peer
 * that serves others in turn is silent for a second or two and no worse for it (the simulation shows the waste of less
 * patience); who waits for an urgent piece cannot be so patient.
 */
export const STALL_URGENT_MS = 1_000;
export const STALL_MS = 2_000;
export const STALL_UNPROVEN_MS = 3_000;
export const STALL_MAX_MS = 5_000;
export const STALL_PAUSE_MS = 5_000;

/** A wanted piece whose deadline is nearer than this is urgent: any source may serve it, and no slow one is trusted with it. */
export const URGENT_MS = 4_000;

/** A CDN that brings what is due within this is quick enough, however due it is: a peer would hardly be sooner. */
export const LATE_MS = 1_000;

/** The schedule is asked again this long after a limit, so that it is passed and not only reached. */
export const WAKE_AFTER_MS = 1;

/** In the end game a piece is asked of at most this many sources. */
export const END_GAME_COPIES = 2;

/** Missing pieces looked at for the rarest: some next to the last one, some drawn by lot from all. */
export const NEAR_CANDIDATES = 8;
export const DRAWN_CANDIDATES = 16;

/** What is due within this is fetched in order, whoever else holds it. */
export const IN_ORDER_MS = 1_500;

/** Pieces behind those among which a reader takes the rarest: few enough that it soon has them all in a row. */
export const READ_AHEAD_CANDIDATES = 24;

/** How far from the last piece the near candidates are looked for before the lot decides alone. */
export const NEAR_STEPS = 512;
