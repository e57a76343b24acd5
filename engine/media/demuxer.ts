/** One mediabunny Input over the file, used by one reader at a time. */
import { ALL_FORMATS, EncodedPacketSink, HLS, Input } from 'mediabunny';
import type { InputAudioTrack, InputVideoTrack, CustomSource } from 'mediabunny';
import { asMediaError, MediaError } from './media-error.ts';
import type { MediaPacket, PacketOptions } from './media-packet.ts';
import { SourceView } from './source-view.ts';
import type { UnitReader, UnitSource } from './unit-reader.ts';

/** A playlist is not a media file. */
const FORMATS = ALL_FORMATS.filter((format) => format !== HLS);

export type DemuxedTrack = InputVideoTrack | InputAudioTrack;

export class Demuxer {
  readonly input: Input<CustomSource>;
  readonly #view: SourceView;

  private constructor(view: SourceView, initInput?: Input) {
    this.#view = view;
    this.input = new Input({ source: view.source, formats: FORMATS, ...initInput === undefined ? {} : { initInput } });
  }

  static ofFile(units: UnitSource, signal: AbortSignal, options: { readonly isStream: boolean }): Demuxer {
    return new Demuxer(new SourceView(units, signal, options));
  }

  /** From the fragment at `base` on, with the header of the whole file. */
  static ofPart(units: UnitReader, signal: AbortSignal, base: number, whole: Demuxer): Demuxer {
    return new Demuxer(new SourceView(units, signal, { base }), whole.input);
  }

  /** Runs what reads through this demuxer under a signal, with its errors made MediaErrors. */
  async with<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#view.signal = signal;
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw asMediaError(error, signal);
    }
  }

  async track(trackNumber: number): Promise<DemuxedTrack> {
    const found = (await this.input.getTracks()).find((track) => track.id === trackNumber);
    if (found === undefined || !(found.isVideoTrack() || found.isAudioTrack())) {
      throw new MediaError('not-playable', `The file has no picture or sound with the track number ${trackNumber}.`);
    }
    return found;
  }

  async *packets(trackNumber: number, options: PacketOptions): AsyncGenerator<MediaPacket, void, undefined> {
    this.#view.onWait = options.onWait;
    const sink = await this.with(options.signal, async () => new EncodedPacketSink(await this.track(trackNumber)));
    let packet = await this.with(options.signal, async () => await sink.getKeyPacket(options.fromSeconds) ?? await sink.getFirstKeyPacket());
    while (packet !== null) {
      const { end } = this.#view.position();
      yield {
        bytes: packet.data,
        isKey: packet.type === 'key',
        presentationSeconds: packet.timestamp,
        durationSeconds: packet.duration,
        fileStart: Math.max(0, end - packet.byteLength),
        fileEnd: end,
      };
      const previous = packet;
      packet = await this.with(options.signal, async () => await sink.getNextPacket(previous));
    }
  }

  /** Whether even the times of frames are beside the frames: in fragments. */
  async readsToFindFrames(): Promise<boolean> {
    const [track] = await this.input.getTracks();
    if (track === undefined) return false;
    const before = this.#view.position().reads;
    await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true });
    return this.#view.position().reads !== before;
  }

  /** When the track begins; null when it has no frames. */
  async firstSeconds(trackNumber: number): Promise<number | null> {
    const first = await new EncodedPacketSink(await this.track(trackNumber)).getFirstPacket({ metadataOnly: true });
    return first?.timestamp ?? null;
  }

  /** When the track begins, and how finely it counts; null when it has no frames. */
  async clock(trackNumber: number): Promise<{ readonly firstSeconds: number; readonly ticksPerSecond: number } | null> {
    const firstSeconds = await this.firstSeconds(trackNumber);
    return firstSeconds === null ? null : { firstSeconds, ticksPerSecond: await (await this.track(trackNumber)).getTimeResolution() };
  }

  async hasKeyBefore(trackNumber: number, seconds: number): Promise<boolean> {
    return await new EncodedPacketSink(await this.track(trackNumber)).getKeyPacket(seconds, { metadataOnly: true }) !== null;
  }

  /** The end of the last frame of all tracks; null when there is none. */
  async lastSeconds(): Promise<number | null> {
    const ends: number[] = [];
    for (const track of await this.input.getTracks()) {
      const last = await new EncodedPacketSink(track).getPacket(Infinity, { metadataOnly: true });
      if (last !== null) ends.push(last.timestamp + last.duration);
    }
    return ends.length === 0 ? null : Math.max(...ends);
  }

  close(): void {
    this.input.dispose();
  }
}
