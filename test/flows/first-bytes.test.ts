import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Conversation } from '../../src/flows/conversation.ts';
import { FirstBytesStore } from '../../src/flows/first-bytes.ts';

const OPTIONS = { perSide: 4096, slots: 8, chunks: 64 };
/** Each octet of the stream is known by its place. */
const STREAM = Uint8Array.from({ length: 6000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);

interface Segment {
  readonly at: number;
  readonly size: number;
}

function kept(segments: readonly Segment[], isn: number): Uint8Array {
  const store = new FirstBytesStore(OPTIONS);
  const conversation = new Conversation(store, store.open());
  conversation.reset(0);
  const [first] = segments;
  for (const { at, size } of segments) {
    const ahead = first?.at === at ? at : 0;
    const payload = { bytes: STREAM, from: at, captured: size, length: size };
    conversation.segment(0, (isn + at) >>> 0, ahead, payload);
  }
  return conversation.read(0).slice();
}

describe('a stream is put together', () => {
  const cut = (sizes: readonly number[]): Segment[] => {
    let at = 0;
    return sizes.map((size) => {
      const segment = { at, size };
      at += size;
      return segment;
    });
  };

  test.each([
    ['in order', cut([100, 200, 50]), 350],
    ['the second before the first', [cut([100, 200])[1], cut([100, 200])[0]], 300],
    ['a segment twice', [...cut([100]), ...cut([100]), { at: 100, size: 40 }], 140],
    ['a longer one over what is there', [...cut([100]), { at: 0, size: 180 }], 180],
    ['one that begins inside what is there', [...cut([100]), { at: 60, size: 100 }], 160],
    ['a gap that nothing fills', [...cut([100]), { at: 300, size: 100 }], 100],
    [
      'a gap that a late one fills',
      [...cut([100]), { at: 300, size: 50 }, { at: 100, size: 200 }],
      350,
    ],
    ['no more than is wanted', cut([3000, 3000]), 4096],
  ])('%s', (_, segments, length) => {
    const whole = segments.filter((one) => one !== undefined);
    for (const isn of [1, 0xffff_ff00]) expect(kept(whole, isn)).toEqual(STREAM.slice(0, length));
  });

  test('what overlaps differently counts as it came first', () => {
    const store = new FirstBytesStore(OPTIONS);
    const conversation = new Conversation(store, store.open());
    conversation.reset(0);
    const say = (text: string, sequence: number): void => {
      const bytes = Buffer.from(text);
      const payload = { bytes, from: 0, captured: bytes.length, length: bytes.length };
      conversation.segment(0, sequence, 0, payload);
    };
    say('GET /good', 1);
    say('GET /evil HTTP', 1);
    expect(Buffer.from(conversation.read(0)).toString()).toBe('GET /good HTTP');
  });

  test('what was not captured ends it', () => {
    const store = new FirstBytesStore(OPTIONS);
    const conversation = new Conversation(store, store.open());
    conversation.reset(0);
    conversation.segment(0, 1, 0, { bytes: STREAM, from: 0, captured: 60, length: 100 });
    conversation.segment(0, 101, 0, { bytes: STREAM, from: 100, captured: 50, length: 50 });
    expect(conversation.read(0)).toEqual(STREAM.slice(0, 60));
  });

  test('in any order within the bound, whatever overlaps', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        cuts,
        fc.integer(),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (sizes, seed, isn) => {
          const all = cut(sizes);
          const shuffled = [...all].sort((a, b) => order(a, seed) - order(b, seed));
          const length = sizes.reduce((sum, size) => sum + size, 0);
          expect(kept(shuffled, isn)).toEqual(STREAM.slice(0, Math.min(4096, length)));
        },
      ),
    );
  });
});

function order({ at }: Segment, seed: number): number {
  return Math.imul(at + 1, seed | 1) >>> 8;
}

test('the pool keeps what it was given, as a naive one does', () => {
  const step = fc.record({
    act: fc.constantFrom('append', 'append', 'append', 'clear', 'reopen'),
    slot: fc.integer({ min: 0, max: 3 }),
    side: fc.constantFrom(0, 1),
    part: fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 2500 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pair = new Pair();
      for (const one of steps) {
        pair.take(one);
        pair.compare(one.slot);
      }
    }),
    { numRuns: 200 },
  );
});

interface Step {
  readonly act: string;
  readonly slot: number;
  readonly side: number;
  readonly part: readonly [from: number, size: number];
}

/** The pool and lists that grow, given the same. */
class Pair {
  readonly #store = new FirstBytesStore({ perSide: 4096, slots: 4, chunks: 1024 });
  readonly #slots = [0, 1, 2, 3].map(() => this.#store.open());
  readonly #lists = this.#slots.map((): [number[], number[]] => [[], []]);

  take({ act, slot, side, part: [from, size] }: Step): void {
    const at = this.#slots[slot] ?? 0;
    const lists = this.#lists[slot];
    const list = lists?.[side] ?? [];
    if (act === 'append') {
      this.#store.append(at, side, STREAM, from, size);
      list.push(...STREAM.subarray(from, from + Math.min(size, 4096 - list.length)));
    } else if (act === 'clear') {
      this.#store.clear(at, side);
      list.splice(0);
    } else {
      this.#store.close(at);
      this.#slots[slot] = this.#store.open();
      for (const one of lists ?? []) one.splice(0);
    }
  }

  compare(slot: number): void {
    for (const side of [0, 1]) {
      expect([...this.#store.read(this.#slots[slot] ?? 0, side)]).toEqual(
        this.#lists[slot]?.[side],
      );
    }
  }
}

test('a pool that is full takes no more, and gives back what is closed', () => {
  const store = new FirstBytesStore({ perSide: 4096, slots: 2, chunks: 2 });
  const [a, b] = [store.open(), store.open()];
  expect(store.open()).toBe(-1);
  expect(store.append(a, 0, STREAM, 0, 2000)).toBe(1024);
  expect(store.append(b, 0, STREAM, 0, 10)).toBe(0);
  store.close(a);
  expect(store.append(b, 0, STREAM, 0, 10)).toBe(10);
  expect(store.size).toBe(1);
});
