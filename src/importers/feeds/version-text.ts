import type { VersionRange } from '../../model/vulnerability.ts';

const LONGEST = 300;
const UNSTATED: readonly VersionRange[] = [{ unstated: true }];

const SCHEME = /^vers:[a-z0-9.+-]{1,30}\//i;
const ALL = /^all versions\b/i;
/** A sign or none, then a version; behind it at most which service pack or update. */
const CONSTRAINT = /^(<=|>=|<|>|=)?\s?(v?\d[^\s,|]{0,63}(?: (?:SP|HF|Upd|Update) ?\d{1,4})?)$/i;

interface Constraint {
  readonly sign: string;
  readonly version: string;
}

/**
 * Versions as advisories write them: `vers:all/*`, `vers:intdot/>=1.7.6|<1.15.17`, `< V4.5.0`,
 * `All versions < V2.9.2`, `V4.0`. What is written otherwise (a note, an excluded version) is
 * `unstated`: a range that was guessed would clear a device that is affected.
 *
 * @param exact whether a bare version is one version, as under CSAF's `product_version`
 */
export function readRanges(text: string, exact: boolean): readonly VersionRange[] {
  const whole = text.slice(0, LONGEST).trim();
  const plain = whole.replace(SCHEME, '').replace(ALL, '').trim();
  if (plain === '*' || (plain === '' && whole !== '')) return [{}];
  const constraints = plain.split(/[|,]| and | (?=[<>])/i).map((one) => constraintOf(one.trim()));
  const known = constraints.filter((one) => one !== undefined);
  const isBare = known.length === 1 && known[0]?.sign === '' && !exact && !SCHEME.test(whole);
  return known.length < constraints.length || isBare ? UNSTATED : joined(known);
}

function constraintOf(text: string): Constraint | undefined {
  const [, sign = '', version] = CONSTRAINT.exec(text) ?? [];
  return version === undefined ? undefined : { sign, version };
}

/** vers: constraints stand in the order of versions, and an upper end closes what a lower one opened. */
function joined(constraints: readonly Constraint[]): readonly VersionRange[] {
  const ranges: VersionRange[] = [];
  let isOpen = false;
  for (const constraint of constraints) {
    const end = endOf(constraint);
    const isUpper = constraint.sign.startsWith('<');
    const lower = isUpper && isOpen ? ranges.pop() : undefined;
    ranges.push({ ...lower, ...end });
    isOpen = constraint.sign.startsWith('>');
  }
  return ranges;
}

function endOf({ sign, version }: Constraint): VersionRange {
  switch (sign) {
    case '>':
      return { after: version };
    case '>=':
      return { from: version };
    case '<':
      return { before: version };
    case '<=':
      return { to: version };
    default:
      return { from: version, to: version };
  }
}
