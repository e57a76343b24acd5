/** What one download of the bench `channel` is, and what it took from its start. */
export interface ChannelTimes {
  /** Ours: the first verified piece. Others: the first bytes. */
  readonly firstByteMs: number;
  readonly wholeMs: number;
}

export interface RawDownload {
  readonly senders: number;
  /** 0: it is over when every channel is open. */
  readonly sizeBytes: number;
}

export interface RawTimes extends ChannelTimes {
  /** Until each channel was open, from the making of its offer. */
  readonly opensMs: readonly number[];
}
