import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Carrier } from '../../src/model/core.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { Probe } from '../../src/protocols/protocol.ts';
import { bytes, EXCHANGES } from './fixtures.ts';
import { peer } from './play.ts';

/** The shell keeps at most so many bytes of one answer. */
const ANSWER_CAP = 65_536;
const ROUNDS = { numRuns: 60, seed: 20_261_125 };

const genuine = fc.constantFrom(
  ...EXCHANGES.flatMap(({ client, server }) => [bytes(client), bytes(server)]),
);
const noise = fc.uint8Array({ maxLength: 600 });

/** Something genuine that was cut off, had bytes changed, and was followed by noise. */
const damaged = fc
  .tuple(
    genuine,
    fc.nat(600),
    fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 4 }),
    noise,
  )
  .map(([message, cut, changes, tail]) => {
    const kept = Uint8Array.from(message.subarray(0, cut));
    for (const [at, value] of changes) if (at < kept.length) kept[at] = value;
    return Uint8Array.from([...kept, ...tail]);
  });
const stranger = fc.oneof(noise, damaged);

type Answer = (sent: Uint8Array) => Uint8Array;

/** As the hostile device of our trials: banners and lines without end, floods, echoes, lies. */
function hostile(): [string, Answer][] {
  const text = (line: string): Answer => {
    const all = Buffer.alloc(ANSWER_CAP, line, 'latin1');
    return () => Uint8Array.from(all);
  };
  return [
    ['an identification that never ends', text(`SSH-2.0-${'A'.repeat(65_528)}`)],
    ['continuation lines for ever', text('220-more to come\r\n')],
    ['a digit for ever', text('2')],
    [
      'escapes and a prompt',
      () => Uint8Array.from(Buffer.from('\u001b]0;x\u0007\u001b[2J\r\nlogin: ')),
    ],
    [
      'an option for ever',
      () => new Uint8Array(ANSWER_CAP).map((_, at) => [255, 253, 24][at % 3] ?? 0),
    ],
    ['a subnegotiation without an end', () => Uint8Array.of(255, 250, ...new Uint8Array(60_000))],
    ['an echo', (sent) => sent],
    ['lengths of 4 GiB', () => new Uint8Array(ANSWER_CAP).fill(0xff)],
    ['zeroes', () => new Uint8Array(ANSWER_CAP)],
    [
      'BER that is nested 20,000 deep',
      () => Uint8Array.from({ length: 60_000 }, (_, at) => [0x30, 0x82, 0xff][at % 3] ?? 0),
    ],
    [
      'JSON that is nested 30,000 deep',
      () => Uint8Array.from(Buffer.from(`INFO ${'{"a":'.repeat(13_000)}`)),
    ],
    ['capabilities without an end', text('* CAPABILITY IMAP4rev1 \r\n')],
    ['XML that never closes', text('<stream:stream ')],
  ];
}

const HOSTILE = hostile();

describe.each(protocols.all)('$id', ({ depth, recognise, probe }) => {
  test('recognises without ever throwing, whatever both sides say', () => {
    fc.assert(
      fc.property(stranger, stranger, (client, server) => {
        const first = { client: client.subarray(0, depth), server: server.subarray(0, depth) };
        expect(['yes', 'no', 'more']).toContain(recognise(first).kind);
      }),
      ROUNDS,
    );
  });

  test('its probe never throws and ends, whatever it is told, in whatever pieces', () => {
    if (probe === undefined) return;
    for (const over of probe.over) {
      fc.assert(
        fc.property(fc.array(stranger, { maxLength: 8 }), (answers) => {
          let turn = 0;
          run(probe, over, () => {
            turn += 1;
            return answers[turn - 1] ?? new Uint8Array(0);
          });
        }),
        ROUNDS,
      );
    }
  });

  test.each(HOSTILE)('its probe stands %s', (_, answer) => {
    if (probe === undefined) return;
    for (const over of probe.over) expect(run(probe, over, answer)).toBeLessThan(24);
  });
});

/** Members that wait for a greeting in text are not to be kept waiting by one that has no end. */
const GREETED = ['ssh', 'ftp', 'smtp', 'pop3', 'imap', 'nats', 'rsync', 'telnet', 'vnc', 'mysql'];

test.each(GREETED)('%s has made up its mind after 4 KiB of any greeting', (id) => {
  const probe = protocols.get(id)?.probe;
  for (const [name, answer] of HOSTILE) {
    const ask = probe?.dialogue(peer(4711)).next();
    if (ask?.done !== false) throw new Error(`${id} asks nothing`);
    const received = answer(ask.value.send).subarray(0, 4096);
    if (received.length === 4096) expect(ask.value.complete(received), name).toBe(true);
  }
});

/** Plays the answers in pieces, as a stream brings them; gives the number of turns. */
function run(probe: Probe, over: Carrier, answer: Answer): number {
  const dialogue = probe.dialogue(peer(4711, over));
  let turn = dialogue.next();
  let turns = 0;
  while (turn.done !== true) {
    turns += 1;
    if (turns > 100) throw new Error('the dialogue does not end');
    turn = dialogue.next(pieces(turn.value.complete, answer(turn.value.send)));
  }
  return turns;
}

function pieces(complete: (received: Uint8Array) => boolean, all: Uint8Array): Uint8Array {
  for (let size = Math.min(all.length, 7); size < all.length; size += 1460) {
    if (complete(all.subarray(0, size))) return all.subarray(0, size);
  }
  complete(all);
  return all;
}
