import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { dns } from '../../src/protocols/dns.ts';
import {
  parseMessage,
  query,
  readName,
  stringsIn,
  TYPE,
} from '../../src/protocols/shared/dns-message.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { peer, play } from './play.ts';

const LAB = '036c6162076578616d706c6500';
const ASK = `1234 0100 0001 0000 0000 0000 ${LAB} 0001 0001`;

describe('dns.recognise', () => {
  test.each([
    ['a question alone', ASK, '', 'likely'],
    [
      'a question with EDNS',
      `1234 0120 0001 0000 0000 0001 ${LAB} 0001 0001 00 0029 1000 00000000 0000`,
      '',
      'likely',
    ],
    ['a refusal without the question', ASK, '1234 8105 0000 0000 0000 0000', 'proved'],
    [
      'an answer in capitals (case is kept, not compared)',
      ASK,
      `1234 8180 0001 0000 0000 0000 034c4142074558414d504c4500 0001 0001`,
      'proved',
    ],
    [
      'the answer to the second of two questions about one name',
      ASK,
      `1235 8180 0001 0000 0000 0000 ${LAB} 001c 0001`,
      'proved',
    ],
    ['another question', ASK, `1234 8180 0001 0000 0000 0000 ${LAB} 001c 0001`, 'no'],
    ['a question in answer to a question', ASK, ASK, 'no'],
    ['a class that there is not', `1234 0100 0001 0000 0000 0000 ${LAB} 0001 0007`, '', 'no'],
    [
      'a question to the link',
      '0000 0000 0001 0000 0000 0000 03746362056c6f63616c00 0001 0001',
      '',
      'no',
    ],
    [
      'a question of NetBIOS',
      `1234 0110 0001 0000 0000 0000 20 ${'41'.repeat(32)} 00 0020 0001`,
      '',
      'no',
    ],
    ['an update (RFC 2136)', `1234 2800 0001 0000 0000 0000 ${LAB} 0006 0001`, '', 'likely'],
    ['an opcode that is not assigned', `1234 4800 0001 0000 0000 0000 ${LAB} 0006 0001`, '', 'no'],
    ['an answer alone', '', `1234 8180 0001 0000 0000 0000 ${LAB} 0001 0001`, 'likely'],
    [
      'an answer that was heard first',
      `1234 8180 0001 0000 0000 0000 ${LAB} 0001 0001`,
      ASK,
      'proved',
    ],
    ['a header of an answer alone', '', '1234 8180 0000 0000 0000 0000', 'more'],
    ['halves of two exchanges', ASK, '1235 8180 0001 0000 0000 0000 0178 00 0001 0001', 'likely'],
    [
      'a long answer over TCP alone',
      `1000 1234 8180 0001 0001 0000 0000 ${LAB} 0001 0001`,
      '',
      'likely',
    ],
    ['a header alone', '1234 0100 0001 0000 0000 0000', '', 'more'],
    ['over TCP', `001d ${ASK}`, `000c 1234 8105 0000 0000 0000 0000`, 'proved'],
  ])('%s', (_, client, server, expected) => {
    const verdict = dns.recognise({ client: bytes(client), server: bytes(server) });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });
});

/** The nonce of `peer` makes the ids 0001 and 0002. */
const VERSION = '0776657273696f6e0462696e6400 0010 0003';
const SERVER = '026964067365727665 7200 0010 0003';

describe('dns.probe', () => {
  test.each([
    [
      'a forwarder that tells its version',
      [
        `0001 8580 0001 0001 0000 0000 ${VERSION} c00c 0010 0003 00000000 000d 0c646e736d6173712d322e3930`,
      ],
      [
        speaks('dns'),
        detail('recursion', 'yes'),
        detail('product', 'dnsmasq-2.90'),
        { kind: 'amplification', sent: 30, received: 55 },
      ],
    ],
    [
      'a server for its own names alone, which has an id',
      [
        `0001 8403 0001 0000 0000 0000 ${VERSION}`,
        `0002 8400 0001 0001 0000 0000 ${SERVER} c00c 0010 0003 00000000 0004 036e7331`,
      ],
      [
        speaks('dns'),
        detail('recursion', 'no'),
        { kind: 'amplification', sent: 30, received: 30 },
        detail('server id', 'ns1'),
      ],
    ],
    [
      'one that refuses, and so says nothing of recursion',
      [`0001 8105 0001 0000 0000 0000 ${VERSION}`],
      [speaks('dns'), { kind: 'amplification', sent: 30, received: 30 }],
    ],
    ['an answer to another question', [`0001 8580 0001 0000 0000 0000 ${SERVER}`], []],
    ['an answer with another id', [`0009 8580 0001 0000 0000 0000 ${VERSION}`], []],
  ] satisfies [string, string[], Fact[]][])('%s', (_, answers, facts) => {
    expect(play(dns.probe.dialogue(peer(53, 'udp')), answers)).toEqual(facts);
  });

  test('over TCP, with a length before each message and nothing about amplification', () => {
    const answers = [`001e 0001 8580 0001 0000 0000 0000 ${VERSION}`];
    expect(play(dns.probe.dialogue(peer(53)), answers)).toEqual([
      speaks('dns'),
      detail('recursion', 'yes'),
    ]);
  });
});

describe('names', () => {
  test.each([
    ['labels', '036c616200', 0, ['lab'], 5],
    ['a pointer back', '036c616200 01 61 c000', 5, ['a', 'lab'], 4],
    ['the root', '00', 0, [], 1],
  ])('%s', (_, text, at, labels, size) => {
    expect(readName(bytes(text), at)).toEqual({ kind: 'ok', value: labels, size });
  });

  test.each([
    ['a pointer to itself', 'c000', 'bad'],
    ['a pointer forwards', 'c004 0000 00', 'bad'],
    ['a label of no known kind', '4161', 'bad'],
    ['a label that is cut off', '0361', 'more'],
    ['more than 255 octets', `${`3f${'61'.repeat(63)}`.repeat(5)}00`, 'bad'],
  ])('refuses %s', (_, text, kind) => {
    expect(readName(bytes(text), 0).kind).toBe(kind);
  });

  test('stops at a chain of pointers that each lead one back', () => {
    const chain = Array.from({ length: 40 }, (_, index) => [
      0xc0,
      Math.max(index - 1, 0) * 2,
    ]).flat();
    chain[0] = 0;
    expect(readName(Uint8Array.from(chain), 78).kind).toBe('bad');
  });
});

test('a message that promises 65 535 answers is read as far as it goes', () => {
  const loop = bytes('0000 8400 0000 ffff 0000 0000 c00c 000c 0001 00000078 0002 c00c');
  expect(parseMessage(loop)).toMatchObject({ kind: 'ok', value: { records: [] } });
});

test('any bytes are read without throwing, and what is written is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), fc.nat(255), (noise, at, octet) => {
      const question = query(7, 0x0100, [{ name: 'version.bind', type: TYPE.TXT, class: 3 }]);
      question[at % question.length] = octet;
      for (const one of [noise, question, Buffer.concat([question, noise])]) {
        expect(['ok', 'more', 'bad']).toContain(parseMessage(one).kind);
        expect(stringsIn(one).length).toBeLessThanOrEqual(64);
      }
    }),
  );
});
