/** The far end of a bench: a child process or a page whose functions the bench calls. Runs in both. */

/** What can be called: one argument, which like the answer can be cloned. */
export type Calls = Readonly<Record<string, (given: never) => unknown>>;

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly given: unknown;
}

export interface AnswerMessage {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const offered = new Map<string, (given: unknown) => unknown>();

async function call({ name, given }: CallMessage): Promise<unknown> {
  const found = offered.get(name);
  if (found === undefined) throw new Error(`There is no ${name} here.`);
  return await found(given);
}

/** Last in the module of a far end, or of several in one. A child process ends with its parent. */
export function offerCalls(calls: Calls): void {
  const isFirst = offered.size === 0;
  for (const [name, one] of Object.entries(calls)) offered.set(name, one as (given: unknown) => unknown);
  if (!isFirst) return;
  if (typeof process === 'undefined') {
    Object.assign(globalThis, { farEnd: call });
    return;
  }
  process.on('message', (message: CallMessage) => {
    const answer = (fields: Omit<AnswerMessage, 'id'>): void => void process.send?.({ id: message.id, ...fields });
    call(message).then((value) => answer({ value }), (error: unknown) => answer({ error: error instanceof Error ? error.stack ?? error.message : String(error) }));
  });
  process.on('disconnect', () => process.exit());
}
