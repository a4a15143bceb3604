import { visible } from '../../base/untrusted.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
}

/** Figures of one name: prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Characters of a label's value; they may come from the network. */
const LONGEST = 120;

/** Families without a sample are left out: what is not known has no figure. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(
    ({ labels, value, suffix = '' }) => `${name}${suffix}${labelsText(labels)} ${valueText(value)}`,
  );
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n')}\n`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** The three characters that the format escapes; controls are visible already. */
function labelValue(text: string): string {
  return visible(text)
    .slice(0, LONGEST)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isFinite(value) ? String(value) : 'NaN';
}

/** Counts by labels, in order of first appearance; after `most` of them the rest is one. */
export class Tally {
  readonly #counts = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #most: number;
  readonly #rest: (labels: Labels) => Labels;

  /** @param rest labels of what is beyond: `other` where the value is unbounded */
  constructor(most: number, rest: (labels: Labels) => Labels) {
    this.#most = most;
    this.#rest = rest;
  }

  add(labels: Labels, value = 1): void {
    const key = JSON.stringify(labels);
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.value += value;
    } else if (this.#counts.size < this.#most) {
      this.#counts.set(key, { labels, value });
    } else {
      this.#overflow(this.#rest(labels), value);
    }
  }

  samples(): readonly Sample[] {
    return [...this.#counts.values()];
  }

  #overflow(labels: Labels, value: number): void {
    const key = JSON.stringify(labels);
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels, value });
    else known.value += value;
  }
}
