import type { Packet } from '../wire/packet.ts';

/** The contract of a reader of captures (pcap, pcapng): chunks in, packets out, any size of file. */
export interface CaptureReader {
  /**
   * Takes the next bytes of the file and calls `onPacket` for each whole record. The packet and the
   * memory it points into are good until `onPacket` returns.
   */
  push(chunk: Uint8Array, onPacket: (packet: Packet) => void): void;
  /** After the last chunk. Everything before a damage was delivered. */
  end(): CaptureSummary;
}

export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  readonly packets: number;
  /** Octets of the file that were read. */
  readonly bytes: number;
  readonly interfaces: number;
  readonly sections: number;
  /** Whether the file was whole to its end. */
  readonly ok: boolean;
  /** Where it was not: the packet before which the damage lies, and what it is. */
  readonly damage?: { readonly packet: number; readonly offset: number; readonly why: string };
  /** Names that the capture itself brings (pcapng name resolution blocks): address → name. */
  readonly names: ReadonlyMap<string, string>;
}
