import type { Untrusted } from '../../base/untrusted.ts';
import { reveal } from '../../base/untrusted.ts';
import type { Certainty, Instant, Transport } from '../../model/core.ts';
import { compareCertainty } from '../../model/core.ts';
import type { Evidence, MappingFact, MappingVia } from '../../model/evidence.ts';
import { LISTING } from '../../protocols/shared/upnp-igd.ts';

/** A way in from outside, as all evidence together has it. */
export interface Mapping {
  readonly transport: Transport;
  /** 0: every port. */
  readonly outsidePort: number;
  readonly outsideLast?: number;
  readonly insideAddress: string;
  /** The outside port where it is kept. */
  readonly insidePort: number;
  /** Address of the router that has it; absent where only whoever asked was heard. */
  readonly router?: string;
  /** Address of whoever asked, where that was seen. */
  readonly requester?: string;
  readonly by: Untrusted;
  readonly vias: readonly MappingVia[];
  readonly outsideAddress?: string;
  readonly remoteHost?: string;
  readonly pinhole?: number;
  readonly undo?: readonly Untrusted[];
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** When its lease ends as it was told last; `never` for one without end. */
  readonly until?: Instant | 'never';
  /** When it was taken away, or was missing from a whole list. */
  readonly endedAt?: Instant;
  readonly certainty: Certainty;
  /** Ids, oldest first. */
  readonly evidence: readonly number[];
}

/** Ids of evidence that are kept of one mapping: the first ones and the newest. */
const EVIDENCE_CAP = 16;

/** Whether it says anything of mappings: nothing else need be given to the fold. */
export function tellsOfMappings({ fact }: Evidence): boolean {
  return fact.kind === 'mapping' || (fact.kind === 'detail' && fact.name === LISTING);
}

/** Folds evidence, in order of time, into mappings; those that have ended are among them. */
export function mappingsOf(evidence: Iterable<Evidence>): readonly Mapping[] {
  const fold = new Fold();
  for (const one of evidence) fold.add(one);
  return fold.all();
}

/** Whether it stands at that time, as far as is known. */
export function stands({ until, endedAt }: Mapping, at: Instant): boolean {
  if (endedAt !== undefined) return false;
  return until === undefined || until === 'never' || until > at;
}

class Fold {
  readonly #found = new Map<string, Mapping>();
  /** When each importer's newest document was read, and by which mapping each was told last. */
  readonly #documents = new Map<string, Instant>();
  readonly #documentOf = new Map<string, { readonly observer: string; readonly at: Instant }>();

  add(evidence: Evidence): void {
    const { fact } = evidence;
    if (fact.kind === 'detail' && fact.name === LISTING) this.#listed(evidence, reveal(fact.value));
    if (fact.kind !== 'mapping' || evidence.certainty === 'hint') return;
    if (fact.told === 'ended') this.#end(evidence, fact);
    else this.#tell(evidence, fact);
  }

  all(): readonly Mapping[] {
    return [...this.#found].map(([key, mapping]) => {
      const told = this.#documentOf.get(key);
      const newest = this.#documents.get(told?.observer ?? '');
      const isGone = told !== undefined && newest !== undefined && told.at < newest;
      return isGone && mapping.endedAt === undefined ? { ...mapping, endedAt: newest } : mapping;
    });
  }

  #tell(evidence: Evidence, fact: MappingFact): void {
    const key = keyOf(evidence, fact);
    const before = this.#found.get(key);
    this.#found.set(key, joined(before, fresh(evidence, fact)));
    if (evidence.source !== 'import') this.#documentOf.delete(key);
    else {
      this.#documents.set(evidence.observer, evidence.at);
      this.#documentOf.set(key, { observer: evidence.observer, at: evidence.at });
    }
  }

  /** Whoever has it taken away names the outside, and seldom the inside. */
  #end(
    { at, subject }: Evidence,
    { transport, outsidePort, insideAddress, insidePort }: MappingFact,
  ) {
    const inside = insideAddress === '' ? subject.address : insideAddress;
    for (const [key, mapping] of this.#found) {
      const isOutside = mapping.outsidePort === outsidePort && outsidePort !== 0;
      // NAT-PMP names the inside port, and 0 as the outside one (RFC 6886 §3.4).
      const isInside = mapping.insidePort === insidePort && mapping.insideAddress === inside;
      const isIt = mapping.transport === transport && (isOutside || isInside);
      if (isIt && mapping.endedAt === undefined) this.#found.set(key, { ...mapping, endedAt: at });
    }
  }

  /** A router's whole list: what it had before by this way, and has not now, is gone. */
  #listed({ at, subject, source }: Evidence, text: string): void {
    if (!text.startsWith('all ')) return;
    const ways: readonly MappingVia[] = source === 'import' ? ['kernel', 'pinhole'] : ['upnp-igd'];
    for (const [key, mapping] of this.#found) {
      const isListed = mapping.vias.length === 0 || ways.some((way) => mapping.vias.includes(way));
      const isGone = isListed && mapping.router === subject.address && mapping.lastSeen < at;
      if (isGone && mapping.endedAt === undefined)
        this.#found.set(key, { ...mapping, endedAt: at });
    }
  }
}

function keyOf({ subject }: Evidence, fact: MappingFact): string {
  const { transport, outsidePort, outsideLast = '', remoteHost = '' } = fact;
  const inside = fact.insideAddress === '' ? subject.address : fact.insideAddress;
  const port = fact.insidePort === 0 ? outsidePort : fact.insidePort;
  return [transport, outsidePort, outsideLast, remoteHost, inside, port].join(' ');
}

/** What one piece of evidence says. */
function fresh({ id, at, subject, certainty }: Evidence, fact: MappingFact): Mapping {
  const { kind: _, told = 'listed', via, insideAddress, insidePort, leaseSeconds, ...rest } = fact;
  const inside = insideAddress === '' ? subject.address : insideAddress;
  const isRouter = told === 'listed' && subject.address !== inside;
  return {
    ...rest,
    insideAddress: inside,
    insidePort: insidePort === 0 ? fact.outsidePort : insidePort,
    ...(isRouter ? { router: subject.address } : {}),
    ...(told === 'asked' ? { requester: subject.address } : {}),
    ...(leaseSeconds === undefined
      ? {}
      : { until: leaseSeconds === 0 ? 'never' : at + leaseSeconds * 1000 }),
    vias: via === undefined ? [] : [via],
    firstSeen: at,
    lastSeen: at,
    certainty,
    evidence: [id],
  };
}

/** What is told later counts; one that had ended begins anew. */
function joined(before: Mapping | undefined, now: Mapping): Mapping {
  if (before === undefined || before.endedAt !== undefined) return now;
  const { by: word, ...rest } = now;
  // Traffic names the protocol at most; a list has the words of whoever asked.
  const by = now.router === undefined && before.router !== undefined ? before.by : word;
  const isBetter = compareCertainty(now.certainty, before.certainty) > 0;
  return {
    ...before,
    ...rest,
    by,
    vias: [...new Set([...before.vias, ...now.vias])],
    firstSeen: Math.min(before.firstSeen, now.firstSeen),
    lastSeen: Math.max(before.lastSeen, now.lastSeen),
    certainty: isBetter ? now.certainty : before.certainty,
    evidence: [...before.evidence.slice(0, EVIDENCE_CAP - 1), ...now.evidence],
  };
}
