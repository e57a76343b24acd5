/** Paths by a key that nearly always has just one: tens of thousands of sets of one path each would take more room than the paths. */
export class PathGroups {
  readonly #groups = new Map<string, string | Set<string>>();

  has(key: string): boolean {
    return this.#groups.has(key);
  }

  includes(key: string, path: string): boolean {
    const group = this.#groups.get(key);
    return typeof group === 'string' ? group === path : group?.has(path) === true;
  }

  first(key: string): string | undefined {
    const group = this.#groups.get(key);
    if (group === undefined || typeof group === 'string') return group;
    const [first] = group;
    return first;
  }

  all(key: string): readonly string[] {
    const group = this.#groups.get(key);
    if (group === undefined) return [];
    return typeof group === 'string' ? [group] : [...group];
  }

  add(key: string, path: string): void {
    const group = this.#groups.get(key);
    if (group === undefined || group === path) this.#groups.set(key, path);
    else if (typeof group === 'string') this.#groups.set(key, new Set([group, path]));
    else group.add(path);
  }

  delete(key: string, path: string): void {
    const group = this.#groups.get(key);
    if (group === path) this.#groups.delete(key);
    else if (group instanceof Set && group.delete(path) && group.size === 0) this.#groups.delete(key);
  }
}
