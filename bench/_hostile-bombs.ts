import { ACK, frameOf, handshake, SYN } from '../test/flows/talk.ts';
import type { Figure } from './_bench.ts';
import { busySeconds, InProcess } from './_in-process.ts';

const CLIENT = '192.0.2.7:40000';
const SERVER = '192.0.2.9:80';
const SSH = '192.0.2.9:22';
/** Segments of the smaller bomb; the larger has twice as many. */
const SEGMENTS = 40_000;
const RATIO = 2.3;
const ROUNDS = 3;
const START = 1_795_600_000_000_000;

/** What a flow says without end, segment by segment: as the tool's `bomb` does, and of any size. */
const BOMBS: readonly (readonly [name: string, to: string, payload: (index: number) => string])[] =
  [
    ['headers without end', SERVER, (index) => (index === 0 ? REQUEST : `X-${index}: a\r\n`)],
    ['folded header lines', SERVER, (index) => (index === 0 ? `${REQUEST}A: b\r\n` : ' \t c\r\n')],
    ['a banner without a line end', SSH, () => 'A'.repeat(60)],
    ['one octet a segment', SERVER, (index) => String.fromCharCode((index * 7) & 255)],
    ['ends of lines in a row', SERVER, () => 'T \r\r'],
    ['every second segment missing', SERVER, () => 'x'.repeat(20)],
  ];
const REQUEST = 'GET / HTTP/1.1\r\n';
const SPARSE = 'every second segment missing';

/** Time of twice as many segments by that of the first: what grows faster than its input is an attack. */
export function bombFigures(): readonly Figure[] {
  const figures = [...BOMBS.map(([name]) => name), 'connections without end'].map((name) => {
    const frames = name === 'connections without end' ? synFlood : streamOf(name);
    // Once before, so that the code is compiled.
    timeOf(frames(SEGMENTS / 8));
    const rounds = Array.from({ length: ROUNDS }, () => [
      timeOf(frames(SEGMENTS)),
      timeOf(frames(SEGMENTS * 2)),
    ]);
    const least = (which: 0 | 1): number => Math.min(...rounds.map((times) => times[which] ?? 0));
    return { name, ratio: least(1) / least(0) };
  });
  return figures.map(({ name, ratio }) => ({
    ...{ name: `twice as many, ${name}: times as long`, unit: '', ours: ratio },
    target: { atMost: RATIO },
  }));
}

function timeOf(frames: readonly Uint8Array[]): number {
  const feeder = new InProcess();
  const views = frames.map((frame) => new DataView(frame.buffer, frame.byteOffset, frame.length));
  return busySeconds(() => {
    for (const [index, frame] of frames.entries()) {
      const view = views[index];
      if (view !== undefined) feeder.take(frame, view, 0, frame.length, START + index * 10);
    }
    feeder.engine.end();
  });
}

function streamOf(name: string): (count: number) => readonly Uint8Array[] {
  const [, to = SERVER, payload = () => ''] = BOMBS.find(([known]) => known === name) ?? [];
  return (count) => {
    let sequence = 1;
    const segments = Array.from({ length: count }, (_, index) => {
      const tcp = payload(index);
      const frame = frameOf({ from: CLIENT, to, tcp, sequence, acknowledgement: 1, flags: ACK });
      sequence += tcp.length * (name === SPARSE ? 2 : 1);
      return frame;
    });
    return [...handshake(CLIENT, to).map(frameOf), ...segments];
  };
}

/** A SYN from everywhere: address and port of the sender are those of its number. */
function synFlood(count: number): readonly Uint8Array[] {
  const template = frameOf({ from: CLIENT, to: SERVER, flags: SYN, sequence: 0 });
  return Array.from({ length: count }, (_, index) => {
    const frame = template.slice();
    aimFrom(frame, index);
    return frame;
  });
}

/** Octets of Ethernet, and of IPv4 before its source. */
const SOURCE = 14 + 12;
const SOURCE_PORT = 14 + 20;

export function aimFrom(frame: Uint8Array, index: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  view.setUint32(SOURCE, 0x0a00_0000 + (Math.imul(index, 2_654_435_761) >>> 8));
  view.setUint16(SOURCE_PORT, 1024 + (index % 60_000));
}
