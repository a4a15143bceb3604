import { hasPort, parsePorts } from '../base/port-set.ts';
import { reveal } from '../base/untrusted.ts';
import type { Conclusion } from '../identify/identifier.ts';
import type { Category, Robustness, Transport } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Evidence, NewEvidence } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';
import type { Binding, Group } from './binding.ts';
import { Conclusions } from './conclusions.ts';
import type { Folded } from './fold-device.ts';
import { foldDevice } from './fold-device.ts';
import { Identities } from './identities.ts';
import type { InventoryTools, NamedProtocol } from './tools.ts';

/** What decides how an address is treated before a packet goes there. */
export interface KnownDevice {
  readonly mac?: string;
  readonly robustness: Robustness;
  readonly reason: string;
  readonly category: Category | 'unknown';
}

/** Somebody said that the device offers this; nobody checked. */
export interface Advertised {
  readonly transport: Transport;
  readonly port: number;
  /** As it was announced: `_mqtt._tcp`. */
  readonly service: string;
  readonly evidence: number;
}

/**
 * Devices and services as a fold over the evidence, in the order in which it is added: the same
 * evidence gives the same beliefs, live or replayed. What a piece of evidence changes is worked out
 * anew only for its device, and only when somebody asks.
 */
export class Inventory {
  readonly #tools: InventoryTools;
  /** Everything that counts, to begin again from when something is taken back. */
  readonly #log: Evidence[] = [];
  #identities = new Identities();
  #named: NamedProtocol[] = [];
  /** Child's pseudo-address → the binding that speaks for it. */
  #parents = new Map<string, Binding>();
  #folded = new WeakMap<Group, { readonly stamp: string; readonly folded: Folded }>();
  readonly #conclusions = new Conclusions();
  /** Something was taken back, and nobody has asked since. */
  #outdated = false;

  constructor(tools: InventoryTools) {
    this.#tools = tools;
  }

  add(evidence: Evidence): void {
    this.#log.push(evidence);
    if (evidence.fact.kind === 'retract') this.#outdated = true;
    if (!this.#outdated) this.#place(evidence);
  }

  /** In order of their first evidence. */
  devices(): readonly Device[] {
    return this.#all().map(({ device }) => device);
  }

  services(): readonly Service[] {
    return this.#all().flatMap(({ services }) => services);
  }

  /** With the evidence on which each device rests. */
  folded(): readonly Folded[] {
    return this.#all();
  }

  /** Works it out ahead, a device a step: what is not touched meanwhile is there when it is asked for. */
  *foldInSteps(): Generator<undefined, void, undefined> {
    this.#refresh();
    for (const group of [...this.#identities.groups()]) {
      this.#fold(group);
      yield;
    }
  }

  known(address: string): KnownDevice {
    this.#refresh();
    const binding = this.#identities.at(address);
    if (binding === undefined) return { robustness: 'unknown', reason: '', category: 'unknown' };
    const { robustness, robustnessReason, category } = this.#fold(binding.group).device;
    const rest = { robustness, reason: robustnessReason, category };
    return binding.mac === undefined ? rest : { mac: binding.mac, ...rest };
  }

  /** What the device at the address says that it offers, last said first. */
  advertised(address: string): readonly Advertised[] {
    return this.#about(address)
      .evidence.toReversed()
      .flatMap(({ id, fact }) =>
        fact.kind === 'advertises'
          ? [
              {
                transport: fact.transport,
                port: fact.port,
                service: reveal(fact.service),
                evidence: id,
              },
            ]
          : [],
      );
  }

  /** What was found on the port of the device at the address before, closed or not. */
  serviceAt(address: string, transport: Transport, port: number): Service | undefined {
    return this.#about(address).services.find(
      (service) => service.transport === transport && service.port === port,
    );
  }

  /** Whether the port of the device at the address refused when it was asked last; silence is no answer. */
  refused(address: string, transport: Transport, port: number): boolean {
    const { services, evidence } = this.#about(address);
    const service = services.find((one) => one.transport === transport && one.port === port);
    if (service !== undefined) return service.state === 'closed';
    const answer = evidence
      .toReversed()
      .map(({ fact }) => answerIn(fact, transport, port))
      .find((one) => one !== undefined);
    return answer === 'closed';
  }

  #about(address: string): Pick<Folded, 'services' | 'evidence'> {
    this.#refresh();
    const binding = this.#identities.at(address);
    return binding === undefined ? { services: [], evidence: [] } : this.#fold(binding.group);
  }

