import { eachPort, parsePorts, portCount } from '../base/port-set.ts';
import { RecentMap } from '../base/recent-map.ts';
import { quote, reveal } from '../base/untrusted.ts';
import type { Instant, Transport } from '../model/core.ts';
import type { Evidence, Fact } from '../model/evidence.ts';

/** Something that became otherwise, as the evidence tells it. */
export interface LoggedChange {
  readonly at: Instant;
  readonly kind: 'port-opened' | 'port-closed' | 'protocol-changed' | 'attribute-changed';
  /** MAC, or address where no MAC was seen with it. */
  readonly subject: string;
  readonly text: string;
}

/** Addresses whose ports are remembered. */
const ADDRESSES = 20_000;
/** Changes that are kept, newest. */
const KEPT = 20_000;
/** Values of one thing that are told apart: what was there before and comes back is no news. */
const VALUES = 16;

/** What was seen at an address. */
interface Memory {
  mac: string | undefined;
  /** `tcp/80` → whether it is open. */
  readonly ports: Map<string, boolean>;
  /** Port or attribute → what was said of it. */
  readonly values: Map<string, Set<string>>;
}

/**
 * What changed, as a fold over the evidence in the order in which it was stored: it can be fed what
 * came since, and holds no more than its bounds.
 */
export class ChangeLog {
  #changes: LoggedChange[] = [];
  readonly #memories = new RecentMap<Memory>(ADDRESSES);

  /** Oldest first. */
  get changes(): readonly LoggedChange[] {
    return this.#changes;
  }

  add({ at, subject, certainty, fact, source }: Evidence): void {
    if (certainty === 'hint') return;
    const memory = this.#memory(subject.address, subject.mac);
    const about = { at, subject: memory.mac ?? subject.address };
    const { transport, port } = subject;
    if (transport !== undefined && port !== undefined) {
      this.#port(memory, about, { transport, port, fact });
    }
    if (fact.kind === 'swept') this.#swept(memory, about, fact);
    else if (source === 'user') this.#said(about, fact);
    else if (fact.kind === 'attribute' && fact.name === 'firmware') {
      const text = `firmware is now ${quote(fact.value)}`;
      const place = `firmware ${transport ?? ''}/${port ?? ''}`;
      if (isNews(memory, place, reveal(fact.value))) {
        this.#note({ ...about, kind: 'attribute-changed', text });
      }
    }
  }

  #port(
    memory: Memory,
    about: Pick<LoggedChange, 'at' | 'subject'>,
    { transport, port, fact }: { transport: Transport; port: number; fact: Fact },
  ): void {
    if (fact.kind !== 'open' && fact.kind !== 'speaks') return;
    const place = `${transport}/${port}`;
    const before = memory.ports.get(place);
    if (before !== true) {
      memory.ports.set(place, true);
      const text = before === undefined ? `${place} is open` : `${place} is open again`;
      this.#note({ ...about, kind: 'port-opened', text });
    }
    if (fact.kind === 'speaks' && isNews(memory, place, fact.protocol)) {
      this.#note({
        ...about,
        kind: 'protocol-changed',
        text: `${place} now speaks ${fact.protocol}`,
      });
    }
  }

  /** Only what was open can close; a port that was silent may be a packet that was lost. */
  #swept(
    memory: Memory,
    about: Pick<LoggedChange, 'at' | 'subject'>,
    fact: Extract<Fact, { kind: 'swept' }>,
  ): void {
    const closed = parsePorts(fact.closed) ?? [];
    if (portCount(closed) === 0 || memory.ports.size === 0) return;
    for (const port of eachPort(closed)) {
      const place = `${fact.transport}/${port}`;
      if (memory.ports.get(place) !== true) continue;
      memory.ports.set(place, false);
      this.#note({ ...about, kind: 'port-closed', text: `${place} is closed` });
    }
  }

  /** A person's word is always news. */
  #said(about: Pick<LoggedChange, 'at' | 'subject'>, fact: Fact): void {
    const text =
      fact.kind === 'called'
        ? `was named ${quote(fact.name)}`
        : fact.kind === 'corrected'
          ? `${fact.name} was set to ${quote(fact.value)}`
          : fact.kind === 'treat-as'
            ? `is treated as ${fact.robustness}`
            : undefined;
    if (text !== undefined) this.#note({ ...about, kind: 'attribute-changed', text });
  }

  #note(change: LoggedChange): void {
    this.#changes.push(change);
    if (this.#changes.length > 2 * KEPT) this.#changes = this.#changes.slice(-KEPT);
  }

  #memory(address: string, mac: string | undefined): Memory {
    const known = this.#memories.get(address) ?? {
      mac: undefined,
      ports: new Map<string, boolean>(),
      values: new Map<string, Set<string>>(),
    };
    if (mac !== undefined) known.mac = mac;
    this.#memories.set(address, known);
    return known;
  }
}

/** Whether something else was said of it before, and this never was. */
function isNews({ values }: Memory, place: string, value: string): boolean {
  const said = values.get(place);
  if (said === undefined) {
    values.set(place, new Set([value]));
    return false;
  }
  if (said.has(value) || value === 'unknown') return false;
  if (said.size < VALUES) said.add(value);
  return true;
}
