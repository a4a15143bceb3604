import type { Address } from '../base/address.ts';
import { single } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { complementOf, EVERY_ADDRESS, hasAddress, unionOf } from '../base/address-set.ts';
import { hasPort } from '../base/port-set.ts';
import type { BoundDevice, BoundPolicy } from '../model/bound-policy.ts';
import type { Instant } from '../model/core.ts';
import type { FilterBox, FilterProgram, FilterRule } from '../model/filter-program.ts';
import { Domain, FIELD_COUNT, SELF, united } from './decide/domain.ts';
import { regionOf } from './decide/lower.ts';
import type { Probe } from './decide/probe.ts';
import { probe } from './decide/probe.ts';
import type { ProgramDiagram } from './decide/program.ts';
import { ofProgram } from './decide/program.ts';
import type { Intervals, Region } from './decide/space.ts';
import { Space } from './decide/space.ts';
import { witnessOf } from './decide/witness.ts';
import { simulateProgram } from './simulate/program.ts';

/** Networks behind interfaces of a router; without interfaces nobody said behind which. */
export interface Segment {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly networks: AddressSet;
  /** Whatever is in no other segment. */
  readonly internet: boolean;
}

/** The rules in force of one router, and what it is attached to. */
export interface FirewallFacts {
  /** The machine; several rulesets of one are all passed. */
  readonly origin: string;
  /** Of which of its firewalls: `nftables`. */
  readonly language: string;
  readonly at: Instant;
  readonly program: FilterProgram;
  readonly segments: readonly Segment[];
  /** The router's own addresses. */
  readonly own: AddressSet;
  /** MACs of these are taken for honest. */
  readonly devices: readonly BoundDevice[];
}

/** Whether connections of one kind pass. */
export interface Passage {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** `line 12: tcp dport 443 accept`, `by default`: the rule that decides, as a stranger wrote it. */
  readonly by: string;
  /** The rule that decides has a time: until then it is so. */
  readonly until?: Instant;
}

/** Connections to ask about; what is undefined is anything. */
export interface Inquiry {
  readonly from: Segment | undefined;
  readonly sources: AddressSet;
  /** Undefined: the router itself. */
  readonly to: Segment | 'self' | undefined;
  readonly destination?: Address;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  readonly translated: boolean;
}

export type Service = Pick<Inquiry, 'protocol' | 'port'>;

/** Interfaces of which each pair is tried where nobody said which one leads to whom. */
const MOST_INTERFACES = 24;
const LOOPBACK = 'lo';

/** The rules in force as one diagram, asked as often as there are ports. */
export class Firewall {
  readonly facts: FirewallFacts;
  readonly #diagram: ProgramDiagram;
  readonly #translations: readonly FilterRule[];
  /** Asked for with every port: made once, so that what is known of a set is found by the set. */
  readonly #addresses = new Map<Segment, AddressSet>();

  /** @throws PortolanError where the rules overlap in too many ways, or jump in a circle */
  constructor(facts: FirewallFacts) {
    this.facts = facts;
    const rules = [...facts.program.chains.values()].flat();
    this.#translations = rules.filter(({ verdict }) => verdict?.kind === 'dnat');
    const space = new Space(FIELD_COUNT);
    space.concerning = 'the firewall’s rules';
    const domain = new Domain([siteOf(facts)], 'resolved', [facts.program]);
    this.#diagram = ofProgram(facts.program, { space, domain }, { devices: facts.devices });
  }

  /** When a rule with a time is another one than it was read as; undefined where none will be. */
  get turnsAt(): Instant | undefined {
    const times = [...this.facts.program.chains.values()]
      .flat()
      .flatMap(({ until }) => until ?? []);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
  }

  segmentOf(address: Address): Segment | undefined {
    const { segments } = this.facts;
    const inside = segments.find((each) => !each.internet && hasAddress(each.networks, address));
    return inside ?? segments.find(({ internet }) => internet);
  }

  /** Addresses of a segment; the internet is what no other is. */
  addressesOf(segment: Segment): AddressSet {
    const known = this.#addresses.get(segment) ?? this.#made(segment);
    this.#addresses.set(segment, known);
    return known;
  }

