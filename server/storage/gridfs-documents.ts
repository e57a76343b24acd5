/**
 * What lies in the database. `fs.files` and `fs.chunks` are the standard GridFS bucket (MongoDB's GridFS specification), so
 * any driver and `mongofiles` read the same files; what only the node knows is in `metadata` and in `switch.*` beside it.
 */
import type { Binary, Long, ObjectId } from 'mongodb';
import { searchText, titleSortKey } from './catalogue-text.ts';
import { detailsOf, keptDetails, type VideoDetails } from './video-details.ts';
import type { Video } from './video-store.ts';

/**
 * One chunk. A power of two, so it divides any larger piece and is a multiple of any smaller: no chunk straddles pieces.
 * It cannot follow the piece length: chunks are written while the size of the upload, and so its pieces, are unknown.
 */
export const CHUNK_BYTES = 1024 * 1024;

export interface FileMetadata {
  readonly contentId: string;
  readonly title: string;
  /** Folded for sorting and searching: a plain index serves both, whatever collations the server knows. */
  readonly titleKey: string;
  readonly searchText: string;
  readonly mediaType: string;
  readonly pieceLengthBytes: number;
  /** Absent where an earlier version wrote the file, as the next two. */
  readonly details?: VideoDetails;
  /** Counts changes of the details, so that of two at the same moment one is made anew. */
  readonly detailsRevision?: number;
  readonly inspection?: { readonly holder: string; readonly until: Date };
}

export interface FileDocument {
  readonly _id: ObjectId;
  readonly length: number | Long;
  readonly chunkSize: number;
  readonly uploadDate: Date;
  readonly filename: string;
  readonly metadata: FileMetadata;
}

export interface ChunkDocument {
  readonly _id: ObjectId;
  readonly files_id: ObjectId;
  readonly n: number;
  readonly data: Binary;
}

/** The piece layer of one file, up to 4 MiB: apart from `fs.files`, so that listing never touches it. */
export interface ManifestDocument {
  readonly _id: ObjectId;
  readonly contentId: string;
  readonly pieceHashes: Binary;
}

/** One small file of a video. */
export interface ExtraDocument {
  /** The file's id, a slash and the name: one video's extras lie together, and no other index is needed. */
  readonly _id: string;
  /** The lease of the change that wrote it. */
  readonly change: ObjectId;
  readonly sizeBytes: number;
  readonly data: Binary;
}

/** Who writes or removes a file's chunks. Chunks without a file and with a dead lease are swept. */
export interface LeaseDocument {
  readonly _id: ObjectId;
  /** The server's clock: appliances need not agree on the time. */
  readonly heartbeatAt: Date;
  readonly sweeping: boolean;
  /** The file whose details are being changed: what the change wrote and nobody names is swept, and nothing else. */
  readonly changes?: ObjectId;
}

export interface StateDocument {
  readonly _id: string;
  readonly value: string;
}

export function titleFields(title: string, name: string): Pick<FileMetadata, 'title' | 'titleKey' | 'searchText'> {
  return { title, titleKey: titleSortKey(title), searchText: searchText(title, name) };
}

export function metadataOf(video: Video): FileMetadata {
  return {
    contentId: video.contentId,
    ...titleFields(video.title, video.name),
    mediaType: video.mediaType,
    pieceLengthBytes: video.pieceLengthBytes,
    details: detailsOf(video),
    detailsRevision: 0,
  };
}

export function videoOfFile(file: FileDocument): Video {
  return {
    contentId: file.metadata.contentId,
    name: file.filename,
    title: file.metadata.title,
    mediaType: file.metadata.mediaType,
    sizeBytes: lengthOf(file),
    pieceLengthBytes: file.metadata.pieceLengthBytes,
    createdAt: file.uploadDate.toISOString(),
    ...keptDetails(file.metadata.details),
  };
}

export function extraKey(fileId: ObjectId, name: string): string {
  return `${fileId.toHexString()}/${name}`;
}

/** Keys of all extras of a file; `0` follows `/`. */
export function extraKeysOf(fileId: ObjectId): { readonly $gte: string; readonly $lt: string } {
  return { $gte: `${fileId.toHexString()}/`, $lt: `${fileId.toHexString()}0` };
}

export function idOf({ _id: id }: Pick<FileDocument, '_id'>): ObjectId {
  return id;
}

export function lengthOf(file: Pick<FileDocument, 'length'>): number {
  return typeof file.length === 'number' ? file.length : file.length.toNumber();
}
