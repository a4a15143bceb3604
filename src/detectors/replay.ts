import { reveal } from '../base/untrusted.ts';
import { changeIn } from '../model/change-detail.ts';
import type { Instant } from '../model/core.ts';
import type { Evidence, Fact, MappingFact, Subject } from '../model/evidence.ts';
import type { Flow } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';

/** IANA protocol numbers that have ports. */
const NUMBERS: Readonly<Record<Flow['transport'], number>> = { tcp: 6, udp: 17, icmp: 1, other: 0 };

/**
 * What stored flows say happened, in order of time: a monitor that was started anew learns from it
 * what it knew before. What no flow holds is in the evidence (`recalled`), or is learned again (names
 * that do not exist, handshakes).
 */
export function replay(flows: Iterable<Omit<Flow, 'facts'>>): readonly Observation[] {
  const observations: Observation[] = [];
  let number = 0;
  for (const record of flows) {
    number += 1;
    observations.push(...stepsOf({ facts: [], ...record }, -number));
  }
  return observations.sort((a, b) => a.at - b.at);
}

/** @param number below zero, so that no flow that is followed now has it */
function stepsOf(record: Flow, flow: number): readonly Observation[] {
  const { source, destination, firstSeen: at, lastSeen, sent, received, name } = record;
  const ipProtocol = record.ipProtocol === 0 ? NUMBERS[record.transport] : record.ipProtocol;
  const ends = { at, flow, source, destination, ipProtocol };
  const midway = record.midStream === true;
  const state = { midway, group: isToMany(record), octets: 0, stateless: false };
  const named = name === undefined ? {} : { name };
  const steps: Observation[] = [
    ...(name === undefined ? [] : [lookupOf(ends, name)]),
    { kind: 'opened', ...ends, ...state, ...named },
  ];
  if (record.outcome !== 'silent') {
    steps.push({ kind: 'answered', ...ends, refused: record.outcome === 'refused' });
  }
  if (record.protocol !== 'unknown') {
    const { protocol, version, over, certainty, sni } = record;
    const server = sni === undefined ? {} : { sni };
    steps.push({ kind: 'recognised', ...ends, protocol, version, over, certainty, ...server });
  }
  steps.push({ kind: 'closed', at: lastSeen, flow, record, sent, received });
  return steps;
}

/** That a name was asked for is known by the conversation that it led to. */
function lookupOf({ at, source, destination }: Ends, name: string): Observation {
  return {
    ...{ kind: 'lookup', at, name, type: 1, rcode: 0, octets: 0 },
    client: source,
    resolver: { address: '', port: 53 },
    addresses: [destination.address],
  };
}

type Ends = Pick<Flow, 'source' | 'destination'> & { readonly at: Instant };

/** Multicast and broadcast, of IPv4 and IPv6. */
function isToMany({ destination: { address } }: Flow): boolean {
  const first = Number(address.split('.')[0]);
  return (first >= 224 && first < 256) || address.endsWith('.255') || /^ff/i.test(address);
}

/** What a piece of evidence says happened that no flow holds; undefined: nothing that is learned. */
export function recalled({
  at,
  certainty,
  fact,
  source,
  subject,
}: Evidence): Observation | undefined {
  switch (fact.kind) {
    case 'advertises': {
      // Another said so (`flows/discoveries.ts`).
      if (certainty === 'hint') return undefined;
      const { transport, port, service } = fact;
      return {
        ...{ kind: 'announced', at, transport, port },
        device: endOf(subject),
        service: reveal(service),
      };
    }
    case 'present': {
      const { address, mac } = subject;
      if (source !== 'passive' || mac === undefined) return undefined;
      return { kind: 'binding', at, address, mac, via: 'asked' };
    }
    case 'mapping':
      return mappingOf(at, subject, fact);
    case 'detail':
      return changeOf(at, subject, fact);
    default:
      return undefined;
  }
}

function mappingOf(at: Instant, subject: Subject, fact: MappingFact): Observation | undefined {
  const { told, via, transport, outsidePort, insideAddress, insidePort } = fact;
  const isAsked = via === 'upnp-igd' || via === 'nat-pmp' || via === 'pcp';
  if (told !== 'asked' || !isAsked) return undefined;
  return {
    ...{ kind: 'mapping', at, via, transport, outsidePort },
    client: { ...endOf(subject), port: 0 },
    router: { address: '', port: 0 },
    insideAddress: insideAddress === '' ? subject.address : insideAddress,
    insidePort: insidePort === 0 ? outsidePort : insidePort,
  };
}

function changeOf(at: Instant, subject: Subject, fact: Fact): Observation | undefined {
  const change = changeIn(fact);
  if (change === undefined) return undefined;
  const { effect, ...client } = change;
  return {
    ...{ kind: 'operation', at, effect, name: effect, protocol: '', object: '' },
    client: { ...client, port: 0 },
    server: { ...endOf(subject), port: subject.port ?? 0 },
  };
}

function endOf({ address, mac }: Subject): { readonly address: string; readonly mac?: string } {
  return { address, ...(mac === undefined ? {} : { mac }) };
}
