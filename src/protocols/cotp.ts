import type { Fact } from '../model/evidence.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';
import { carriesMms } from './shared/mms-pdu.ts';
import type { TransportMessage } from './shared/tpkt.ts';
import { CONNECT_CONFIRM, DATA, opening } from './shared/tpkt.ts';

/** First octets of what S7 controllers carry: classic and the later one (Wireshark, packet-s7comm). */
const S7: readonly number[] = [0x32, 0x72];
/** CONNECT and ACCEPT of the ISO session layer (X.225 §8.3). */
const SESSION: readonly number[] = [0x0d, 0x0e];

/**
 * ISO transport over TCP where it carries neither S7 nor MMS: something of the vendor's own. It has no
 * probe: the one of `s7comm` begins with this protocol's own connection request, and says so where
 * the device knows nothing beyond it.
 */
export const cotp = {
  id: 'cotp',
  title: 'ISO transport over TCP (COTP)',
  ports: [{ port: 102, over: 'tcp', iana: 'iso-tsap' }],
  sources: ['RFC 1006', 'RFC 905 §13', 'ITU-T X.225 §8.3', 'IANA service-names-port-numbers'],
  depth: 256,
  fragile: true,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const start = opening(first, cotp.depth);
  if (start.kind !== 'open') return start;
  const { requested, question, answers } = start;
  if (!requested) return NO;
  if (question === undefined) return proved([speaks('cotp')]);
  if (question.type !== DATA || S7.includes(question.data[0] ?? 0)) return NO;
  if (carriesMms(question.data)) return NO;
  const facts = [speaks('cotp'), ...carriedBy(question)];
  return answers[0]?.type === CONNECT_CONFIRM ? proved(facts) : likely(facts);
}

function carriedBy({ data }: TransportMessage): readonly Fact[] {
  return SESSION.includes(data[0] ?? 0) ? [detail('carries', 'ISO session')] : [];
}
