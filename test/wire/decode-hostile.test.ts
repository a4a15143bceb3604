import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/wire/decode.ts';
import { DATA, ethernet, ipv4, join, tcp } from './frames.ts';
import { FRAMES } from './link-frames.ts';
import { isWithin, place, read } from './read-frame.ts';

describe('a frame cut anywhere', () => {
  test.each(FRAMES)('%s: never more than what was captured', (_, linkType, frame) => {
    for (let captured = 0; captured < frame.length; captured += 1) {
      const { packet } = read(linkType, frame, captured);
      expect(packet.payloadCaptured).toBeLessThanOrEqual(captured);
      if (packet.payloadCaptured > 0) {
        expect(packet.payload + packet.payloadCaptured).toBeLessThanOrEqual(captured);
      }
      expect(packet.payloadLength).toBeGreaterThanOrEqual(packet.payloadCaptured);
    }
  });

  test('a header cut in its options still tells flags and lengths', () => {
    const frame = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(DATA, Buffer.alloc(12))));
    const { packet, said } = read(1, frame, 14 + 20 + 24);
    expect(said).toBe('cut');
    expect(packet).toMatchObject({ tcpFlags: 0x18, payloadLength: 8, payloadCaptured: 0 });
  });
});

const LINK_TYPES = [...new Set(FRAMES.map(([, linkType]) => linkType)), 117, 258, 147];

describe('bytes that mean harm', () => {
  test('200,000 frames with bits, lengths and ends changed: nothing thrown, nothing out of bounds', () => {
    const dice = generator(7);
    const wrong: string[] = [];
    for (let count = 0; count < 200_000; count += 1) {
      const [, own, base] = FRAMES[dice(FRAMES.length)] ?? ['', 1, new Uint8Array(0)];
      const frame = mutated(base, dice);
      const linkType = dice(8) === 0 ? (LINK_TYPES[dice(LINK_TYPES.length)] ?? own) : own;
      if (!isWithin(read(linkType, frame).packet)) wrong.push(Buffer.from(frame).toString('hex'));
    }
    expect(wrong).toEqual([]);
  });

  test('noise of every link type', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINK_TYPES),
        fc.uint8Array({ maxLength: 200 }),
        (linkType, noise) => {
          expect(isWithin(read(linkType, noise).packet)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('the frame before and the frame after in memory change nothing', () => {
    const dice = generator(11);
    for (const [, linkType, frame] of FRAMES) {
      const alone = read(linkType, frame).packet;
      const around = join(Buffer.alloc(50, 0xff), frame, Buffer.alloc(50, dice(256)));
      const packet = place(around, 50, frame.length, linkType);
      decode(packet);
      expect(packet.payload - 50).toBe(alone.payload);
      expect(packet).toMatchObject({ sourcePort: alone.sourcePort, vlan: alone.vlan });
      expect(packet.payloadLength).toBe(alone.payloadLength);
    }
  });
});

type Dice = (limit: number) => number;

/** xorshift32, so that a failure comes again. */
function generator(seed: number): Dice {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const EXTREMES = [0, 1, 2, 7, 0x7f, 0x80, 0xff];

function mutated(frame: Uint8Array, dice: Dice): Uint8Array {
  const result = Uint8Array.from(frame);
  for (let changes = 1 + dice(6); changes > 0; changes -= 1) {
    const at = dice(result.length);
    const now = result[at] ?? 0;
    result[at] = dice(2) === 0 ? now ^ (1 << dice(8)) : (EXTREMES[dice(EXTREMES.length)] ?? 0);
  }
  return dice(3) === 0 ? result.subarray(0, dice(result.length + 1)) : result;
}
