import type { Untrusted } from '../base/untrusted.ts';
import { untrusted } from '../base/untrusted.ts';

/*
 * What the blocks of draft-ietf-opsawg-pcapng hold beside packets. Everything is read between two
 * places of a block whose length was checked; what does not fit ends the list it stands in.
 */

const UTF8 = new TextDecoder();

/** Code, and where its value begins and how long it is. */
export type OnOption = (code: number, at: number, length: number) => void;

/** §3.5: options up to the one that ends them, or to the end of the block. */
export function eachOption(
  view: DataView,
  from: number,
  to: number,
  isLittle: boolean,
  onOption: OnOption,
): void {
  let at = from;
  while (at + 4 <= to) {
    const code = view.getUint16(at, isLittle);
    const length = view.getUint16(at + 2, isLittle);
    if (code === 0 || at + 4 + length > to) return;
    onOption(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
}

export function text(view: DataView, at: number, length: number, cap: number): Untrusted {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  return untrusted(UTF8.decode(bytes).replace(/\0+$/, ''), cap);
}

/** `at` is where an address of the family stands. */
export type OnName = (family: 4 | 6, at: number, name: Untrusted) => void;

/** §4.5: kind, length, address, then names that end in 0, of which the first is taken. */
export function eachName(
  view: DataView,
  from: number,
  to: number,
  isLittle: boolean,
  onName: OnName,
): void {
  let at = from;
  while (at + 4 <= to) {
    const kind = view.getUint16(at, isLittle);
    const end = at + 4 + view.getUint16(at + 2, isLittle);
    if (kind === 0 || end > to) return;
    if (kind === 1) firstName(view, at + 4, end, 4, onName);
    if (kind === 2) firstName(view, at + 4, end, 6, onName);
    at = at + 4 + ((end - at - 4 + 3) & ~3);
  }
}

function firstName(view: DataView, at: number, end: number, family: 4 | 6, onName: OnName): void {
  const start = at + (family === 4 ? 4 : 16);
  const stop = firstZero(view, start, end);
  if (stop > start) onName(family, at, text(view, start, stop - start, 255));
}

function firstZero(view: DataView, from: number, to: number): number {
  let at = from;
  while (at < to && view.getUint8(at) !== 0) at += 1;
  return at;
}

const TS_RESOLUTION = 9;
const TS_OFFSET = 14;

/** §4.2 */
export class Interface {
  readonly clock = new BlockClock();
  linkType = 0;
  snapLength = 0;
  /** Of the last statistics block: they count from the start of the capture. -1 where there is none. */
  dropped = -1;
}

export function readInterface(
  found: Interface,
  view: DataView,
  at: number,
  end: number,
  isLittle: boolean,
): void {
  found.linkType = view.getUint16(at + 8, isLittle);
  found.snapLength = view.getUint32(at + 12, isLittle);
  eachOption(view, at + 16, end - 4, isLittle, (code, place, length) => {
    if (code === TS_RESOLUTION && length === 1) found.clock.resolution = view.getUint8(place);
    if (code !== TS_OFFSET || length !== 8) return;
    const high = view.getInt32(isLittle ? place + 4 : place, isLittle);
    const low = view.getUint32(isLittle ? place : place + 4, isLittle);
    found.clock.offset = high * 4_294_967_296 + low;
  });
}

/** Microseconds of one interface: its resolution (`if_tsresol`) and offset (`if_tsoffset`). */
export class BlockClock {
  /** As the option says: a negative power of 10, or of 2 where the first bit is set. */
  resolution = 6;
  /** Seconds to be added. */
  offset = 0;

  /** Of 64 bits in two halves, rounded down, without ever leaving what a double holds exactly. */
  micros(high: number, low: number): number {
    if (this.resolution === 6) return high * 4_294_967_296 + low + this.offset * 1_000_000;
    const since = this.resolution < 128 ? this.#decimal(high, low) : this.#binary(high, low);
    return since + this.offset * 1_000_000;
  }

  #decimal(high: number, low: number): number {
    if (this.resolution < 6) return (high * 4_294_967_296 + low) * 10 ** (6 - this.resolution);
    return divide(high, low, 10 ** (this.resolution - 6));
  }

  #binary(high: number, low: number): number {
    const unit = 2 ** (this.resolution - 128);
    const seconds = divide(high, low, unit);
    // What is left is below the unit; beyond 2^32 its lowest bits are below a microsecond.
    const rest = unit > 4_294_967_296 ? (high * 4_294_967_296 + low) % unit : low % unit;
    return seconds * 1_000_000 + Math.floor((rest / unit) * 1_000_000);
  }
}

/** (high · 2³² + low) / divisor, rounded down, by long division: the product would not be exact. */
function divide(high: number, low: number, divisor: number): number {
  const rest = (high % divisor) * 4_294_967_296 + low;
  return Math.floor(high / divisor) * 4_294_967_296 + Math.floor(rest / divisor);
}
