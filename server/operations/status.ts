/** What the appliance says of itself at `/api/status`, gathered from its parts. */
import { Type, type Static } from 'typebox';

export const StatusSchema = Type.Object({
  cdn: Type.Object({
    maxStreams: Type.Integer({ description: 'Slots, as streams and Mb/s together permit' }),
    activeStreams: Type.Integer(),
    waiting: Type.Integer({ description: 'Clients in the queue for a slot' }),
    maxMbps: Type.Number({ description: '0 is unlimited' }),
  }),
  swarms: Type.Array(Type.Object({
    contentId: Type.String(),
    viewers: Type.Integer(),
    seeders: Type.Integer(),
  }), { description: 'The fullest first, at most 100' }),
  seeder: Type.Object({
    enabled: Type.Boolean(),
    videos: Type.Integer({ description: 'Videos offered to their swarms' }),
    peers: Type.Integer(),
    sentBytes: Type.Integer({ description: 'Since the start' }),
    maxMbps: Type.Number({ description: '0 is unlimited' }),
    maxPeers: Type.Integer(),
  }),
  storage: Type.Object({
    kind: Type.Union([Type.Literal('filesystem'), Type.Literal('gridfs')]),
    usedBytes: Type.Integer(),
    freeBytes: Type.Union([Type.Integer(), Type.Null()], { description: 'null where it cannot be known' }),
    folderBytes: Type.Optional(Type.Integer({ description: 'Of the videos in the watched folder, which are not part of usedBytes' })),
  }),
  version: Type.String(),
});

export type Status = Static<typeof StatusSchema>;
