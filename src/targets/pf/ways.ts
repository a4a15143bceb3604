import type { FilterBox } from '../../model/filter-program.ts';
import type { PfRule } from './rule.ts';

/** A packet as far as tags depend on it: which way it goes, and whether it was translated. */
interface Way {
  readonly input: string;
  /** Undefined: to the firewall itself. */
  readonly output: string | undefined;
  readonly translated: boolean;
}

/** Every interface that no rule names. */
const OTHER = '*';
/** Beyond that tags are not followed: a rule that asks for one may match or not. */
const MOST_INTERFACES = 64;

/** Which tag a packet has, way by way, while the rules are walked through. */
export class Ways {
  readonly #interfaces: readonly string[];
  readonly #ways: readonly Way[];
  readonly #tags: (string | undefined)[];
  /** Tags that also depend on what is not followed here. */
  readonly #doubtful: Set<string>;

  constructor(rules: readonly PfRule[]) {
    const names = [...new Set(rules.flatMap((rule) => rule.interfaces?.names ?? []))];
    const isFollowed =
      names.length <= MOST_INTERFACES && rules.some(({ tag }) => tag !== undefined);
    this.#interfaces = isFollowed ? names : [];
    const ends = [...this.#interfaces, OTHER];
    this.#ways = ends.flatMap((input) =>
      [undefined, ...ends].flatMap((output) =>
        [false, true].map((translated) => ({ input, output, translated })),
      ),
    );
    this.#tags = this.#ways.map(() => undefined);
    this.#doubtful = new Set(
      rules.flatMap((rule) =>
        rule.tag !== undefined && !(isFollowed && isPlain(rule)) ? [rule.tag] : [],
      ),
    );
    const translating = rules.find(({ action, tag }) => action === 'rdr' && tag !== undefined)?.tag;
    this.#tags = this.#ways.map(({ translated }) => (translated ? translating : undefined));
  }

  /** A `match` with a tag, at one of the two stages. */
  follow(rule: PfRule, stage: 'in' | 'out'): void {
    const { tag } = rule;
    if (tag === undefined || rule.action !== 'match') return;
    for (const [index, way] of this.#ways.entries()) {
      if (this.#isMet(rule, way, index, stage)) this.#tags[index] = tag;
    }
  }

  #isMet(
    { interfaces, tagged, boxes }: PfRule,
    way: Way,
    index: number,
    stage: 'in' | 'out',
  ): boolean {
    const name = stage === 'in' ? way.input : way.output;
    if (stage === 'out' && name === undefined) return false;
    if (interfaces !== undefined && interfaces.names.includes(name ?? '') === interfaces.not)
      return false;
    if (tagged !== undefined && (this.#tags[index] === tagged.tag) === tagged.not) return false;
    return boxes.every(({ local }) => local === undefined || (way.output === undefined) === local);
  }

  /** The ways on which a packet has the tag now; undefined where that is not known. */
  boxesOf({
    tag,
    not,
  }: {
    readonly tag: string;
    readonly not: boolean;
  }): readonly FilterBox[] | undefined {
    if (this.#doubtful.has(tag)) return undefined;
    const boxes: FilterBox[] = [];
    for (const translated of [false, true]) {
      for (const output of [undefined, ...this.#interfaces, OTHER]) {
        const inputs = this.#ways.flatMap((way, index) =>
          way.translated === translated &&
          way.output === output &&
          (this.#tags[index] === tag) !== not
            ? [way.input]
            : [],
        );
        if (inputs.length > 0) {
          boxes.push({ ...this.#inputsBox(inputs), ...this.#outputBox(output), translated });
        }
      }
    }
    return boxes;
  }

  #inputsBox(inputs: readonly string[]): FilterBox {
    if (!inputs.includes(OTHER)) return { inputs };
    const missing = this.#interfaces.filter((name) => !inputs.includes(name));
    return missing.length === 0 ? {} : { notInputs: missing };
  }

  #outputBox(output: string | undefined): FilterBox {
    if (output === undefined) return { local: true };
    if (output !== OTHER) return { outputs: [output], local: false };
    return { notOutputs: this.#interfaces, local: false };
  }
}

/** Only what `Ways` follows decides whether it tags. */
function isPlain({ action, boxes }: PfRule): boolean {
  if (action === 'rdr') return true;
  const asked = boxes.flatMap((box) => Object.keys(box).filter((key) => key !== 'local'));
  return action === 'match' && asked.length === 0;
}
