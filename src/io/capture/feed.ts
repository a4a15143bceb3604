import type { CaptureReader, CaptureSummary } from '../../importers/capture.ts';
import { readerFor, START_SIZE } from '../../importers/capture-reader.ts';
import type { Packet } from '../../wire/packet.ts';

/** Finds the reader by the first octets, however small the pieces are in which they come. */
export class Feed {
  readonly #onPacket: (packet: Packet) => void;
  #reader: CaptureReader | undefined;
  #start: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #isForeign = false;

  constructor(onPacket: (packet: Packet) => void) {
    this.#onPacket = onPacket;
  }

  /** Nothing that could still be read would give a packet. */
  get isLost(): boolean {
    return this.#isForeign || this.#reader?.isLost === true;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#reader !== undefined) this.#reader.push(chunk, this.#onPacket);
    else if (!this.#isForeign) this.#choose(chunk);
  }

  /** At the end of the file; `why` where it ended before it should have. */
  end(why?: string): CaptureSummary {
    const isStopped = why !== undefined;
    const summary = this.#reader?.end(isStopped) ?? this.#unknown();
    if (why === undefined || !summary.ok) return summary;
    const damage = { packet: summary.packets + 1, offset: summary.bytes, why };
    return { ...summary, ok: false, damage };
  }

  /** Somewhere in the file, because the user said so. */
  stop(): CaptureSummary {
    return this.#reader?.end(true) ?? this.#unknown();
  }

  #choose(chunk: Uint8Array): void {
    const start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk]);
    this.#reader = readerFor(start);
    this.#isForeign = this.#reader === undefined && start.length >= START_SIZE;
    if (this.#reader !== undefined) this.#reader.push(start, this.#onPacket);
    else this.#start = start.slice();
  }

  #unknown(): CaptureSummary {
    const why = this.#bytes === 0 ? 'the file is empty' : 'the file is neither pcap nor pcapng';
    return {
      format: 'unknown',
      packets: 0,
      bytes: this.#bytes,
      wireBytes: 0,
      interfaces: 0,
      sections: 0,
      ok: false,
      damage: { packet: 1, offset: 0, why },
      names: new Map(),
      comments: [],
    };
  }
}
