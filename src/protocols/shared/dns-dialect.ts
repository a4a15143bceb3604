import type { DnsMessage, DnsName, Question } from './dns-message.ts';
import { CLASS, RECURSION_DESIRED, RESPONSE, sameName, TOP_BIT, TYPE } from './dns-message.ts';

/**
 * DNS and multicast DNS are one format. A question is mDNS where it asks for an answer to itself
 * alone (RFC 6762 §5.4), or where it wants no recursion and is about what only the link knows
 * (§3, §4, §18.6): names in `.local`, and the link-local addresses backwards.
 */
export function isMulticastQuery({ flags, questions }: DnsMessage): boolean {
  if ((flags & RECURSION_DESIRED) !== 0 || questions.length === 0) return false;
  return questions.every((question) => hasTopBit(question) || isLocal(question.name));
}

/** An answer to nobody in particular (§6): id 0, no question repeated. */
export function isAnnouncement({ id, questions, records }: DnsMessage): boolean {
  return id === 0 && questions.length === 0 && records.length > 0;
}

export function isLocal(name: DnsName): boolean {
  const text = name.join('.').toLowerCase();
  return (
    text === 'local' ||
    text.endsWith('.local') ||
    text.endsWith('254.169.in-addr.arpa') ||
    /[89ab]\.e\.f\.ip6\.arpa$/.test(text)
  );
}

function hasTopBit(question: Question): boolean {
  return (question.class & TOP_BIT) !== 0;
}

/** Whether an answer repeats the first question that was asked. */
export function repeats(answer: DnsMessage, asked: DnsMessage): boolean {
  const [question] = asked.questions;
  const [again] = answer.questions;
  if (question === undefined || again === undefined) return false;
  return again.type === question.type && sameName(again.name, question.name);
}

/** Link-local multicast name resolution (RFC 4795 §2.5). */
export const LLMNR_PORT = 5355;
/** What is asked for by a bare name: addresses, and everything. */
const BARE_TYPES: readonly number[] = [TYPE.A, TYPE.AAAA, TYPE.ANY];

/**
 * LLMNR and DNS are one format. On LLMNR's port it is that; elsewhere a name of one label that is
 * asked for (or answered) without any flag: a resolver would be asked for recursion, and has no
 * names of one label to give.
 */
export function isOfTheLink({ flags, questions }: DnsMessage, ports: Ports): boolean {
  const [question] = questions;
  if (question === undefined || hasTopBit(question)) return false;
  if (ports.clientPort === LLMNR_PORT || ports.serverPort === LLMNR_PORT) return true;
  const bare = question.name.length === 1 && question.name[0] !== 'local';
  const flagless = (flags & ~RESPONSE) === 0;
  return bare && flagless && question.class === CLASS.IN && BARE_TYPES.includes(question.type);
}

interface Ports {
  readonly clientPort?: number;
  readonly serverPort?: number;
}
