// The library exports this class for Node without a type for it.
import type { UrlStorage } from 'tus-js-client';

declare module 'tus-js-client' {
  export class FileUrlStorage implements UrlStorage {
    constructor(filePath: string);
    findAllUploads: UrlStorage['findAllUploads'];
    findUploadsByFingerprint: UrlStorage['findUploadsByFingerprint'];
    removeUpload: UrlStorage['removeUpload'];
    addUpload: UrlStorage['addUpload'];
  }
}
