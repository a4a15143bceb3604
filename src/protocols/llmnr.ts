import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { isOfTheLink, LLMNR_PORT, repeats } from './shared/dns-dialect.ts';
import type { DnsMessage } from './shared/dns-message.ts';
import { parseHeader, parseQuestion, RESPONSE } from './shared/dns-message.ts';
import { speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const DEPTH = 280;

/**
 * Names on the link, as Windows asks for them. It is DNS on the wire: told by its port, or by a name
 * of one label that is asked for without recursion.
 */
export const llmnr = {
  id: 'llmnr',
  title: 'LLMNR',
  ports: [{ port: LLMNR_PORT, over: 'udp', iana: 'llmnr' }],
  sources: ['RFC 4795 §2.1'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const query = parseStart(first.client, first, false);
  if (isAnsweredHalf(first, query)) return NO;
  return pair(first, DEPTH, {
    asked: query,
    answered: parseStart(first.server, first, true),
    facts: (asked, answered) => {
      const apart = asked && answered && (asked.id !== answered.id || !repeats(answered, asked));
      return apart ? undefined : [speaks('llmnr')];
    },
  });
}

/** RFC 4795 §2.1.1: one question, in an answer too. */
function parseStart(bytes: Uint8Array, first: FirstBytes, response: boolean): Parsed<DnsMessage> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  const { id, flags, counts } = header.value;
  if (((flags & RESPONSE) !== 0) !== response || counts[0] !== 1) return bad('another direction');
  if (!response && counts.slice(1).some((count) => count > 0)) return bad('a question alone');
  const question = parseQuestion(bytes, header.size);
  if (question.kind !== 'ok') return question;
  const message = { id, flags, questions: [question.value], records: [] };
  return isOfTheLink(message, first)
    ? { kind: 'ok', value: message, size: header.size + question.size }
    : bad('a question to a resolver');
}
