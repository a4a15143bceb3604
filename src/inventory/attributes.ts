import type { Untrusted } from '../base/untrusted.ts';
import { reveal, untrusted } from '../base/untrusted.ts';
import type { Conclusion } from '../identify/identifier.ts';
import type { Certainty, Instant } from '../model/core.ts';
import { compareCertainty } from '../model/core.ts';
import type { Belief } from '../model/device.ts';
import type { AttributeName, Evidence, EvidenceSource } from '../model/evidence.ts';

/** Evidence ids that one belief keeps. */
const IDS = 32;
/** Different values of one attribute that are kept: a device may call itself anew each second. */
const VALUES = 16;

interface Draft {
  readonly value: Untrusted;
  certainty: Certainty;
  source: EvidenceSource;
  evidence: number[];
  /** When it was last said, and in which evidence. */
  at: Instant;
  id: number;
}

/** What follows from a piece of evidence; remembered by whoever hands it in, since it never changes. */
export type Conclude = (evidence: Evidence) => readonly Conclusion[];

export type Attributes = Readonly<Partial<Record<AttributeName, readonly Belief[]>>>;

/** Gathers what is said of each attribute. Best first: a person's word, then the more certain, then the newer. */
export class AttributeFold {
  readonly #drafts = new Map<AttributeName, Map<string, Draft>>();
  readonly #conclude: Conclude;

  constructor(conclude: Conclude) {
    this.#conclude = conclude;
  }

  add(evidence: Evidence): void {
    const { fact, certainty } = evidence;
    if (fact.kind === 'attribute' || fact.kind === 'corrected') {
      this.#say(fact.name, fact.value, certainty, evidence);
    }
    if (fact.kind === 'called') this.#say('name', fact.name, 'proved', evidence);
    if (fact.kind === 'child') return;
    for (const conclusion of this.#conclude(evidence)) {
      // What follows from a person's word is ours, and not the person's.
      const source = evidence.source === 'user' ? 'import' : evidence.source;
      this.#say(conclusion.name, untrusted(conclusion.value), conclusion.certainty, {
        ...evidence,
        source,
      });
    }
  }

  #say(name: AttributeName, value: Untrusted, certainty: Certainty, from: Evidence): void {
    const key = reveal(value).trim().toLowerCase();
    if (key === '') return;
    const values = this.#drafts.get(name) ?? new Map<string, Draft>();
    this.#drafts.set(name, values);
    const draft = values.get(key);
    if (draft === undefined) {
      values.set(key, {
        value,
        certainty,
        source: from.source,
        evidence: [from.id],
        at: from.at,
        id: from.id,
      });
      if (values.size > 2 * VALUES) prune(values);
      return;
    }
    strengthen(draft, certainty, from);
  }

  result(): Attributes {
    const result: Partial<Record<AttributeName, readonly Belief[]>> = {};
    for (const [name, values] of this.#drafts) {
      result[name] = [...values.values()].sort(better).slice(0, VALUES).map(beliefOf);
    }
    return result;
  }
}

function strengthen(draft: Draft, certainty: Certainty, from: Evidence): void {
  const stronger = compareCertainty(certainty, draft.certainty) > 0;
  if (stronger) draft.certainty = certainty;
  if (from.source === 'user' || (stronger && draft.source !== 'user')) draft.source = from.source;
  draft.at = from.at;
  draft.id = from.id;
  if (draft.evidence.includes(from.id)) return;
  if (stronger || from.source === 'user') draft.evidence.unshift(from.id);
  else draft.evidence.push(from.id);
  if (draft.evidence.length > IDS) draft.evidence.length = IDS;
}

function better(a: Draft, b: Draft): number {
  return (
    Number(b.source === 'user') - Number(a.source === 'user') ||
    compareCertainty(b.certainty, a.certainty) ||
    b.at - a.at ||
    b.id - a.id
  );
}

function prune(values: Map<string, Draft>): void {
  const kept = [...values].sort(([, a], [, b]) => better(a, b)).slice(0, VALUES);
  values.clear();
  for (const [key, draft] of kept) values.set(key, draft);
}

function beliefOf({ value, certainty, source, evidence }: Draft): Belief {
  return { value, certainty, source, evidence };
}
