import type { Signature } from '../../model/evidence.ts';

/** One message of an unknown protocol. */
export interface Sample {
  /** Its first bytes; undefined where several messages differed. */
  readonly start: readonly (number | undefined)[];
  /** Bytes of the whole. */
  readonly length: number;
  readonly isText: boolean;
}

export type Framing = Pick<Signature, 'framing' | 'lengthAt'>;

interface Field {
  readonly framing: 'length-u8' | 'length-u16' | 'length-u32';
  readonly width: number;
  /** Last offset at which such a field is looked for: narrow ones are everywhere by chance. */
  readonly last: number;
}

const FIELDS: readonly Field[] = [
  { framing: 'length-u32', width: 4, last: 16 },
  { framing: 'length-u16', width: 2, last: 14 },
  { framing: 'length-u8', width: 1, last: 3 },
];

/** Bytes that a message may have outside what its length counts, where two lengths bear it out. */
const OUTSIDE_CAP = 64;

/** Bytes of a length field; 0 where there is none. */
export function widthOf(framing: Signature['framing']): number {
  return FIELDS.find((field) => field.framing === framing)?.width ?? 0;
}

/** How the length of a message is told, as far as these show it. */
export function findFraming(samples: readonly Sample[]): Framing {
  if (samples.every(({ isText }) => isText)) return { framing: 'line', lengthAt: -1 };
  for (const field of FIELDS) {
    for (let offset = 0; offset <= field.last; offset += 1) {
      const holds = [false, true].some((little) => tellsLength(samples, field, offset, little));
      if (holds) return { framing: field.framing, lengthAt: offset };
    }
  }
  const sameLength = samples.every(({ length }) => length === samples[0]?.length);
  const fixed = samples.length > 1 && sameLength;
  return { framing: fixed ? 'fixed' : 'unknown', lengthAt: -1 };
}

/**
 * Whether the number at this offset is the message's length less a constant. Where all have one
 * length, any number would do: then only the whole, or what follows the field, is taken.
 */
function tellsLength(
  samples: readonly Sample[],
  { width }: Field,
  offset: number,
  little: boolean,
): boolean {
  const outside = samples.map((sample) => {
    const value = numberAt(sample.start, offset, width, little);
    return value === undefined || value === 0 ? -1 : sample.length - value;
  });
  const [constant = -1] = outside;
  if (constant < 0 || constant > OUTSIDE_CAP) return false;
  if (outside.some((one) => one !== constant)) return false;
  const lengths = new Set(samples.map(({ length }) => length));
  return lengths.size > 1 || constant === 0 || constant === offset + width;
}

function numberAt(
  bytes: Sample['start'],
  offset: number,
  width: number,
  little: boolean,
): number | undefined {
  let value = 0;
  for (let index = 0; index < width; index += 1) {
    const byte = bytes[offset + (little ? width - 1 - index : index)];
    if (byte === undefined) return undefined;
    value = value * 256 + byte;
  }
  return value;
}
