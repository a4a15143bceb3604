import type { Address } from '../../base/address.ts';
import type { PortSet } from '../../base/port-set.ts';
import { hasPort, portSet } from '../../base/port-set.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Flow } from '../../model/flow.ts';
import type { Decision } from '../../model/packet-verdict.ts';
import { connectionOf, interfacesOf } from '../../policy/replay.ts';
import { simulate } from '../../policy/simulate/simulate.ts';
import type { FlowFigure, FlowVerdict } from '../../reports/prometheus/prometheus.ts';

/** Milliseconds for which what is in force, and the zones, are not asked again. */
const GOOD_FOR = 30_000;
/** Kinds of conversations whose verdict is remembered. */
const REMEMBERED = 20_000;
/** Kinds that are judged in a second, at some 60 us each; what is more is `unjudged`. */
const JUDGED = 1000;
/** Pairs of zones that are told apart; what is more is `other`. */
const MOST = 400;

/** By what conversations are judged. */
export interface Ground {
  /** Undefined where nothing of ours is in force. */
  readonly policy: BoundPolicy | undefined;
  /** Addresses of the router itself. */
  readonly own: ReadonlySet<string>;
  zoneOf(address: string): string;
}

interface Standing extends Ground {
  readonly interfaceAt: (address: Address) => string;
  /** Ports of the source for which some rule asks: all others fare alike. */
  readonly sourcePorts: PortSet;
}

/**
 * Counts conversations as they end, since the daemon was started: from which zone to which, and what
 * the rules in force say of them. What the store holds is no counter, since it forgets.
 */
export class FlowFigures {
  readonly #now: () => number;
  readonly #ground: () => Ground;
  readonly #counts = new Map<string, FlowFigure>();
  #standing: Standing | undefined;
  #verdicts = new RecentMap<FlowVerdict>(REMEMBERED);
  #second = 0;
  #judgements = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, ground: () => Ground) {
    this.#now = now;
    this.#ground = ground;
  }

  take(flows: readonly Flow[]): void {
    const over = flows.filter(({ active }) => active !== true);
    if (over.length === 0) return;
    this.#look();
    for (const flow of over) this.#count(flow);
  }

  counts(): readonly FlowFigure[] {
    return [...this.#counts.values()];
  }

  /** Conversations that passed because their device is on trial; undefined where nothing is in force. */
  wouldBlock(): number | undefined {
    this.#look();
    if (this.#standing?.policy === undefined) return undefined;
    return this.counts().reduce(
      (sum, { verdict, flows }) => sum + (verdict === 'would-block' ? flows : 0),
      0,
    );
  }

  #look(): void {
    const now = this.#now();
    if (this.#standing !== undefined && Math.abs(now - this.#askedAt) < GOOD_FOR) return;
    this.#askedAt = now;
    const ground = this.#ground();
    const { policy } = ground;
    if (policy !== this.#standing?.policy) this.#verdicts = new RecentMap(REMEMBERED);
    this.#standing = {
      ...ground,
      interfaceAt: policy === undefined ? () => '' : interfacesOf(policy),
      sourcePorts: policy === undefined ? [] : sourcePortsOf(policy),
    };
  }

  #count(flow: Flow): void {
    const { zoneOf } = this.#standing ?? {};
    const from = zoneOf?.(flow.source.address) ?? 'other';
    const to = zoneOf?.(flow.destination.address) ?? 'other';
    const verdict = this.#verdict(flow);
    const isRoom = this.#counts.size < MOST || this.#counts.has(keyOf(from, to, verdict));
    if (isRoom) this.#add(from, to, verdict);
    else this.#add('other', 'other', verdict);
  }

  #add(from: string, to: string, verdict: FlowVerdict): void {
    const key = keyOf(from, to, verdict);
    const flows = (this.#counts.get(key)?.flows ?? 0) + 1;
    this.#counts.set(key, { from, to, verdict, flows });
  }

  #verdict(flow: Flow): FlowVerdict {
    const { source, destination, transport, ipProtocol, name = '' } = flow;
    // Of ICMP the type stands where others have the source's port.
    const asked = this.#standing?.sourcePorts ?? [];
    const decides = transport === 'icmp' || hasPort(asked, source.port);
    const from = decides ? source.port : '';
    const key = [
      source.address,
      from,
      destination.address,
      destination.port,
      ipProtocol,
      name,
    ].join();
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    if (!this.#hasTime()) return 'unjudged';
    const verdict = this.#judged(flow);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  /** Whoever scans makes thousands of kinds: those must not take the time of everything else. */
  #hasTime(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) [this.#second, this.#judgements] = [second, 0];
    this.#judgements += 1;
    return this.#judgements <= JUDGED;
  }

  #judged(flow: Flow): FlowVerdict {
    const { policy, own, interfaceAt } = this.#standing ?? {};
    if (policy === undefined || own === undefined || interfaceAt === undefined) return 'unjudged';
    const connection = connectionOf(flow, policy, interfaceAt, own);
    return connection === undefined ? 'unjudged' : worded(simulate(policy, connection));
  }
}

function keyOf(from: string, to: string, verdict: FlowVerdict): string {
  return JSON.stringify([from, to, verdict]);
}

function sourcePortsOf({ guard, egress, ingress }: BoundPolicy): PortSet {
  const matches = [...guard, ...egress, ...ingress].flatMap((rule) => rule.matches);
  return portSet(matches.flatMap(({ sourcePorts }) => sourcePorts ?? []));
}

function worded({ verdict, wouldBlock }: Decision): FlowVerdict {
  if (wouldBlock) return 'would-block';
  if (verdict === 'allow') return 'allowed';
  return verdict === 'leave' ? 'left' : 'denied';
}
