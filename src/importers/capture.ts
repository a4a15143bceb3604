import type { Untrusted } from '../base/untrusted.ts';
import type { Packet } from '../wire/packet.ts';

/** The contract of a reader of captures (pcap, pcapng): chunks in, packets out, any size of file. */
export interface CaptureReader {
  /**
   * Takes the next bytes of the file and calls `onPacket` for each whole record. The packet and the
   * memory it points into are good until `onPacket` returns.
   */
  push(chunk: Uint8Array, onPacket: (packet: Packet) => void): void;
  /** The place of the next record is lost, or nothing was right from the start: no packet will come. */
  readonly isLost: boolean;
  /**
   * After the last chunk. Everything before a damage was delivered. `isStopped`: the file goes on,
   * but we do not, so that a record which is not whole is no damage.
   */
  end(isStopped?: boolean): CaptureSummary;
}

export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  readonly packets: number;
  /** Octets of the file that were read. */
  readonly bytes: number;
  /** Octets that the packets had on the wire, together. */
  readonly wireBytes: number;
  readonly interfaces: number;
  readonly sections: number;
  /** Whether the file was whole to its end. */
  readonly ok: boolean;
  /** Where it was not: the packet before which the damage lies, and what it is. */
  readonly damage?: { readonly packet: number; readonly offset: number; readonly why: string };
  /** Names that the capture itself brings (pcapng name resolution blocks): address → name. */
  readonly names: ReadonlyMap<string, Untrusted>;
  /** Packets that the capturing machine says it lost; undefined where it does not say. */
  readonly dropped?: number;
  /** Comments of people and tools in the capture; `packet` is absent for those on the whole. */
  readonly comments: readonly CaptureComment[];
}

export interface CaptureComment {
  readonly packet?: number;
  readonly text: Untrusted;
}
