import { contains, covers, formatAddress, parseAddress } from '../../base/address.ts';
import type { Certainty } from '../../model/core.ts';
import type { Fact, NewEvidence, PresenceVia, Proof, Subject } from '../../model/evidence.ts';
import type { DiscoverContext, DiscoverPlan, Emit, Found } from './discover-types.ts';

interface Entry {
  mac: string | undefined;
  readonly via: PresenceVia[];
  readonly own: boolean;
}

/** Keeps who was found, and says each thing once, however often and by whatever way it is seen. */
export class Recorder {
  readonly #plan: DiscoverPlan;
  readonly #context: DiscoverContext;
  readonly #emit: Emit;
  readonly #entries = new Map<string, Entry>();
  readonly #said = new Set<string>();

  constructor(plan: DiscoverPlan, context: DiscoverContext, emit: Emit) {
    this.#plan = plan;
    this.#context = context;
    this.#emit = emit;
  }

  has(address: string): boolean {
    return this.#entries.has(address);
  }

  /** Whether a MAC is known for it. */
  hasMac(address: string): boolean {
    return this.#entries.get(address)?.mac !== undefined;
  }

  present(
    address: string,
    via: PresenceVia,
    more: {
      readonly mac?: string | undefined;
      readonly certainty?: Certainty;
      readonly own?: boolean;
      readonly proof?: Proof;
    } = {},
  ): void {
    if (!this.#plan.scope.allows(address)) return;
    const entry = this.#entries.get(address) ?? { mac: undefined, via: [], own: more.own ?? false };
    this.#entries.set(address, entry);
    if (!entry.via.includes(via)) entry.via.push(via);
    entry.mac = more.mac ?? entry.mac;
    const subject: Subject = { address, ...(more.mac === undefined ? {} : { mac: more.mac }) };
    this.say(subject, more.certainty ?? 'proved', [{ kind: 'present', via }], more.proof);
  }

  /** Statements about an address or a port of it; what was said before is not said again. */
  say(subject: Subject, certainty: Certainty, facts: readonly Fact[], proof?: Proof): void {
    if (!this.#plan.scope.allows(subject.address)) return;
    const fresh = facts.filter((fact) => this.#isFresh(subject, fact));
    if (fresh.length === 0) return;
    const at = this.#context.now();
    this.#emit(
      fresh.map(
        (fact): NewEvidence => ({
          at,
          source: 'active',
          observer: this.#plan.observer,
          subject,
          certainty,
          fact,
          ...(proof !== undefined && isProved(fact) ? { proof } : {}),
        }),
      ),
    );
  }

  result(): ReadonlyMap<string, Found> {
    return new Map(
      [...this.#entries].map(([address, { mac, via, own }]) => [
        address,
        {
          address,
          via,
          own,
          targeted: this.isTargeted(address),
          ...(mac === undefined ? {} : { mac }),
        },
      ]),
    );
  }

  #isFresh(subject: Subject, fact: Fact): boolean {
    const key = JSON.stringify([subject, fact]);
    if (this.#said.has(key)) return false;
    this.#said.add(key);
    return true;
  }

  /**
   * Whoever asks for the whole of a link's network means everybody on that link, those included
   * that have nothing but a link-local address.
   */
  isTargeted(text: string): boolean {
    const { targets } = this.#plan;
    const address = parseAddress(text);
    if (address === undefined) return false;
    if (targets.some((range) => contains(range, address))) return true;
    const zone = text.split('%', 2)[1];
    return this.#context.links
      .filter(({ name }) => name === zone)
      .some(({ network }) => targets.some((range) => covers(range, network)));
  }
}

/** The bytes go with what they prove; repeated under each attribute they would fill the store. */
function isProved(fact: Fact): boolean {
  return fact.kind === 'present' || fact.kind === 'speaks';
}

/** `fe80:0::1%eth0` as a socket writes it → as a `Subject` has it. */
export function canonical(text: string): string {
  const [bare = '', zone] = text.split('%', 2);
  const address = parseAddress(bare);
  if (address === undefined) return text;
  return zone === undefined ? formatAddress(address) : `${formatAddress(address)}%${zone}`;
}
