import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Recognition } from '../../src/protocols/protocol.ts';
import { rtp } from '../../src/protocols/rtp.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { play } from '../flows/talk.ts';
import { bytes, EXCHANGES } from './fixtures.ts';
import { recognises } from './tables.ts';

const CAMERA = '192.168.1.7:6970';
const RECORDER = '192.168.1.9:40102';
const SOURCE = '5f3a9c01';
const SENT = `80 c8 0006 ${SOURCE} e9d2a1b4 7ae147ae 0001f400 00000064 00003e80`;
const NAMED = `81 ca 0002 ${SOURCE} 01 01 61 00`;
const MEDIA = `80 e0 0102 00000bb8 ${SOURCE}`;

describe('rtp', () => {
  recognises(rtp, [
    ['a report and a name', `${SENT} ${NAMED}`, '', 'proved'],
    ['a report alone, as of reduced size', SENT, '', 'likely'],
    ['a report that media answers', `${SENT} ${NAMED}`, `${MEDIA} 00`, 'proved'],
    ['half a report', SENT.slice(0, 30), '', 'more'],
    ['a report that counts a block which it has not', SENT.replace('80', '81'), '', 'no'],
    ['lengths that do not add up', `${SENT} 00`, '', 'no'],
    ['a name before the report', `${NAMED} ${SENT}`, '', 'no'],
    ['padding before the end', `${SENT.replace('80', 'a0')} ${NAMED}`, '', 'no'],
    ['a report that STUN answers', SENT, '0101 0000 2112a442 000000000000000000000000', 'no'],
    ['one datagram of media', `${MEDIA} 6588840021`, '', 'no'],
    ['media both ways', `${MEDIA} 00`, `${MEDIA} 00`, 'no'],
  ]);
});

/** Sequence number, timestamp; then what differs: first octets, source. */
type Head = readonly [
  sequence: number,
  timestamp: number,
  over?: { readonly start?: string; readonly source?: string },
];

describe('a series of datagrams', () => {
  test.each([
    ['numbers that rise and a clock that runs', [at(1), at(2), at(3)], 'proved'],
    ['two lost between two', [at(1), at(4), at(5)], 'proved'],
    ['both wrap', [wrapped(-1), wrapped(0), wrapped(1)], 'proved'],
    [
      'the packets of one picture',
      [
        [1, 9000],
        [2, 9000],
        [3, 9000],
      ],
      'likely',
    ],
    ['a marked one among them', [at(1), at(2, { start: '80e0' }), at(3)], 'proved'],
    ['two', [at(1), at(2)], 'no'],
    ['a source that changes', [at(1), at(2, { source: '01020304' }), at(3)], 'no'],
    ['a payload type that changes', [at(1), at(2, { start: '8061' }), at(3)], 'no'],
    ['the same number again', [at(1), at(1), at(1)], 'no'],
    ['numbers that fall', [at(3), at(2), at(1)], 'no'],
    ['numbers that leap', [at(1), at(400), at(900)], 'no'],
    [
      'a clock that goes back',
      [
        [1, 9000],
        [2, 6000],
        [3, 3000],
      ],
      'no',
    ],
    ['a type that is control', [1, 2, 3].map((n) => at(n, { start: '80c8' })), 'no'],
    ['a type that nobody assigned', [1, 2, 3].map((n) => at(n, { start: '8014' })), 'no'],
    ['version 1', [1, 2, 3].map((n) => at(n, { start: '4060' })), 'no'],
    ['nothing', [], 'no'],
  ] satisfies [string, readonly Head[], string][])('of %s', (_, heads, verdict) => {
    expect(said(rtp.series.follow(heads.map(headOf)))).toBe(verdict);
  });

  test('of datagrams cut before the source is none', () => {
    const cut = [at(1), at(2), at(3)].map((head) => headOf(head).subarray(0, 11));
    expect(said(rtp.series.follow(cut))).toBe('no');
  });

  test('of noise whose upper bits are right is never one', () => {
    const noise = fc
      .uint8Array({ minLength: 12, maxLength: 12 })
      .map((head) => Uint8Array.from(head, (octet, place) => (place === 0 ? 0x80 : octet)));
    fc.assert(
      fc.property(fc.array(noise, { minLength: 3, maxLength: 8 }), (heads) => {
        fc.pre(new Set(heads.map((head) => head.subarray(8).join())).size > 1);
        expect(rtp.series.follow(heads.slice(0, 8)).kind).toBe('no');
      }),
      { numRuns: 500, seed: 20_261_125 },
    );
  });

  test.each(EXCHANGES.filter(({ protocol }) => protocol !== 'rtp'))(
    'is none where "$name" is said again and again',
    ({ client, server }) => {
      for (const words of [bytes(client), bytes(server)]) {
        const head = words.subarray(0, rtp.series.octets);
        expect(said(rtp.series.follow([head, head, head, head]))).toBe('no');
      }
    },
  );
});

