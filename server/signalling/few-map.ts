/** A map by string, of which there are thousands, and in most of them one thing or none: an empty `Map` takes more than all else known of a client. */
export class FewMap<Value> {
  /** The one thing's, while there is no more. */
  #key: string | undefined;
  #value: Value | undefined;
  /** Everything, once there were two. */
  #all: Map<string, Value> | undefined;

  get size(): number {
    if (this.#all !== undefined) return this.#all.size;
    return this.#key === undefined ? 0 : 1;
  }

  has(key: string): boolean {
    return this.#all === undefined ? this.#key === key : this.#all.has(key);
  }

  get(key: string): Value | undefined {
    if (this.#all !== undefined) return this.#all.get(key);
    return this.#key === key ? this.#value : undefined;
  }

  set(key: string, value: Value): void {
    if (this.#all === undefined && this.#key !== undefined && this.#key !== key) {
      this.#all = new Map(this.entries());
      this.#key = undefined;
      this.#value = undefined;
    }
    if (this.#all !== undefined) this.#all.set(key, value);
    else {
      this.#key = key;
      this.#value = value;
    }
  }

  delete(key: string): void {
    if (this.#all !== undefined) this.#all.delete(key);
    else if (this.#key === key) this.clear();
  }

  clear(): void {
    this.#key = undefined;
    this.#value = undefined;
    this.#all = undefined;
  }

  /** As they are now: the map may be changed meanwhile. */
  entries(): [string, Value][] {
    if (this.#all !== undefined) return [...this.#all];
    // The value of a key is a `Value`, be that undefined or not.
    return this.#key === undefined ? [] : [[this.#key, this.#value as Value]];
  }

  values(): Value[] {
    return this.entries().map(([, value]) => value);
  }

  sharesKeyWith(other: FewMap<unknown>): boolean {
    if (this.size > other.size) return other.sharesKeyWith(this);
    if (this.#all === undefined) return this.#key !== undefined && other.has(this.#key);
    for (const key of this.#all.keys()) if (other.has(key)) return true;
    return false;
  }
}
