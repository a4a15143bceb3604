import { describe, expect, test } from 'vitest';
import type { Said } from './talk.ts';
import { handshake, play } from './talk.ts';

const A = '192.168.1.10:40000';
const B = '192.168.1.20:9999';
const MINUTE = { table: { active: 60_000 } };

/** Something of 4 octets at each of these seconds. */
function speaks(...seconds: readonly number[]): readonly Said[] {
  return seconds.map((at, index) => ({
    at,
    from: A,
    to: B,
    tcp: 'ping',
    sequence: 1 + 4 * index,
    acknowledgement: 1,
  }));
}

/** Somebody else's packets let time pass. */
const clock = (...seconds: readonly number[]): readonly Said[] =>
  seconds.map((at) => ({ at, from: '192.168.1.1:123', to: '192.168.1.2:123', udp: 'tick' }));

function inOrder(...said: readonly (readonly Said[])[]): readonly Said[] {
  return said.flat().sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

function told(said: readonly Said[], options = {}): [number | undefined, boolean, number][] {
  const { flows } = play(said, { ...MINUTE, ...options });
  return flows
    .filter(({ transport }) => transport === 'tcp')
    .map(({ lastSeen, active, sent }) => [lastSeen / 1000, active === true, sent.bytes]);
}

describe('a flow that goes on', () => {
  const long = inOrder(handshake(A, B), speaks(30, 61, 90, 125), clock(70, 130, 140));

  test('is told once a minute with what it was so far, and as a whole when it ends', () => {
    expect(told(long)).toEqual([
      [61, true, 8],
      [125, true, 16],
      [125, false, 16],
    ]);
  });

  test('is told only at its end where nobody asked for more', () => {
    expect(told(long, { table: {} })).toEqual([[125, false, 16]]);
  });

  test('is not told again while it is silent', () => {
    const silent = inOrder(handshake(A, B), speaks(61), clock(70, 130, 190, 250));
    expect(told(silent)).toEqual([
      [61, true, 4],
      [61, false, 4],
    ]);
  });

  test('is not told at all while it is short', () => {
    const short = inOrder(handshake(A, B), speaks(59), clock(70, 130));
    expect(told(short)).toEqual([[59, false, 4]]);
  });

  test('shows its port, though nobody knows what it speaks', () => {
    const { evidence } = play(long, {
      ...MINUTE,
      onFlow: () => {},
    });
    const open = evidence.find(({ fact }) => fact.kind === 'open');
    expect(open?.subject).toMatchObject({ address: '192.168.1.20', port: 9999 });
    expect(open?.at).toBe(61_000);
  });

  test('keeps what it is known by', () => {
    const keys = play(long, MINUTE)
      .flows.filter(({ transport }) => transport === 'tcp')
      .map(({ firstSeen, source, destination, communityId, frames }) =>
        JSON.stringify([firstSeen, source, destination, communityId, frames[0]]),
      );
    expect(new Set(keys).size).toBe(1);
  });
});
