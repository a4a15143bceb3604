import type { DnsMessage, DnsName, Question } from './dns-message.ts';
import { RECURSION_DESIRED, sameName, TOP_BIT } from './dns-message.ts';

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