  #all(): readonly Folded[] {
    this.#refresh();
    return [...this.#identities.groups()]
      .sort((a, b) => firstId(a) - firstId(b))
      .map((group) => this.#fold(group));
  }

  #place(evidence: Evidence): void {
    const { fact } = evidence;
    const binding = this.#identities.place(evidence);
    if (fact.kind === 'named-protocol') {
      const { protocol, signature } = fact;
      this.#named.push({ protocol, signature, evidence: evidence.id });
    }
    if (fact.kind !== 'child') return;
    const address = childAddress(fact.id);
    this.#parents.set(address, binding);
    this.#identities.place(nameOfChild(evidence, fact, address));
  }

  #fold(group: Group): Folded {
    const id = this.#identities.idOf(group);
    const lost = this.#lost(group);
    const behind = this.#behind(group);
    const conflicts = this.#conflicts(group);
    const stamp = [id, group.version, [...lost], behind, conflicts, this.#named.length].join('|');
    const known = this.#folded.get(group);
    if (known?.stamp === stamp) return known.folded;
    const folded = foldDevice(
      group,
      { id, lost, behind, conflicts, named: this.#named, conclude: this.#conclude },
      this.#tools,
    );
    this.#folded.set(group, { stamp, folded });
    return folded;
  }

  #lost({ bindings }: Group): ReadonlySet<string> {
    return new Set(
      bindings
        .filter((binding) => this.#identities.at(binding.address)?.group !== binding.group)
        .map(({ address }) => address),
    );
  }

  #behind({ bindings }: Group): string | undefined {
    const parent = bindings
      .map(({ address }) => this.#parents.get(address))
      .find((binding) => binding !== undefined);
    return parent === undefined ? undefined : this.#identities.idOf(parent.group);
  }

  #conflicts(group: Group): readonly string[] {
    return group.bindings.flatMap((binding) => this.#identities.conflictsOf(binding));
  }

  /** A device is folded again with each new piece of evidence: what follows from the old ones is kept. */
  readonly #conclude = (evidence: Evidence): readonly Conclusion[] =>
    this.#conclusions.of(evidence, this.#tools);

  /** Begins again without what was taken back. */
  #refresh(): void {
    if (!this.#outdated) return;
    const retracted = retractedIn(this.#log);
    this.#identities = new Identities();
    this.#named = [];
    this.#parents = new Map();
    this.#folded = new WeakMap();
    for (const evidence of this.#log) {
      if (evidence.fact.kind !== 'retract' && !retracted.has(evidence.id)) this.#place(evidence);
    }
    this.#outdated = false;
  }
}

/** From the last word backwards: a retraction that was itself retracted takes nothing back. */
function retractedIn(log: readonly Evidence[]): ReadonlySet<number> {
  const retracted = new Set<number>();
  for (const { id, fact } of log.toReversed()) {
    if (fact.kind === 'retract' && !retracted.has(id)) retracted.add(fact.evidence);
  }
  return retracted;
}

/** Address under which what is said about a child of a hub is filed: it has none of its own. */
function childAddress(id: string): string {
  return `child:${id}`;
}

function nameOfChild(
  evidence: Evidence,
  fact: Extract<NewEvidence['fact'], { kind: 'child' }>,
  address: string,
): Evidence {
  return {
    ...evidence,
    subject: { address },
    fact: { kind: 'attribute', name: 'name', value: fact.name },
  };
}

function firstId({ bindings }: Group): number {
  return bindings[0]?.evidence[0]?.id ?? 0;
}

/** What a sweep says of a port; undefined where it did not ask. */
function answerIn(
  fact: Evidence['fact'],
  transport: Transport,
  port: number,
): 'closed' | 'silent' | undefined {
  if (fact.kind !== 'swept' || fact.transport !== transport) return undefined;
  if (hasPort(parsePorts(fact.closed) ?? [], port)) return 'closed';
  return hasPort(parsePorts(fact.silent) ?? [], port) ? 'silent' : undefined;
}
