/** What a snapshot is called: the version of its data, and when it was taken (UTC). */

/** Old enough to be missed, few enough to be forgotten. */
const KEPT_SNAPSHOTS = 3;

const NAME = /^(\d+)-\d{8}T\d{9}Z$/;

export function snapshotName(version: number, now: Date): string {
  return `${version}-${now.toISOString().replaceAll(/[-:.]/g, '')}`;
}

/** Those of `names` that are snapshots, and not among the newest {@link KEPT_SNAPSHOTS}. */
export function outdated(names: readonly string[]): string[] {
  return names.filter((name) => NAME.test(name)).sort((one, other) => (timeOf(one) < timeOf(other) ? 1 : -1)).slice(KEPT_SNAPSHOTS);
}

function timeOf(name: string): string {
  return name.slice(name.indexOf('-') + 1);
}
