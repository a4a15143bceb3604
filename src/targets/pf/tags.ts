import type { Box } from '../../policy/decide/boxes.ts';
import { OTHER_INTERFACE } from '../../policy/decide/boxes.ts';
import { interfaceName, oneOf } from './words.ts';

/** Tag of what a rule of destination NAT took. */
export const TRANSLATED_TAG = 'ptl_rdr';

/** Where a packet is judged: on its way in, to the firewall itself, or out, through an interface. */
export type Stage = 'self' | 'named' | 'other' | 'any';

interface Asked {
  readonly inputs?: readonly string[] | undefined;
  readonly translated?: boolean | undefined;
}

/**
 * A packet has one tag. On its way out it tells by which interface the packet came in, which pf does
 * not ask otherwise; `t` that destination NAT took it; `s` that it is for the firewall itself; `n` that
 * it leaves by an interface that the policy names.
 */
export class Tags {
  /** Index is the number of the class; the first is every interface that the policy does not name. */
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  readonly #isTranslated: boolean;

  constructor(interfaces: readonly string[], boxes: readonly Box[]) {
    this.#inputs = [OTHER_INTERFACE, ...interfaces];
    this.#outputs = interfaces;
    this.#isTranslated = boxes.some(({ translated }) => translated !== undefined);
  }

  /** Tags of what a box asks besides what pf asks itself; an empty one asks nothing. */
  of({ inputs, translated }: Asked, stage: Stage): readonly string[] {
    if (stage === 'any') {
      if (inputs === undefined && translated === undefined) return [''];
      return [
        ...this.of({ inputs, translated }, 'named'),
        ...this.of({ inputs, translated }, 'other'),
      ];
    }
    const end = { self: 's', named: 'n', other: '' }[stage];
    const marks = this.#marksOf(translated);
    return this.#inputs.flatMap((name, number) =>
      inputs === undefined || inputs.includes(name)
        ? marks.map((mark) => `ptl_${number}${mark}${end}`)
        : [],
    );
  }

  #marksOf(translated: boolean | undefined): readonly string[] {
    if (!this.#isTranslated) return [''];
    if (translated === undefined) return ['', 't'];
    return [translated ? 't' : ''];
  }

  /** They decide nothing and come before all that ask. */
  lines(): readonly string[] {
    const named = this.#inputs.slice(1);
    const free = this.#isTranslated ? ` ! tagged ${TRANSLATED_TAG}` : '';
    const taken = this.#isTranslated
      ? [
          ...named.map((name, index) => inLine(name, ` tagged ${TRANSLATED_TAG}`, `${index + 1}t`)),
          `match in all tagged ${TRANSLATED_TAG} tag ptl_0t`,
        ]
      : [];
    const classes = this.#inputs.flatMap((_, number) =>
      this.#isTranslated ? [`${number}`, `${number}t`] : [`${number}`],
    );
    return [
      `match in all${free} tag ptl_0`,
      ...named.map((name, index) => inLine(name, free, `${index + 1}`)),
      ...taken,
      ...classes.map((each) => `match in from any to (self) tagged ptl_${each} tag ptl_${each}s`),
      ...(this.#outputs.length === 0
        ? []
        : classes.map(
            (each) =>
              `match out on ${oneOf(this.#outputs.map(interfaceName))} all tagged ptl_${each} tag ptl_${each}n`,
          )),
    ];
  }
}

function inLine(name: string, condition: string, tag: string): string {
  return `match in on ${interfaceName(name)} all${condition} tag ptl_${tag}`;
}
