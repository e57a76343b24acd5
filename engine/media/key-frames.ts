/** The times of all key frames, where the index of a file holds them. */
import { EncodedPacketSink } from 'mediabunny';
import type { Demuxer } from './demuxer.ts';
import type { MediaInfo } from './media-info.ts';

/** null where only reading the frames would tell. Reads nothing but the index. */
export async function keyFrameTimes(demuxer: Demuxer, trackNumber: number, info: MediaInfo): Promise<readonly number[] | null> {
  if (info.container !== 'mp4' && info.container !== 'mov') return null;
  // A fragmented file has its frames listed beside them.
  if (await demuxer.readsToFindFrames()) return null;
  const sink = new EncodedPacketSink(await demuxer.track(trackNumber));
  const times: number[] = [];
  let packet = await sink.getFirstKeyPacket({ metadataOnly: true });
  while (packet !== null) {
    times.push(packet.timestamp);
    packet = await sink.getNextKeyPacket(packet, { metadataOnly: true });
  }
  return times;
}
