import type { Flow } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';

/** IANA protocol numbers that have ports. */
const NUMBERS: Readonly<Record<Flow['transport'], number>> = { tcp: 6, udp: 17, icmp: 1, other: 0 };

/**
 * What stored flows say happened, in order of time: a monitor that was started anew learns from it
 * what it knew before. What no flow holds (logins, names, bindings) is learned again.
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
  const steps: Observation[] = [{ kind: 'opened', ...ends, ...state, ...named }];
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

/** Multicast and broadcast, of IPv4 and IPv6. */
function isToMany({ destination: { address } }: Flow): boolean {
  const first = Number(address.split('.')[0]);
  return (first >= 224 && first < 256) || address.endsWith('.255') || /^ff/i.test(address);
}
