/**
 * Writes a movie fragment of one track: moof and mdat (ISO/IEC 14496-12, 8.8). All offsets count from the moof
 * (default-base-is-moof), composition offsets are signed (trun version 1), and the track is always the first of its init segment.
 */

export interface FragmentSample {
  readonly bytes: Uint8Array;
  readonly isKey: boolean;
  readonly durationTicks: number;
  /** Presentation minus decode time. */
  readonly offsetTicks: number;
}

const TRACK_ID = 1;
const MFHD_BYTES = 16;
const TFHD_BYTES = 16;
const TFDT_BYTES = 20;
const TRUN_HEAD_BYTES = 20;
const SAMPLE_BYTES = 16;

const DEFAULT_BASE_IS_MOOF = 0x02_00_00;
/** Data offset, and of each sample its duration, size, flags and composition offset. */
const TRUN_FLAGS = 0x00_00_01 | 0x00_01_00 | 0x00_02_00 | 0x00_04_00 | 0x00_08_00;
/** sample_depends_on 2: on no other. */
const SYNC_SAMPLE = 0x02_00_00_00;
/** sample_depends_on 1, sample_is_non_sync_sample. */
const OTHER_SAMPLE = 0x01_01_00_00;

export function writeFragment(sequenceNumber: number, decodeTicks: number, samples: readonly FragmentSample[]): Uint8Array<ArrayBuffer> {
  const trunBytes = TRUN_HEAD_BYTES + samples.length * SAMPLE_BYTES;
  const trafBytes = 8 + TFHD_BYTES + TFDT_BYTES + trunBytes;
  const moofBytes = 8 + MFHD_BYTES + trafBytes;
  const mdatBytes = samples.reduce((sum, sample) => sum + sample.bytes.length, 8);
  const out = new Uint8Array(moofBytes + mdatBytes);
  const view = new DataView(out.buffer);
  let at = 0;
  const u32 = (value: number): void => {
    view.setUint32(at, value);
    at += 4;
  };
  const box = (size: number, type: string): void => {
    u32(size);
    for (let index = 0; index < 4; index += 1) out[at + index] = type.charCodeAt(index);
    at += 4;
  };
  box(moofBytes, 'moof');
  box(MFHD_BYTES, 'mfhd');
  u32(0);
  u32(sequenceNumber);
  box(trafBytes, 'traf');
  box(TFHD_BYTES, 'tfhd');
  u32(DEFAULT_BASE_IS_MOOF);
  u32(TRACK_ID);
  box(TFDT_BYTES, 'tfdt');
  u32(0x01_00_00_00);
  view.setBigUint64(at, BigInt(decodeTicks));
  at += 8;
  box(trunBytes, 'trun');
  u32(0x01_00_00_00 | TRUN_FLAGS);
  u32(samples.length);
  u32(moofBytes + 8);
  for (const sample of samples) {
    u32(sample.durationTicks);
    u32(sample.bytes.length);
    u32(sample.isKey ? SYNC_SAMPLE : OTHER_SAMPLE);
    view.setInt32(at, sample.offsetTicks);
    at += 4;
  }
  box(mdatBytes, 'mdat');
  for (const sample of samples) {
    out.set(sample.bytes, at);
    at += sample.bytes.length;
  }
  return out;
}
