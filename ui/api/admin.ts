/** `GET /api/admin/…`, as far as the page reads it. Only for who is signed in; no answer holds a secret. */

export interface Notice {
  readonly code: string;
  readonly severity: 'problem' | 'warning' | 'hint';
  readonly what: string;
  readonly action: string;
}

export interface Setting {
  readonly name: string;
  readonly environment: string;
  readonly flag: string;
  readonly secret: boolean;
  readonly isSet: boolean;
  readonly value: SettingValue;
  readonly unit: string;
  readonly default: SettingValue;
  readonly why: string;
  readonly origin: 'default' | 'file' | 'environment' | 'flag';
}

export type SettingValue = string | number | boolean | readonly string[] | null;

export interface Overview {
  readonly version: string;
  readonly runtime: string;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly memory: { readonly residentBytes: number };
  /** The worst first. */
  readonly notices: readonly Notice[];
  readonly storage: {
    readonly kind: 'filesystem' | 'gridfs';
    readonly place: string;
    readonly network: string | null;
    readonly totalBytes: number | null;
    readonly videosBytes: number | null;
    readonly freeBytes: number | null;
    readonly reservedBytes: number;
  };
  /** null while the storage is silent. */
  readonly cdn: { readonly maxStreams: number; readonly activeStreams: number; readonly waiting: number; readonly maxMbps: number } | null;
  readonly swarms: readonly { readonly contentId: string; readonly title: string | null; readonly viewers: number; readonly seeders: number }[];
  readonly swarmsTotal: number;
  readonly seeder: {
    readonly enabled: boolean; readonly videos: number; readonly peers: number; readonly sentBytes: number; readonly maxMbps: number; readonly maxPeers: number;
  } | null;
  readonly reach: {
    /** 0: any, another for each connection. */
    readonly udpPort: number;
    readonly mode: 'announced' | 'own-addresses' | 'from-host';
    readonly announced: readonly { readonly given: string; readonly ip: string | null; readonly port: number; readonly problem?: string }[];
    readonly ownAddresses: readonly string[];
    readonly iceServers: readonly string[];
  };
  /** The watched folder; null where none is set. */
  readonly folder: {
    readonly folder: string; readonly videos: number; readonly videosBytes: number; readonly waiting: number; readonly ignored: number;
    readonly lastScanAt: string | null;
    readonly hashing: { readonly path: string; readonly doneBytes: number; readonly sizeBytes: number } | null;
    readonly problems: readonly { readonly path: string; readonly reason: string }[];
  } | null;
}

export interface ConnectedPeer {
  readonly peerId: string;
  readonly address: string | null;
  readonly role: 'viewer' | 'seeder';
  readonly since: string | null;
  readonly swarms: readonly { readonly contentId: string; readonly title: string | null; readonly havePermille: number }[];
  readonly swarmsTotal: number;
  readonly seeder: {
    readonly path: 'direct' | 'relay' | null; readonly protocol: 'udp' | 'tcp' | null;
    readonly sentBytes: number; readonly sendMbps: number; readonly roundTripMs: number | null;
  } | null;
}

export interface ConnectedPeers {
  readonly items: readonly ConnectedPeer[];
  readonly total: number;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  readonly seq: number;
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface LogPart {
  /** Of the process: numbers begin anew with another one. */
  readonly startedAt: string;
  readonly oldestSeq: number;
  readonly lastSeq: number;
  readonly items: readonly LogLine[];
}
