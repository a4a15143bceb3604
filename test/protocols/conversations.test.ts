import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protocols } from '../../src/protocols/index.ts';
import type { Dialogue } from '../../src/protocols/protocol.ts';
import type { Conversation } from './conversations/conversation.ts';
import { HOME } from './conversations/home.ts';
import { INDUSTRIAL } from './conversations/industrial.ts';
import { MESSAGING } from './conversations/messaging.ts';
import { lacks } from './peers.ts';
import { converse, peer } from './play.ts';

const CONVERSATIONS: readonly Conversation[] = [...MESSAGING, ...INDUSTRIAL, ...HOME];

/** A protocol header alone, which tshark passes over. */
const AMQP = Buffer.from('AMQP').toString('hex');

describe.each(CONVERSATIONS)('$protocol over $over: $name', (conversation) => {
  test('is understood', () => {
    expect(converse(begin(conversation), conversation.answers).facts).toEqual(conversation.facts);
  });

  test('no damage to its answers makes the dialogue throw or go on for ever', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.uint8Array({ maxLength: 40 }),
        (cut, at, octet, tail) => {
          const answers = conversation.answers.map((answer) => {
            const damaged = Buffer.from(answer.replaceAll(' ', ''), 'hex');
            if (damaged.length > 0) damaged[at % damaged.length] = octet;
            const kept = damaged.subarray(0, damaged.length - (cut % (damaged.length + 1)));
            return Buffer.concat([kept, tail]).toString('hex');
          });
          expect(converse(begin(conversation), answers).sent.length).toBeLessThan(24);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(lacks('tshark') || lacks('text2pcap'))(
  'tshark finds nothing malformed (left out where it is missing)',
  () => {
    test.each(CONVERSATIONS.filter(({ dissector }) => dissector !== undefined))(
      'in what is sent to $protocol over $over: $name',
      (conversation) => {
        const { sent } = converse(begin(conversation), conversation.answers);
        const packets = dissect(conversation, sent);
        expect(packets).toHaveLength(sent.length);
        for (const [index, packet] of packets.entries()) {
          expect(packet.faults).toBe('');
          if (sent[index]?.startsWith(AMQP) && sent[index]?.length === 16) continue;
          expect(packet.protocols).toContain(conversation.dissector);
        }
      },
    );

    test.each(searches())('in what is asked of everybody: $protocol', (search) => {
      const [packet] = dissect(search, [search.question]);
      expect(packet?.protocols).toContain(search.dissector);
      expect(packet?.faults).toBe('');
    });
  },
);

function begin({ protocol, port, over }: Conversation): Dialogue {
  const probe = protocols.get(protocol)?.probe;
  if (probe === undefined) throw new Error(`${protocol} has no probe`);
  return probe.dialogue(peer(port, over));
}

type Addressed = Pick<Conversation, 'over' | 'port' | 'dissector'>;

function searches(): (Addressed & { readonly protocol: string; readonly question: string })[] {
  const dissectors = new Map(CONVERSATIONS.map(({ protocol, dissector }) => [protocol, dissector]));
  return protocols.all.flatMap(({ id, search }) => {
    const dissector = dissectors.get(id);
    if (search === undefined || dissector === undefined) return [];
    const questions = search.questions(new Uint8Array(32));
    return questions.map((question) => ({
      protocol: id,
      over: 'udp' as const,
      port: search.port,
      dissector,
      question: Buffer.from(question).toString('hex'),
    }));
  });
}

/** Each message as a packet of its own, and what tshark makes of it. */
function dissect(
  { over, port }: Addressed,
  messages: readonly string[],
): { protocols: string; faults: string }[] {
  const folder = mkdtempSync(join(tmpdir(), 'dissect-'));
  try {
    const file = join(folder, 'sent.pcap');
    const dump = messages
      .map((message) => `0000 ${message.replaceAll(/(..)/g, '$1 ')}\n`)
      .join('\n');
    const layer = over === 'udp' ? '-u' : '-T';
    spawnSync('text2pcap', ['-q', layer, `40000,${port}`, '-', file], { input: dump });
    const fields = ['frame.protocols', '_ws.malformed', '_ws.expert.message'];
    const options = ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const output = spawnSync('tshark', options, { encoding: 'utf8' }).stdout;
    return output
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [names = '', malformed = '', messagesOf = ''] = line.split('\t');
        return { protocols: names, faults: malformed + faultsIn(messagesOf) };
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What tshark remarks of TCP without a handshake, or of requests without answers, is no fault. */
function faultsIn(messages: string): string {
  return messages
    .split(',')
    .filter((message) => /malformed|invalid|bad|illegal|unknown|wrong|error/i.test(message))
    .join(',');
}
