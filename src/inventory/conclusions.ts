import { RecentMap } from '../base/recent-map.ts';
import { reveal } from '../base/untrusted.ts';
import type { Conclusion, IdentifyTools } from '../identify/identifier.ts';
import { conclusionsOf } from '../identify/index.ts';
import type { Evidence } from '../model/evidence.ts';

/** Different statements that are remembered; a network says the same few again and again. */
const CAPACITY = 8192;

/**
 * What follows from evidence, worked out once for each thing that is said, and not each time that it
 * is said: every scan of a device tells the same.
 */
export class Conclusions {
  readonly #bySaying = new RecentMap<readonly Conclusion[]>(CAPACITY);
  /** Of what is too long, or too various, to be a key. */
  readonly #byEvidence = new WeakMap<Evidence, readonly Conclusion[]>();

  of(evidence: Evidence, tools: IdentifyTools): readonly Conclusion[] {
    const key = keyOf(evidence);
    const known = key === undefined ? this.#byEvidence.get(evidence) : this.#bySaying.get(key);
    if (known !== undefined) return known;
    const conclusions = conclusionsOf(evidence, tools);
    if (key === undefined) this.#byEvidence.set(evidence, conclusions);
    else this.#bySaying.set(key, conclusions);
    return conclusions;
  }
}

/** Everything that an identifier looks at: the fact, how certain it is, and the card that it came from. */
function keyOf({ fact, certainty, subject: { mac = '' } }: Evidence): string | undefined {
  switch (fact.kind) {
    case 'attribute':
    case 'detail':
      return `${fact.kind} ${certainty} ${mac} ${fact.name} ${reveal(fact.value)}`;
    case 'speaks':
      return `speaks ${certainty} ${mac} ${fact.protocol} ${fact.version}`;
    case 'present':
    case 'open':
    case 'access':
    case 'swept':
      // Of these only that they were said counts, if anything.
      return `${fact.kind} ${certainty} ${mac}`;
    default:
      return undefined;
  }
}
