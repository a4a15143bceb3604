import { isPrivate, parseNetwork } from '../base/address.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Transport } from '../model/core.ts';
import type { Fact, MappingFact, NewEvidence } from '../model/evidence.ts';
import type { ImportOptions } from './importer.ts';

/** Ports of one rule that are told one by one; a list that is longer says every port of its span. */
const PORTS_CAP = 64;
/** Mappings of one document: a router has some hundred at most. */
const MAPPINGS_CAP = 4096;

export interface PortSpan {
  readonly from: number;
  readonly to: number;
}

/** What a rule of a firewall lets in from outside, whichever firewall it is. */
export interface Inlet {
  /** Both where the rule names none. */
  readonly transports: readonly Transport[];
  /** Every port where there is none. */
  readonly ports: readonly PortSpan[];
  readonly insideAddress: string;
  /** Undefined: the port is kept. */
  readonly insidePort: number | undefined;
  readonly remoteHost: string | undefined;
  readonly outsideAddress: string | undefined;
  readonly via: 'kernel' | 'pinhole';
  /** What the rule calls itself, or where it stands. */
  readonly by: string;
  /** Command that takes it away. */
  readonly undo: readonly string[];
}

/** One fact for each transport and span; nothing for what only comes from inside (hairpin NAT). */
export function factsOfInlet(inlet: Inlet): readonly MappingFact[] {
  if (isInside(inlet.remoteHost)) return [];
  const transports = inlet.transports.length === 0 ? (['tcp', 'udp'] as const) : inlet.transports;
  const spans = inlet.ports.length === 0 ? [{ from: 0, to: 0 }] : inlet.ports.slice(0, PORTS_CAP);
  return transports.flatMap((transport) => spans.map((span) => factOf(inlet, transport, span)));
}

function factOf(inlet: Inlet, transport: Transport, { from, to }: PortSpan): MappingFact {
  const { insideAddress, insidePort, remoteHost, outsideAddress, via, by, undo } = inlet;
  return {
    kind: 'mapping',
    transport,
    outsidePort: from,
    ...(to > from ? { outsideLast: to } : {}),
    insideAddress,
    insidePort: insidePort ?? 0,
    by: untrusted(by),
    via,
    ...(remoteHost === undefined ? {} : { remoteHost }),
    ...(outsideAddress === undefined ? {} : { outsideAddress }),
    ...(undo.length === 0 ? {} : { undo: undo.map((word) => untrusted(word)) }),
  };
}

function isInside(text: string | undefined): boolean {
  const range = text === undefined ? undefined : parseNetwork(text);
  return range !== undefined && isPrivate(range);
}

/**
 * As evidence: about the router where it is known, else about the device inside. A redirect to the
 * router itself is left out where nobody knows its address.
 */
export function mappingEvidence(
  facts: readonly MappingFact[],
  { at, observer, router }: ImportOptions,
): readonly NewEvidence[] {
  const told = facts.slice(0, MAPPINGS_CAP);
  const say = (address: string, fact: Fact): NewEvidence => {
    const subject = { address };
    return { at, source: 'import', observer, subject, certainty: 'proved', fact };
  };
  return told
    .filter(({ insideAddress }) => insideAddress !== '' || router !== undefined)
    .map((fact) => say(router ?? fact.insideAddress, fact));
}
