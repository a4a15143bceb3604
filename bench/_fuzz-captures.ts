import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { datagram, httpConversation, refused, tagged } from '../test/io/capture/frames.ts';
import { pcap } from '../test/wire/captures.ts';
import { ethernet, ipv4, udp } from '../test/wire/frames.ts';
import { FRAMES } from '../test/wire/link-frames.ts';

export interface PacketSeeds {
  /** Link type and frame. */
  readonly frames: readonly (readonly [number, Uint8Array])[];
  /** Frames of one datagram. */
  readonly fragments: readonly (readonly Uint8Array[])[];
  readonly captures: readonly Uint8Array[];
}

const CAPTURES = resolve('../shared/captures');
/** Octets of a capture that are taken, and captures. */
const START = 4096;
const MOST_CAPTURES = 60;

/** Frames of every link, and captures: of others, too, where these lie beside the checkout. */
export function packetSeeds(): PacketSeeds {
  return {
    frames: FRAMES.map(([, linkType, frame]) => [linkType, frame] as const),
    fragments: [inPieces([0, 96, 200]), inPieces([200, 96, 0]), inPieces([0, 0, 96])],
    captures: captures(),
  };
}

/** Fragments of one datagram that begin at these octets. */
function inPieces(starts: readonly number[]): readonly Uint8Array[] {
  const whole = udp(Buffer.alloc(300, 'abcdefghij'));
  const ends = [96, 200, whole.length];
  return starts.map((from) => {
    const to = ends.find((end) => end > from) ?? whole.length;
    const head = { fragment: from, hasMore: to < whole.length, id: 7 };
    return ethernet(0x0800, ipv4(head, whole.subarray(from, to)));
  });
}

function captures(): readonly Uint8Array[] {
  return [
    pcap(1, httpConversation(40_001)),
    pcap(1, [...refused(23), datagram(53, 60), tagged(datagram(5683, 20), 7)]),
    pcap(1, inPieces([96, 0, 200])),
    ...foreignCaptures(),
  ];
}

/** The first packets of captures of others: as many as fit. */
function foreignCaptures(): readonly Uint8Array[] {
  if (!existsSync(CAPTURES)) return [];
  const files = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:pcap|pcapng|cap)$/.test(file))
    .toSorted();
  const every = Math.max(1, Math.floor(files.length / MOST_CAPTURES));
  return files
    .filter((_, index) => index % every === 0)
    .map((file) => Uint8Array.from(readFileSync(join(CAPTURES, file)).subarray(0, START)));
}