describe('a flow', () => {
  const media = (n: number, type = 0x08): string => text([n, 160 * n, { start: `80${hex(type)}` }]);

  test('of a camera that only sends is known, on any port', () => {
    const { flows } = play([1, 2, 3, 4, 5].map((n) => from(CAMERA, media(n))));
    expect(flows).toMatchObject([{ protocol: 'rtp', certainty: 'proved' }]);
  });

  test('of keys that are pressed is known, though one of its datagrams looks like SOME/IP', () => {
    // The key 1 (RFC 4733 §2.3): event, volume, and its duration so far; its clock stands meanwhile.
    const key = [0, 1, 2, 3, 4, 5].map((n) => {
      const head = headOf([n + 1, 13_280, { start: '8065' }]);
      return Buffer.concat([head, bytes(`01 0a ${hex(160 * n, 4)}`)]).toString('latin1');
    });
    const { flows } = play(key.map((one) => from(CAMERA, one)));
    expect(flows).toMatchObject([{ protocol: 'rtp', certainty: 'likely' }]);
  });

  test('of two who speak at once is known, with the payload type', () => {
    const talk = [1, 2, 3, 4].flatMap((n) => [from(CAMERA, media(n)), from(RECORDER, media(n))]);
    const { flows, evidence } = play(talk);
    expect(flows).toMatchObject([{ protocol: 'rtp', certainty: 'proved' }]);
    expect(evidence.map(({ fact }) => fact)).toContainEqual(detail('payload type', '8 (PCMA)'));
  });

  test.each([
    ['two datagrams are no proof', [media(1), media(2)]],
    ['other words among them end it', [media(1), media(2), 'hello', media(3), media(4)]],
    ['short headers of QUIC', [1, 2, 3, 4, 5].map((n) => `\x40${'abcdefgh'}${n}\x00\x01\x02\x03`)],
    [
      'a tunnel of WireGuard',
      [1, 2, 3, 4, 5].map((n) => `\x04\x00\x00\x00key!${n}${NUL.repeat(23)}`),
    ],
    ['a counter before what never changes', [1, 2, 3, 4, 5].map((n) => `\x80${n}sensor-reading`)],
  ])('%s', (_, words) => {
    const { flows } = play(words.map((one) => from(CAMERA, one)));
    expect(flows.map(({ protocol }) => protocol)).not.toContain('rtp');
  });

  test('names the payload type that was agreed on, or the one that RFC 3551 gives', () => {
    const types = [0x08, 0x60].map((type) =>
      rtp.series.follow([1, 2, 3].map((n) => Buffer.from(media(n, type), 'latin1'))),
    );
    expect(types.map((verdict) => (verdict.kind === 'yes' ? verdict.facts : []))).toEqual([
      [speaks('rtp', '2'), detail('payload type', '8 (PCMA)')],
      [speaks('rtp', '2'), detail('payload type', '96 (dynamic)')],
    ]);
  });
});

const NUL = '\x00';

function said(verdict: Recognition): string {
  return verdict.kind === 'yes' ? verdict.certainty : verdict.kind;
}

function at(sequence: number, over: Head[2] = {}): Head {
  return [sequence, 160 * sequence, over];
}

/** Around the end of both counters. */
function wrapped(step: number): Head {
  return [step & 0xffff, (160 * step) >>> 0];
}

function headOf([sequence, timestamp, { start = '8060', source = SOURCE } = {}]: Head): Uint8Array {
  return bytes(`${start} ${hex(sequence, 4)} ${hex(timestamp, 8)} ${source}`);
}

function text(head: Head): string {
  return `${Buffer.from(headOf(head)).toString('latin1')}media`;
}

function hex(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0');
}

function from(sender: string, udp: string): Parameters<typeof play>[0][number] {
  return { from: sender, to: sender === CAMERA ? RECORDER : CAMERA, udp };
}
