import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { childrenOf, parseElement } from './shared/ber.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const DEPTH = 1500;
/** [APPLICATION 0] of ACSE. */
const ACSE = 0x60;
/** Called title and invocation, calling title, qualifier and invocation, mechanism, value, user data. */
const MEMBERS = [0xa1, 0xa2, 0xa4, 0xa6, 0xa7, 0xa8, 0x8b, 0xab, 0xac, 0xbe];
const TITLES = [0xa2, 0xa6];
const INVOCATION = 0xa8;
const USER_DATA = 0xbe;
/** EXTERNAL, which user data is. */
const EXTERNAL = 0x28;

/** Meters. There is no probe: a meter on the air counts each message against its battery or its link. */
export const c1222 = {
  id: 'c1222',
  title: 'ANSI C12.22 (metering)',
  ports: [
    { port: 1153, over: 'udp', iana: 'c1222-acse' },
    { port: 1153, over: 'tcp', iana: 'c1222-acse' },
  ],
  sources: ['RFC 6142 §2, §3', 'ANSI C12.22-2012 §5.3.4', 'IANA service-names-port-numbers'],
  depth: DEPTH,
  fragile: true,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseAcse(first.client),
    answered: parseAcse(first.server),
    facts: () => [speaks('c1222')],
  });
}

function parseAcse(bytes: Uint8Array): Parsed<true> {
  if (bytes.length > 0 && bytes[0] !== ACSE) return bad('no ACSE');
  const whole = parseElement(bytes, DEPTH - 4);
  if (whole.kind !== 'ok') return whole;
  const members = childrenOf(whole.value.value);
  if (members === undefined) return bad('no members');
  const data = members.find(({ tag }) => tag === USER_DATA);
  const holds = (tag: number): boolean => members.some((member) => member.tag === tag);
  const valid =
    members.every(({ tag }) => MEMBERS.includes(tag)) &&
    TITLES.some(holds) &&
    holds(INVOCATION) &&
    data?.value[0] === EXTERNAL;
  return valid ? { kind: 'ok', value: true, size: whole.size } : bad('another application');
}
