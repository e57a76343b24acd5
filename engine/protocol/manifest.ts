/**
 * The manifest: our description of a content. It is self-verifying: its piece hashes fold up to the content id, so it may
 * come from anybody. `name` and `mediaType` are hints and are not covered by the content id.
 */

/** `pieceHashes` is the piece layer: one 32-byte SHA-256 Merkle node for each piece, in order (BEP 52). */
export interface Manifest {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceHashes: Uint8Array;
  readonly mediaType: string;
  readonly name: string;
}

/** The manifest as it goes over HTTP: as {@link Manifest}, with the piece layer in base64. */
export interface ManifestJson {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceHashes: string;
  readonly mediaType: string;
  readonly name: string;
}
