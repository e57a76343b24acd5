/** The numbers two peers gave to the swarms they are in, on one connection. A swarm is shared when both have opened it. */
import { SwitchError } from '../protocol/errors.ts';
import { MAX_SWARMS_PER_CLIENT } from '../protocol/limits.ts';

const MAX_TOPIC = 0xffff;

interface Numbers {
  local: number | undefined;
  remote: number | undefined;
}

export class TopicTable {
  readonly #bySwarm = new Map<string, Numbers>();
  readonly #byLocal = new Map<number, string>();
  readonly #byRemote = new Map<number, string>();
  #next = 0;

  /** A new number of ours, or undefined when the swarm is open already. SwitchError `closed` when all numbers are used up. */
  openLocal(contentId: string): number | undefined {
    const numbers = this.#numbers(contentId);
    if (numbers.local !== undefined) return undefined;
    if (this.#next > MAX_TOPIC) throw new SwitchError('closed', 'The connection has used up its topic numbers.');
    numbers.local = this.#next;
    this.#byLocal.set(this.#next, contentId);
    this.#next += 1;
    return numbers.local;
  }

  /** The number that is closed, or undefined when it was not open. */
  closeLocal(contentId: string): number | undefined {
    const numbers = this.#bySwarm.get(contentId);
    const local = numbers?.local;
    if (numbers === undefined || local === undefined) return undefined;
    numbers.local = undefined;
    this.#byLocal.delete(local);
    this.#tidy(contentId, numbers);
    return local;
  }

  /** SwitchError `bad-message` for a number or a swarm that is open already, and for too many. */
  openRemote(topic: number, contentId: string): void {
    const numbers = this.#numbers(contentId);
    if (this.#byRemote.has(topic) || numbers.remote !== undefined) throw new SwitchError('bad-message', 'The peer opened a topic twice.');
    if (this.#byRemote.size >= MAX_SWARMS_PER_CLIENT) throw new SwitchError('bad-message', `The peer opened more than ${MAX_SWARMS_PER_CLIENT} topics.`);
    numbers.remote = topic;
    this.#byRemote.set(topic, contentId);
  }

  /** The swarm that is closed; undefined for a number that is not open. */
  closeRemote(topic: number): string | undefined {
    const contentId = this.#byRemote.get(topic);
    if (contentId === undefined) return undefined;
    this.#byRemote.delete(topic);
    const numbers = this.#numbers(contentId);
    numbers.remote = undefined;
    this.#tidy(contentId, numbers);
    return contentId;
  }

  /** The peer's number for a swarm that both have open. */
  shared(contentId: string): number | undefined {
    const numbers = this.#bySwarm.get(contentId);
    return numbers?.local === undefined ? undefined : numbers.remote;
  }

  isRemoteOpen(contentId: string): boolean {
    return this.#bySwarm.get(contentId)?.remote !== undefined;
  }

  swarmOf(localTopic: number): string | undefined {
    return this.#byLocal.get(localTopic);
  }

  #numbers(contentId: string): Numbers {
    let numbers = this.#bySwarm.get(contentId);
    if (numbers === undefined) {
      numbers = { local: undefined, remote: undefined };
      this.#bySwarm.set(contentId, numbers);
    }
    return numbers;
  }

  #tidy(contentId: string, numbers: Numbers): void {
    if (numbers.local === undefined && numbers.remote === undefined) this.#bySwarm.delete(contentId);
  }
}
