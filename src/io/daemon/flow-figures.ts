import type { Address } from '../../base/address.ts';
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
  /** Some rule asks for the port of the source. */
  readonly bySourcePort: boolean;
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
      bySourcePort: policy !== undefined && asksSourcePort(policy),
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
    const decides = transport === 'icmp' || this.#standing?.bySourcePort === true;
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
    const verdict = this.#judged(flow);
    this.#verdicts.set(key, verdict);
    return verdict;
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

function asksSourcePort({ guard, egress, ingress }: BoundPolicy): boolean {
  return [...guard, ...egress, ...ingress].some(({ matches }) =>
    matches.some(({ sourcePorts }) => sourcePorts !== undefined),
  );
}

function worded({ verdict, wouldBlock }: Decision): FlowVerdict {
  if (wouldBlock) return 'would-block';
  if (verdict === 'allow') return 'allowed';
  return verdict === 'leave' ? 'left' : 'denied';
}
