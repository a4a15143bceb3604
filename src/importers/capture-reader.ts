import type { CaptureReader } from './capture.ts';
import { isPcap, PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';

/** Octets from the start of a file that `readerFor` needs to know what it is. */
export const START_SIZE = 12;

/** The reader of a capture that begins so, or none: names of files are not believed. */
export function readerFor(start: Uint8Array): CaptureReader | undefined {
  if (isPcap(start)) return new PcapReader();
  return isPcapng(start) ? new PcapngReader() : undefined;
}
