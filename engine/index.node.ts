/** What the engine offers in Node besides index.ts, which runs in browsers too. */
export { FilePieceStore, type FilePieceStoreOptions } from './piece-store/file-piece-store.node.ts';