  #made(segment: Segment): AddressSet {
    if (!segment.internet) return segment.networks;
    const inside = this.facts.segments.filter((each) => !each.internet);
    return complementOf(unionOf(...inside.map(({ networks }) => networks)));
  }

  /** `yes` where any of the connections passes; `no` where none does. */
  ask(inquiry: Inquiry): Passage {
    const passages = this.#regions(inquiry).map((region) => this.#passage(region));
    const [first] = passages;
    if (first === undefined) return { answer: 'unknown', by: 'it has no interfaces for that' };
    if (passages.every(({ answer }) => answer === first.answer)) return first;
    return { answer: 'unknown', by: 'it depends on who is behind which interface' };
  }

  /** Of one address to another, the router itself included. */
  between(source: Address, destination: Address, service: Service): Passage {
    const isRouter = hasAddress(this.facts.own, destination);
    const from = this.segmentOf(source);
    const to = this.segmentOf(destination);
    if (!isRouter && from !== undefined && from === to && !from.internet) {
      return { answer: 'yes', by: 'it is in the same network' };
    }
    return this.ask({
      from,
      sources: [single(source)],
      to: isRouter ? 'self' : to,
      destination,
      ...service,
      translated: false,
    });
  }

  /** Where destination NAT leads to this port: who may come that way; undefined where none does. */
  forwardedTo(address: Address, protocol: number, port: number): AddressSet | undefined {
    const boxes = this.#translations.flatMap(({ verdict, boxes: asked }) => {
      if (verdict?.kind !== 'dnat' || !hasAddress(verdict.addresses, address)) return [];
      return asked.filter((box) => leadsTo(box, verdict.ports, protocol, port));
    });
    if (boxes.length === 0) return undefined;
    return unionOf(...boxes.map(({ sources }) => sources ?? EVERY_ADDRESS));
  }

  /** One for each way in which it could be cabled. */
  #regions(inquiry: Inquiry): readonly Region[] {
    const { domain } = this.#diagram;
    const sources = domain.addressSet(inquiry.sources);
    const rest = {
      protocol: pointed(inquiry.protocol),
      source: sources,
      ...(inquiry.destination === undefined
        ? {}
        : { destination: pointed(domain.addressLabel(inquiry.destination)) }),
      port: pointed(inquiry.port),
      translated: pointed(inquiry.translated ? 1 : 0),
    };
    if (sources.length === 0) return [];
    return this.#inputs(inquiry.from).flatMap((input) =>
      this.#outputs(inquiry.to)
        .filter((output) => output === SELF || !this.#isSame(input, output))
        .map((output) => regionOf({ ...rest, input, output })),
    );
  }

  #inputs(segment: Segment | undefined): readonly Intervals[] {
    const { domain } = this.#diagram;
    if (segment !== undefined && segment.interfaces.length > 0) {
      return [united(segment.interfaces.map((name) => pointed(domain.inputLabel(name))))];
    }
    const named = domain.interfaces.all.filter((name) => name !== LOOPBACK);
    if (named.length > MOST_INTERFACES) return [];
    const labels = named.map((name) => domain.interfaces.all.indexOf(name));
    return [...labels, domain.interfaces.all.length].map(pointed);
  }

  #outputs(segment: Segment | 'self' | undefined): readonly Intervals[] {
    if (segment === 'self') return [SELF];
    return this.#inputs(segment).map((labels) => labels.map((label) => label + 1));
  }

  /** What comes in by an interface and goes out by it again is of one network. */
  #isSame([input = 0]: Intervals, [output = 0]: Intervals): boolean {
    return input + 1 === output && input !== this.#diagram.domain.interfaces.all.length;
  }

  #passage(region: Region): Passage {
    const { space, root } = this.#diagram;
    const found = probe(space, root, region);
    const answer =
      found.allowed !== undefined ? 'yes' : found.uncertain !== undefined ? 'unknown' : 'no';
    return { answer, ...this.#decidedBy(found) };
  }

  #decidedBy({ allowed, uncertain, denied }: Probe): Omit<Passage, 'answer'> {
    const region = allowed ?? uncertain ?? denied;
    if (region === undefined) return { by: 'by default' };
    const { domain } = this.#diagram;
    const packet = witnessOf(domain, region);
    const owner = this.facts.devices.find((each) => hasAddress(each.addresses, packet.source));
    const [mac] = owner?.macs ?? [];
    const decision = simulateProgram(this.facts.program, {
      ...packet,
      ...(mac === undefined ? {} : { sourceMac: mac }),
    });
    const { rule } = decision;
    if (rule === undefined) return { by: 'by default' };
    const { line, text, until } = rule;
    return { by: `line ${line}: ${text}`, ...(until === undefined ? {} : { until }) };
  }
}

function leadsTo(
  { protocols, destinationPorts }: FilterBox,
  target: FilterBox['destinationPorts'],
  protocol: number,
  port: number,
): boolean {
  if (protocols !== undefined && !protocols.includes(protocol)) return false;
  const ports = target ?? destinationPorts;
  return ports === undefined || hasPort(ports, port);
}

function pointed(label: number): Intervals {
  return [label, label + 1];
}

/** What is asked about, as a policy: so that the diagram tells these addresses apart. */
function siteOf({ segments, devices, own }: FirewallFacts): BoundPolicy {
  const zones = segments.map((segment, index) => ({
    id: `s${index}`,
    name: segment.name,
    interfaces: segment.interfaces,
    networks: segment.networks,
    internet: segment.internet,
    denies: false,
  }));
  const router = { id: 'r', device: '', addresses: own, macs: [], trial: false };
  return {
    zones,
    devices: [...devices, router],
    names: [],
    guard: [],
    egress: [],
    ingress: [],
    nat: { destination: [], source: [] },
    refuse: 'drop',
  };
}
