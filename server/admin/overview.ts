/** The state of the whole node for the admin page: what runs where, the disk, the CDN, the swarms, and what needs doing. */
import { Type, type Static } from 'typebox';
import type { Config } from '../../config/schema.ts';
import type { FolderLibrary } from '../folder/folder-library.ts';
import { StatusSchema, type Status } from '../operations/status.ts';
import type { Reach } from '../reach/reach.ts';
import { VERSION } from '../version.ts';
import { databasePlace, diskFigures, type DiskFigures } from './disk.ts';
import { describeFolder, describeReach, FolderSchema, ReachSchema } from './overview-parts.ts';
import { diskNotices, gatherNotices, NoticeSchema, storageSilent, type NoticeSource } from './notices.ts';

const MAX_SWARMS_LISTED = 20;
const MS_PER_SECOND = 1000;

const Bytes = Type.Union([Type.Integer(), Type.Null()], { description: 'null where it cannot be known' });

export const OverviewSchema = Type.Object({
  version: Type.String(),
  runtime: Type.String({ description: 'Node.js and the kind of processor' }),
  startedAt: Type.String({ description: 'ISO 8601' }),
  uptimeSeconds: Type.Integer(),
  memory: Type.Object({ residentBytes: Type.Integer(), heapUsedBytes: Type.Integer() }),
  notices: Type.Array(NoticeSchema, { description: 'The worst first' }),
  storage: Type.Object({
    kind: Type.Union([Type.Literal('filesystem'), Type.Literal('gridfs')]),
    place: Type.String({ description: 'The data folder, or the database\'s host without user and password' }),
    network: Type.Union([Type.String(), Type.Null()], { description: 'The network file system under the data folder, such as NFS' }),
    totalBytes: Bytes,
    videosBytes: Bytes,
    freeBytes: Bytes,
    reservedBytes: Type.Integer({ description: 'Of the free bytes, what uploads leave' }),
  }),
  cdn: Type.Union([StatusSchema.properties.cdn, Type.Null()], { description: 'null while the storage is silent' }),
  swarms: Type.Array(Type.Object({
    contentId: Type.String(),
    title: Type.Union([Type.String(), Type.Null()], { description: 'null where the library has no such video' }),
    viewers: Type.Integer(),
    seeders: Type.Integer(),
  }), { description: `The ${MAX_SWARMS_LISTED} fullest` }),
  swarmsTotal: Type.Integer(),
  seeder: Type.Union([StatusSchema.properties.seeder, Type.Null()]),
  reach: ReachSchema,
  folder: Type.Union([FolderSchema, Type.Null()], { description: 'The watched folder; null where none is set' }),
});
export type Overview = Static<typeof OverviewSchema>;

export interface OverviewComponents {
  readonly config: Config;
  readonly status: () => Promise<Status>;
  readonly swarmsTotal: () => number;
  readonly titleOf: (contentId: string) => Promise<string | null>;
  readonly reach: Pick<Reach, 'figures' | 'notices'>;
  /** undefined where no folder is watched. */
  readonly folder: Pick<FolderLibrary, 'figures' | 'notices'> | undefined;
  /** Of parts that tell nothing else. */
  readonly noticeSources: readonly NoticeSource[];
}

/** Answers whatever is broken: this is where people look when something is. */
export async function describeOverview(components: OverviewComponents): Promise<Overview> {
  const { config, status, swarmsTotal, titleOf, reach, folder, noticeSources } = components;
  const [state, disk] = await Promise.all([settled(status()), settled(dataFolder(config))]);
  const figures = 'value' in state ? state.value : undefined;
  const ownNotices = [
    ...('error' in state ? [storageSilent(state.error)] : []),
    ...diskNotices('value' in disk ? disk.value : undefined),
  ];
  const memory = process.memoryUsage();
  const uptimeSeconds = Math.floor(process.uptime());
  return {
    version: VERSION,
    runtime: `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    startedAt: new Date(Date.now() - uptimeSeconds * MS_PER_SECOND).toISOString(),
    uptimeSeconds,
    memory: { residentBytes: memory.rss, heapUsedBytes: memory.heapUsed },
    notices: await gatherNotices([() => ownNotices, () => reach.notices(), () => folder?.notices() ?? [], ...noticeSources]),
    storage: storageOf(config, figures, 'value' in disk ? disk.value : undefined),
    cdn: figures?.cdn ?? null,
    swarms: await Promise.all((figures?.swarms ?? []).slice(0, MAX_SWARMS_LISTED).map(async (swarm) => ({ ...swarm, title: await titleOf(swarm.contentId) }))),
    swarmsTotal: swarmsTotal(),
    seeder: figures?.seeder ?? null,
    reach: describeReach(reach.figures(), config),
    folder: folder === undefined ? null : describeFolder(folder.figures()),
  };
}

/** With MongoDB nothing of value lies in the data folder. */
async function dataFolder({ mongodbUri, dataDir, reserveFreeBytes }: Config): Promise<DiskFigures | undefined> {
  return mongodbUri === undefined ? diskFigures(dataDir, { reservedBytes: reserveFreeBytes }) : undefined;
}

function storageOf(config: Config, figures: Status | undefined, disk: DiskFigures | undefined): Overview['storage'] {
  return {
    kind: config.mongodbUri === undefined ? 'filesystem' : 'gridfs',
    place: config.mongodbUri === undefined ? disk?.folder ?? config.dataDir : databasePlace(config.mongodbUri),
    network: disk?.network ?? null,
    totalBytes: disk?.totalBytes ?? null,
    videosBytes: figures?.storage.usedBytes ?? null,
    freeBytes: disk?.freeBytes ?? figures?.storage.freeBytes ?? null,
    reservedBytes: config.reserveFreeBytes,
  };
}

async function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
