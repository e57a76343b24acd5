/**
 * What the server takes from a signalling socket: the schemas of engine/protocol/signalling.ts, and the reading of one
 * frame into a message or into a sentence that names the wrong field.
 */
import { Type, type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

import type { ClientMessage } from '../../engine/index.ts';

const ContentId = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** 16 random bytes in base64url; session.ts makes them. */
const PeerId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
const HavePermille = Type.Integer({ minimum: 0, maximum: 1000 });
/** More than are ever handed out may be wanted: the answer is cut to MAX_PEERS_PER_ANSWER. */
const WantPeers = Type.Integer({ minimum: 0, maximum: 1000 });
const ConnectionId = Type.String({ minLength: 1, maxLength: 64 });
const Secret = Type.String({ maxLength: 512 });

const SIGNALS = {
  offer: Type.Object({ kind: Type.Literal('offer'), sdp: Type.String() }),
  answer: Type.Object({ kind: Type.Literal('answer'), sdp: Type.String() }),
  candidate: Type.Object({ kind: Type.Literal('candidate'), candidate: Type.String({ maxLength: 1024 }), mid: Type.String({ maxLength: 64 }) }),
  refuse: Type.Object({ kind: Type.Literal('refuse'), reason: Type.String({ maxLength: 256 }) }),
} as const;

const Signal = Type.Union([SIGNALS.offer, SIGNALS.answer, SIGNALS.candidate, SIGNALS.refuse]);

const MESSAGES = {
  hello: Type.Object({ type: Type.Literal('hello'), version: Type.Integer(), session: Type.Optional(Secret), seederProof: Type.Optional(Secret) }),
  join: Type.Object({ type: Type.Literal('join'), contentId: ContentId, havePermille: HavePermille, wantPeers: WantPeers }),
  update: Type.Object({ type: Type.Literal('update'), contentId: ContentId, havePermille: HavePermille }),
  find: Type.Object({ type: Type.Literal('find'), contentId: ContentId, wantPeers: WantPeers }),
  leave: Type.Object({ type: Type.Literal('leave'), contentId: ContentId }),
  signal: Type.Object({ type: Type.Literal('signal'), to: PeerId, connectionId: ConnectionId, signal: Signal }),
  'wait-for-cdn': Type.Object({ type: Type.Literal('wait-for-cdn'), contentId: ContentId }),
  'stop-waiting': Type.Object({ type: Type.Literal('stop-waiting'), contentId: ContentId }),
  pong: Type.Object({ type: Type.Literal('pong') }),
} as const;

/** A type without `readonly` and with its unions pulled apart: what both sides are compared as. */
type Shape<T> = T extends { readonly kind: infer Kind } ? (Kind extends string ? Plain<Omit<T, 'kind'> & { kind: Kind }> : never) : Plain<T>;
type Plain<T> = T extends object ? { -readonly [Key in keyof T]: Shape<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Checked = Static<(typeof MESSAGES)[keyof typeof MESSAGES]>;
/** Does not compile once the schemas and the protocol's types part. */
const KNOWN_TYPES: Same<Shape<ClientMessage>, Shape<Checked>> extends true ? readonly string[] : never = Object.keys(MESSAGES);

function compileAll(schemas: Readonly<Record<string, TSchema>>): ReadonlyMap<string, Validator> {
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, Compile(schema)]));
}

const messageChecks = compileAll(MESSAGES);
const signalChecks = compileAll(SIGNALS);

/** Why a frame was refused; `field` is a path such as `signal.mid`, `re` the message's type where it is known. */
interface BadMessage {
  readonly message: string;
  readonly field?: string;
  readonly re?: string;
}

export type Reading = { readonly good: ClientMessage } | { readonly bad: BadMessage };

/** One text frame. Unknown fields are let through, so that a newer client may say more. Never throws. */
export function readClientMessage(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { bad: { message: 'This is not JSON. Send one JSON object in each text frame.' } };
  }
  if (!isRecord(value)) return { bad: { message: 'This is not a JSON object.' } };
  const type = value['type'];
  if (typeof type !== 'string') return { bad: { message: '"type" must be a string.', field: 'type' } };
  const check = messageChecks.get(type);
  if (!check) return { bad: { message: `There is no message "${type.slice(0, 32)}". Known are ${KNOWN_TYPES.join(', ')}.`, field: 'type' } };
  if (isMessage(check, value)) return { good: value };
  return { bad: { re: type, ...firstFault(check, value, '') } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMessage(check: Validator, value: unknown): value is ClientMessage {
  return check.Check(value);
}

function firstFault(check: Validator, value: Record<string, unknown>, path: string): BadMessage {
  for (const error of check.Errors(value)) {
    const inside = error.instancePath.split('/')[1];
    const missing = inside === undefined && error.keyword === 'required' ? error.params.requiredProperties[0] : undefined;
    const name = inside ?? missing;
    if (name === undefined) continue;
    // A union's own errors name every branch; the branch that the kind chose says what is wrong.
    if (inside === 'signal') return signalFault(value['signal']);
    const field = path + name;
    return { field, message: missing === undefined ? `"${field}" ${error.message}.` : `"${field}" is missing.` };
  }
  return { message: 'This message is malformed.' };
}

function signalFault(signal: unknown): BadMessage {
  if (!isRecord(signal)) return { field: 'signal', message: '"signal" must be an object.' };
  const check = typeof signal['kind'] === 'string' ? signalChecks.get(signal['kind']) : undefined;
  if (!check) return { field: 'signal.kind', message: `"signal.kind" must be one of ${[...signalChecks.keys()].join(', ')}.` };
  return firstFault(check, signal, 'signal.');
}
