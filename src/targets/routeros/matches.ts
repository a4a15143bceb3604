import type { PortSet } from '../../base/port-set.ts';
import { formatPorts } from '../../base/port-set.ts';
import { ICMP, ICMPV6, TCP, UDP } from '../../policy/simulate/match.ts';
import type { Service, Term } from '../shared/terms.ts';
import type { Lists } from './lists.ts';
import { nameList } from './lists.ts';
import type { Family, Words } from './words.ts';

/** iptables multiport holds 15 numbers, a range counts for two. */
const MOST_PORTS = 15;
const NAMES: Readonly<Record<number, string>> = {
  [TCP]: 'tcp',
  [UDP]: 'udp',
  [ICMP]: 'icmp',
  [ICMPV6]: 'icmpv6',
};

/** What a term asks of packets of one family, as conditions of as many lines as it takes. */
export function matchesOf(term: Term, family: Family, lists: Lists): readonly Words[] {
  if (term.family !== undefined && term.family !== family) return [];
  const { inputs, notInputs, outputs, notOutputs, sources, destinations } = term;
  const pairs: [string, string][] = [];
  if (inputs !== undefined) pairs.push(lists.interfaces('in', inputs));
  if (notInputs !== undefined) pairs.push(lists.interfaces('in', notInputs, '!'));
  if (outputs !== undefined) pairs.push(lists.interfaces('out', outputs));
  if (notOutputs !== undefined) pairs.push(lists.interfaces('out', notOutputs, '!'));
  if (sources !== undefined) pairs.push(lists.addresses('src', sources, family));
  if (term.sourceName !== undefined) pairs.push(['src-address-list', nameList(term.sourceName)]);
  if (destinations !== undefined) pairs.push(lists.addresses('dst', destinations, family));
  if (term.destinationName !== undefined) {
    pairs.push(['dst-address-list', nameList(term.destinationName)]);
  }
  if (term.translated === true) pairs.push(['connection-nat-state', 'dstnat']);
  const head = Object.fromEntries(pairs);
  if (term.services.length === 0) return [head];
  return term.services
    .filter(({ protocol }) => protocol !== (family === 4 ? ICMPV6 : ICMP))
    .flatMap((service) => serviceWords(service).map((words) => ({ ...head, ...words })));
}

function serviceWords({
  protocol,
  sourcePorts,
  destinationPorts,
  types,
}: Service): readonly Words[] {
  if (protocol === undefined) return [{}];
  const head = { protocol: NAMES[protocol] ?? String(protocol) };
  if (types !== undefined) {
    return [...new Set(types)].map((type) => ({ ...head, 'icmp-options': `${type}:0-255` }));
  }
  return portWords('src-port', sourcePorts).flatMap((source) =>
    portWords('dst-port', destinationPorts).map((destination) => ({
      ...head,
      ...source,
      ...destination,
    })),
  );
}

function portWords(key: string, ports: PortSet | undefined): readonly Words[] {
  if (ports === undefined) return [{}];
  const parts: PortSet[] = [];
  let part: PortSet = [];
  let room = MOST_PORTS;
  for (const range of ports) {
    const size = range.from === range.to ? 1 : 2;
    if (size > room) {
      parts.push(part);
      part = [];
      room = MOST_PORTS;
    }
    part = [...part, range];
    room -= size;
  }
  return [...parts, part].map((each) => ({ [key]: formatPorts(each) }));
}
