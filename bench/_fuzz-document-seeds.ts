import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { randomPolicy } from '../lab/kernel/policies.ts';
import { Random } from '../lab/kernel/random.ts';
import { targets } from '../src/targets/index.ts';
import { SAMPLES } from '../test/importers/samples.ts';
import { BAD, GOOD } from '../test/policy/bad-policies.ts';
import { EXCHANGES } from '../test/protocols/exchanges/index.ts';
import { RULESETS } from './_fuzz-rulesets.ts';

export interface DocumentSeeds {
  /** By importer. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly feeds: readonly string[];
  /** By firewall. */
  readonly rulesets: Readonly<Record<string, readonly string[]>>;
  readonly policies: readonly string[];
  readonly muds: readonly string[];
  readonly certificates: readonly Uint8Array[];
}

const FIXTURES = resolve('test/fixtures');
/** Characters of a ruleset of ours: a long one says the same again. */
const SHORT = 3000;

/** Documents of the tests' fixtures, policies as we render them, and rulesets of other people. */
export function documentSeeds(): DocumentSeeds {
  return {
    imports: Object.fromEntries(
      Object.entries(SAMPLES).map(([id, samples]) => [id, Object.values(samples)]),
    ),
    feeds: textsIn(join(FIXTURES, 'feeds'), '.json'),
    rulesets: rulesets(),
    policies: [GOOD, ...BAD.map(([, change]) => changed(change))],
    muds: textsIn(join(FIXTURES, 'mud'), '.json'),
    certificates: certificates(),
  };
}

function changed(change: (typeof BAD)[number][1]): string {
  return typeof change === 'string' ? change : GOOD.replace(change[0], change[1]);
}

function textsIn(folder: string, end: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** Policies as we render them, and what other people have. */
function rulesets(): DocumentSeeds['rulesets'] {
  return Object.fromEntries(
    targets.all.map((target) => {
      const ours = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007].flatMap((seed) => {
        const bound = randomPolicy(new Random(seed), 1, new Set());
        return target.unsupported(bound).length > 0 ? [] : target.render(bound).files;
      });
      const texts = ours.map(({ text }) => text).filter(({ length }) => length <= SHORT);
      return [target.id, [...RULESETS[target.id], ...texts.slice(0, 6)]];
    }),
  );
}

/** X.509 in what servers said: a SEQUENCE with a length of two octets, and another one in it. */
function certificates(): readonly Uint8Array[] {
  return EXCHANGES.flatMap(({ server }) => {
    const bytes = Buffer.from(server.replaceAll(/\s/g, ''), 'hex');
    const at = bytes.indexOf(Buffer.from([0x30, 0x82]));
    return at < 0 || bytes.length - at < 300 ? [] : [Uint8Array.from(bytes.subarray(at))];
  });
}
