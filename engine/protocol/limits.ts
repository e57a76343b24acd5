/** Every number two peers, or a peer and an appliance, must agree on or defend with, each with its reason. */

/** The Merkle leaf of BEP 52: fixed by the content id's definition. */
export const BLOCK_BYTES = 16 * 1024;

/** Default piece: small enough to be relayed within 0.1 s at 20 Mb/s, large enough that a manifest stays small. */
export const PIECE_BYTES = 256 * 1024;

/** Above this many pieces the piece length doubles, so that a manifest stays under 4 MiB whatever the size of the file. */
export const MAX_PIECES = 131_072;

/** Largest piece anybody may announce: bounds what a receiver must hold before it can verify. */
export const MAX_PIECE_BYTES = 16 * 1024 * 1024;

/** Payload of one block message. Data channels have no interleaving: a larger message delays control behind it. */
export const WIRE_BLOCK_BYTES = 64 * 1024 - 64;

/** Most that one request may ask for: a usual piece at once, and twice that of a large one. To ask for every block costs as much as to send it. */
export const MAX_REQUEST_BYTES = 8 * WIRE_BLOCK_BYTES;

/** Largest message taken from a peer; anything above is abuse. Every data channel implementation carries 64 KiB. */
export const MAX_WIRE_MESSAGE_BYTES = 64 * 1024;

/** Stop sending above the high mark and go on below the low one: enough for 20 ms at 100 Mb/s, little to cancel. */
export const SEND_HIGH_WATER_BYTES = 1024 * 1024;
export const SEND_LOW_WATER_BYTES = 256 * 1024;

/** Our own windows on the CDN: slots rotate among viewers every window. */
export const CDN_WINDOW_BYTES = 16 * 1024 * 1024;

/** Largest JSON message on the signalling socket: a trickled SDP is under 4 KiB. */
export const MAX_SIGNALLING_MESSAGE_BYTES = 16 * 1024;

/** Swarms one socket may be in, and one connection may carry: two appliances share hundreds of videos. */
export const MAX_SWARMS_PER_CLIENT = 1024;

/** Peers handed out for one join, the fullest first. */
export const MAX_PEERS_PER_ANSWER = 16;

/** The version spoken on the data channel and on the signalling socket. Unknown versions are refused with a reason. */
export const PEER_PROTOCOL_VERSION = 1;
export const SIGNALLING_PROTOCOL_VERSION = 1;
