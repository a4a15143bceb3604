import { reveal } from '../base/untrusted.ts';
import type { Carrier, Certainty } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { Verdict } from './recognise.ts';

/** What a flow was found to be, and what is kept of that until it ends. */
export interface Settled {
  readonly protocol: string;
  readonly version: string;
  readonly certainty: Certainty;
  readonly over: Carrier | 'none';
  readonly facts: readonly Fact[];
  readonly sni?: string;
  /** What the encrypted stream says that it carries (ALPN). */
  readonly inner?: string;
}

const NO_FACTS: readonly Fact[] = [];

/** IANA's ALPN protocol ids (and Amazon's, docs.aws.amazon.com/iot "protocols"), and ours. */
const ALPN: ReadonlyMap<string, string> = new Map([
  ['http/1.0', 'http'],
  ['http/1.1', 'http'],
  ['h2', 'http'],
  ['h3', 'http'],
  ['mqtt', 'mqtt'],
  ['x-amzn-mqtt-ca', 'mqtt'],
  ['dot', 'dns'],
  ['doq', 'dns'],
  ['coap', 'coap'],
  ['ftp', 'ftp'],
  ['imap', 'imap'],
  ['pop3', 'pop3'],
  ['xmpp-client', 'xmpp'],
  ['xmpp-server', 'xmpp'],
  ['postgresql', 'postgresql'],
]);

/** What is found again and again, without facts, is one object. */
const COMMON = new Map<string, Settled>();
const COMMON_CAP = 1024;

export function settled(
  verdict: Verdict,
  transport: 'tcp' | 'udp' | 'other',
  sni: string | undefined,
): Settled {
  const found = fresh(verdict, transport, sni);
  if (found.facts.length > 0 || sni !== undefined) return found;
  const key = `${found.protocol} ${found.version} ${found.certainty} ${found.over}`;
  const known = COMMON.get(key);
  if (known !== undefined) return known;
  if (COMMON.size < COMMON_CAP) COMMON.set(key, found);
  return found;
}

function fresh(
  verdict: Verdict,
  transport: 'tcp' | 'udp' | 'other',
  sni: string | undefined,
): Settled {
  const { protocol, certainty } = verdict;
  const facts = verdict.facts.filter(({ kind }) => kind !== 'speaks');
  const inner = innerOf(facts);
  return {
    protocol: protocol.id,
    version: versionIn(verdict),
    certainty,
    over: transport === 'other' ? 'none' : transport,
    facts: facts.length === 0 ? NO_FACTS : facts,
    ...(sni === undefined ? {} : { sni }),
    ...(inner === undefined ? {} : { inner }),
  };
}

/** Only the number of a port speaks for it. */
export function hinted(protocol: Protocol, transport: 'tcp' | 'udp' | 'other'): Settled {
  return {
    protocol: protocol.id,
    version: 'unknown',
    certainty: 'hint',
    over: transport === 'other' ? 'none' : transport,
    facts: NO_FACTS,
  };
}

function versionIn({ facts, protocol }: Verdict): string {
  const spoken = facts.find((fact) => fact.kind === 'speaks' && fact.protocol === protocol.id);
  return spoken?.kind === 'speaks' ? spoken.version : 'unknown';
}

function innerOf(facts: readonly Fact[]): string | undefined {
  const alpn = facts.find((fact) => fact.kind === 'detail' && fact.name === 'alpn');
  return alpn?.kind === 'detail' ? ALPN.get(reveal(alpn.value)) : undefined;
}
