/** The problem document in the OpenAPI description. */
import { Type, type TSchema } from 'typebox';

const Problem = Type.Object({
  type: Type.String({ description: 'Stable; decide by this.' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'What happened, to which thing, and what to do.' }),
}, { additionalProperties: true, description: 'RFC 9457 problem document' });

/** Entries of a route's `response` for the statuses it may refuse with. */
export function problemResponses(...statuses: readonly number[]): Record<number, TSchema> {
  return Object.fromEntries(statuses.map((status) => [status, Problem]));
}
