/** What a diagnosis saw on its way, before anybody judges it: verdicts.ts makes sentences of it. */
import type { CandidateType } from '../figures.ts';

/** Somewhere UDP may go. An IPv6 address has no brackets; empty where the platform hides it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
}

export type HttpSeen =
  | { readonly kind: 'ours'; readonly version: string; readonly seederEnabled: boolean; readonly seederPeers: number; readonly seederMaxPeers: number }
  /** A problem document of ours: the node is there and says no. */
  | { readonly kind: 'problem'; readonly status: number; readonly detail: string }
  /** Something else answered. `server` is what it calls itself. */
  | { readonly kind: 'other'; readonly status: number; readonly server: string | undefined }
  /** Nothing answered. `code` is the platform's own word for it; browsers tell none. */
  | { readonly kind: 'nothing'; readonly code: string | undefined }
  | { readonly kind: 'timeout'; readonly limitMs: number };

export type WebSocketSeen =
  | { readonly kind: 'open' }
  /**
   * `upgradeStatus` is the answer to the upgrade, where the platform tells; `plainStatus` that to the same address asked without
   * one, and `plainOurs` whether a node of ours gave that.
   */
  | { readonly kind: 'refused'; readonly upgradeStatus: number | undefined; readonly plainStatus: number | undefined; readonly plainOurs: boolean }
  | { readonly kind: 'timeout'; readonly limitMs: number };

export type SignallingSeen =
  /** `helpers` are the STUN and TURN servers the node hands out. */
  | { readonly kind: 'joined'; readonly helpers: readonly string[] }
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'timeout'; readonly limitMs: number; readonly waitedFor: 'welcome' | 'peers' };

type SeederSeen =
  | { readonly kind: 'absent'; readonly limitMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent'; readonly limitMs: number }
  /** This platform makes no peer connections. */
  | { readonly kind: 'no-webrtc' }
  | { readonly kind: 'answered'; readonly announced: readonly Endpoint[] };

/**
 * How a connection was tried. `announced`: we go to the node's addresses and tell none of ours, so that only what reaches the node
 * counts. `host`: the same, with the address its page has in place of those it announces. `usual`: as every viewer does, each going
 * to the other.
 */
export type PathPlan = 'announced' | 'host' | 'usual';

/** One try at a connection. */
export interface PathTry {
  readonly plan: PathPlan;
  /** Where we went. */
  readonly targets: readonly Endpoint[];
  readonly limitMs: number;
  /** The pair that works; undefined when none does. */
  readonly pair: { readonly local: Endpoint; readonly remote: Endpoint } | undefined;
}

interface ChannelSeen {
  readonly open: boolean;
  readonly limitMs: number;
}

export type RoundTripSeen =
  | { readonly kind: 'fetched'; readonly sizeBytes: number; readonly fetchMs: number; readonly roundTripMs: number | null; readonly intact: boolean }
  /** It has other viewers to serve first. */
  | { readonly kind: 'busy'; readonly limitMs: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** As far as it came: what a step before made impossible is missing. */
export interface Observations {
  readonly applianceUrl: string;
  /** The host of that address as ICE can use it, without brackets; a name is looked up where the platform can. */
  readonly httpAddress: string;
  readonly http?: HttpSeen;
  readonly websocket?: WebSocketSeen;
  readonly signalling?: SignallingSeen;
  readonly seeder?: SeederSeen;
  readonly paths?: readonly PathTry[];
  readonly channel?: ChannelSeen;
  readonly roundTrip?: RoundTripSeen;
}
