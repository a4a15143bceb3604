import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protocols } from '../../src/protocols/index.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { bytes, EXCHANGES } from './fixtures.ts';
import { peer } from './play.ts';

const RUNS = { numRuns: 200 };
/** Where the shell stops reading one answer. */
const CAP = 65_536;
const TURNS = 24;

/** An exchange's bytes with a few of them changed, cut somewhere, and something behind. */
function damaged(side: 'client' | 'server'): fc.Arbitrary<Uint8Array> {
  const octets = fc.nat({ max: 255 });
  return fc
    .tuple(
      fc.constantFrom(...EXCHANGES),
      fc.array(fc.tuple(fc.nat(), octets), { maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.uint8Array({ maxLength: 32 }),
    )
    .map(([exchange, changes, kept, tail]) => {
      const original = bytes(exchange[side]);
      for (const [at, octet] of changes) original[at % Math.max(original.length, 1)] = octet;
      return Buffer.concat([original.subarray(0, Math.ceil(original.length * kept)), tail]);
    });
}

const anything = fc.oneof(fc.uint8Array({ maxLength: 256 }), damaged('client'), damaged('server'));

const ANSWERS: readonly (readonly [string, (sent: Uint8Array) => Uint8Array])[] = [
  ['zeros up to the cap', () => new Uint8Array(CAP)],
  ['ones up to the cap', () => new Uint8Array(CAP).fill(0xff)],
  ['its own words up to the cap', (sent) => repeated(sent)],
  ['a line without an end', () => new Uint8Array(CAP).fill(0x41)],
  ['nested brackets up to the cap', () => new Uint8Array(CAP).fill(0x7b)],
];

describe.each(protocols.all)('$id', (protocol) => {
  test('recognises without throwing, whatever both sides say', () => {
    fc.assert(
      fc.property(anything, anything, (client, server) => {
        const { depth } = protocol;
        const first = { client: client.subarray(0, depth), server: server.subarray(0, depth) };
        expect(['yes', 'no', 'more']).toContain(protocol.recognise(first).kind);
      }),
      RUNS,
    );
  });

  test('ends its dialogue, whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (answers) => {
        const waiting = [...answers];
        expect(turns(protocol, () => waiting.shift() ?? new Uint8Array(0))).toBeLessThan(TURNS);
      }),
      RUNS,
    );
  });

  test.each(ANSWERS)('ends its dialogue on %s', (_, answer) => {
    expect(turns(protocol, answer)).toBeLessThan(TURNS);
  });

  test('reads a search without throwing, whatever comes', () => {
    const sender = { address: '192.0.2.9', port: 4711 };
    fc.assert(
      fc.property(anything, (datagram) => {
        expect(protocol.search?.read(datagram, sender) ?? []).toBeInstanceOf(Array);
      }),
      RUNS,
    );
  });
});

/** How often it asks, over all carriers the most. */
function turns({ probe }: Protocol, answer: (sent: Uint8Array) => Uint8Array): number {
  const counts = (probe?.over ?? []).map((over) => {
    const talk = probe?.dialogue(peer(4711, over));
    let turn = talk?.next();
    let count = 0;
    while (turn !== undefined && turn.done !== true && count < TURNS) {
      count += 1;
      const received = answer(turn.value.send);
      turn.value.complete(received);
      turn = talk?.next(received);
    }
    return count;
  });
  return Math.max(0, ...counts);
}

function repeated(part: Uint8Array): Uint8Array {
  if (part.length === 0) return part;
  return Uint8Array.from({ length: CAP }, (_, index) => part[index % part.length] ?? 0);
}
