/** The overview's parts about being reached and about the watched folder, as schemas and from the figures of those who know. */
import { Type, type Static } from 'typebox';
import type { Config } from '../../config/schema.ts';
import type { FolderFigures } from '../folder/folder-options.ts';
import type { ReachFigures } from '../reach/reach.ts';

const MAX_PROBLEMS_LISTED = 20;

export const ReachSchema = Type.Object({
  udpPort: Type.Integer({ description: '0: any, another for each connection' }),
  mode: Type.Union([Type.Literal('announced'), Type.Literal('own-addresses'), Type.Literal('from-host')], {
    description: 'Which addresses of the seeder viewers are told: the announced ones, this machine\'s own, or the one by which each viewer came',
  }),
  announced: Type.Array(Type.Object({
    given: Type.String(),
    ip: Type.Union([Type.String(), Type.Null()], { description: 'null: a name that never resolved' }),
    port: Type.Integer(),
    problem: Type.Optional(Type.String()),
  })),
  ownAddresses: Type.Array(Type.String()),
  iceServers: Type.Array(Type.String()),
});

export const FolderSchema = Type.Object({
  folder: Type.String(),
  videos: Type.Integer(),
  videosBytes: Type.Integer(),
  waiting: Type.Integer({ description: 'Files that do not stand still yet, or wait to be read' }),
  ignored: Type.Integer(),
  lastScanAt: Type.Union([Type.String(), Type.Null()], { description: 'ISO 8601; null before the first look through all of it' }),
  hashing: Type.Union([Type.Object({ path: Type.String(), doneBytes: Type.Integer(), sizeBytes: Type.Integer() }), Type.Null()]),
  problems: Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }), { description: `At most ${MAX_PROBLEMS_LISTED}` }),
});

export function describeReach(figures: ReachFigures, { iceServers }: Config): Static<typeof ReachSchema> {
  return { ...figures, announced: [...figures.announced], ownAddresses: [...figures.ownAddresses], iceServers: [...iceServers] };
}

export function describeFolder({ dir, videos, sizeBytes, waiting, ignored, lastScanAt, hashing, problems }: FolderFigures): Static<typeof FolderSchema> {
  return {
    folder: dir, videos, videosBytes: sizeBytes, waiting, ignored, lastScanAt, hashing,
    problems: problems.slice(0, MAX_PROBLEMS_LISTED).map(({ path, reason }) => ({ path, reason })),
  };
}
