/** `GET /api/status`, as far as the page reads it. */
export interface ApplianceStatus {
  readonly cdn: { readonly maxStreams: number; readonly activeStreams: number; readonly waiting: number; readonly maxMbps: number };
  /** The fullest first, at most 100. */
  readonly swarms: readonly { readonly contentId: string; readonly viewers: number; readonly seeders: number }[];
  readonly seeder: { readonly enabled: boolean };
  readonly storage: { readonly kind: string; readonly usedBytes: number; readonly freeBytes: number | null };
  readonly version: string;
}
