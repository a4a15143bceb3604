import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { begins, join } from './shared/bytes.ts';
import { access, amplification, attribute, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { trimmed } from './shared/strings.ts';

/** Command 05 01, controller data read (Omron W227 §5-3-15). */
const CONTROLLER_DATA_READ = [0x05, 0x01];

/** It is asked for the model of its processor: never for memory, a mode, or a clock to be set. */
export const fins = {
  id: 'fins',
  title: 'Omron FINS',
  ports: [
    { port: 9600, over: 'udp' },
    { port: 9600, over: 'tcp' },
  ],
  sources: ['Omron W227 FINS Commands Reference Manual §3, §5-3', 'Omron W421 Ethernet Units §7'],
  depth: 14,
  fragile: true,
  recognise,
  probe: { impact: 'reads', over: ['udp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, fins.depth, {
    asked: parseStart(first.client),
    answered: parseStart(first.server),
    facts: (asked, answered) => {
      if (asked && answered) return belongs(answered, asked) ? factsOf(asked) : undefined;
      // One side alone: a question by its client, an answer by its device.
      return asked?.response === true || answered?.response === false
        ? undefined
        : factsOf(asked ?? answered);
    },
  });
}

function factsOf(frame: Frame | undefined): readonly Fact[] {
  return [frame === TCP ? speaks('fins', 'TCP') : speaks('fins')];
}

/** Stands for the header that FINS has over TCP before its first frame. */
const TCP: Frame = { service: 0, command: 0 };

/** Over TCP `FINS`, a length, and command 0 or 1, by which node numbers are given out (W421 §7-4). */
function parseStart(bytes: Uint8Array): Parsed<Frame> {
  const start = begins(bytes, 'FINS');
  if (start === 'no') return parseFrame(bytes);
  const reader = new Reader(bytes);
  reader.skip(4);
  const length = reader.u32();
  const command = reader.u32();
  if (reader.failed) return MORE;
  if (length < 8 || length > 2048 || command > 3) return bad('no FINS/TCP header');
  return { kind: 'ok', value: TCP, size: reader.offset };
}

export interface Frame {
  /** Unknown of the TCP header. */
  readonly response?: boolean;
  readonly service: number;
  readonly command: number;
}

/**
 * Ten octets of header and the command (W227 §3-3): ICF, which has 0x80 and whether it answers; a
 * reserved 0; at most two gateways; networks up to 127.
 */
export function parseFrame(bytes: Uint8Array): Parsed<Frame> {
  const reader = new Reader(bytes);
  const icf = reader.u8();
  const reserved = reader.u8();
  const gateways = reader.u8();
  const to = reader.u8();
  reader.skip(2);
  const from = reader.u8();
  reader.skip(2);
  const service = reader.u8();
  const command = reader.u16();
  if (bytes.length > 0 && (icf & 0xbe) !== 0x80) return bad('no ICF');
  if (reserved !== 0 || gateways > 7 || to > 127 || from > 127) return bad('no header');
  if (reader.failed) return MORE;
  const group = command >> 8;
  const known = (group >= 1 && group <= 0x0c) || (group >= 0x20 && group <= 0x27);
  if (!known || (command & 0xff) > 0x60) return bad('no such command');
  return {
    kind: 'ok',
    value: { response: (icf & 0x40) !== 0, service, command },
    size: reader.offset,
  };
}

function belongs(answer: Frame, question: Frame): boolean {
  if (answer === TCP || question === TCP) return answer === question;
  return (
    question.response === false &&
    answer.response === true &&
    answer.service === question.service &&
    answer.command === question.command
  );
}

function* dialogue(peer: Peer): Dialogue {
  const service = peer.nonce[0] ?? 0;
  // Node 0 is the unit that hears it; 0xEF is what clients without a node number of their own take.
  const send = join([0x80, 0, 2, 0, 0, 0, 0, 0xef, 0, service], CONTROLLER_DATA_READ, [0]);
  const received = yield ask(send, parseFrame);
  const answer = parseFrame(received);
  const asked = { response: false, service, command: 0x0501 };
  if (answer.kind !== 'ok' || !belongs(answer.value, asked)) return [];
  const facts = [speaks('fins'), ...amplification(send, received)];
  const reader = new Reader(received.subarray(answer.size));
  const completion = reader.u16();
  const model = trimmed(reader.text(20));
  const version = trimmed(reader.text(20));
  if (reader.failed || completion !== 0 || model === '') return facts;
  const firmware = version === '' ? [] : [attribute('firmware', version)];
  return [
    ...facts,
    access('open'),
    attribute('vendor', 'Omron'),
    attribute('model', model),
    ...firmware,
  ];
}
