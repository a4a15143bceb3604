import { shortId } from '../base/id.ts';
import type { Instant } from '../model/core.ts';
import { compareSeverity, SEVERITIES } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Finding } from '../model/finding.ts';
import type { LedgerRow } from '../model/ledger.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { riskRules } from './index.ts';
import type { Judgement, JudgeSubject, RiskRule, RiskTools } from './risk-rule.ts';

export interface JudgeTools extends RiskTools {
  protocol(id: string): Protocol | undefined;
}

/** Every rule over every device and service; the worst first, then by device and port. */
export function judge(
  at: Instant,
  subjects: readonly JudgeSubject[],
  ledger: readonly LedgerRow[],
  tools: JudgeTools,
): readonly Finding[] {
  const rows = new Map<string, LedgerRow[]>();
  for (const row of ledger) {
    const before = rows.get(row.device);
    if (before === undefined) rows.set(row.device, [row]);
    else before.push(row);
  }
  const judged = subjects.map((subject) =>
    judgeSubject(at, subject, rows.get(subject.device.id) ?? [], tools),
  );
  const steps = gatherFindings(at, subjects, judged);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What the rules say of one device, for itself. @param ledger its own rows */
export function judgeSubject(
  at: Instant,
  { device, services, evidence }: JudgeSubject,
  ledger: readonly LedgerRow[],
  tools: JudgeTools,
): readonly Nameless[] {
  const rows = new Map(
    ledger
      .filter(({ direction }) => direction === 'to-device')
      .map((row) => [`${row.transport}/${row.port}`, row]),
  );
  const findings = riskRules.all.flatMap((rule: RiskRule) => [
    ...services.flatMap((service) => {
      const row = rows.get(`${service.transport}/${service.port}`);
      const protocol = tools.protocol(service.protocol);
      const found = rule.check?.({ at, device, service, row, protocol });
      return found === undefined ? [] : [findingOf(rule, device, found)];
    }),
    ...(rule.checkDevice?.({ at, device, services, evidence, tools }) ?? []).map((found) =>
      findingOf(rule, device, found),
    ),
  ]);
  return findings.sort(worstFirst);
}

/**
 * Adds what the rules say of devices and of their site together, and gives everything its order and
 * its id; in steps, for who has others to answer meanwhile.
 *
 * @param judged of each subject
 */
export function* gatherFindings(
  at: Instant,
  subjects: readonly JudgeSubject[],
  judged: readonly (readonly Nameless[])[],
): Generator<undefined, readonly Finding[], undefined> {
  const order = subjects
    .map(({ device: { id } }, index) => ({ id, index }))
    .sort((a, b) => compareText(a.id, b.id));
  yield;
  // Each device is in order for itself: what is all but sorted is sorted in no time.
  const bySeverity = new Map(SEVERITIES.toReversed().map((one): [string, Nameless[]] => [one, []]));
  for (const { index } of order) {
    for (const finding of judged[index] ?? []) bySeverity.get(finding.severity)?.push(finding);
  }
  yield;
  const findings = [...[...bySeverity.values()].flat(), ...ofSite(at, subjects)].sort(worstFirst);
  yield;
  const ids = idsOf(findings);
  yield;
  return findings.map((finding) => withId(finding, ids.get(finding) ?? ''));
}

function ofSite(at: Instant, subjects: readonly JudgeSubject[]): readonly Nameless[] {
  const devices = new Map(subjects.map(({ device }) => [device.id, device]));
  return riskRules.all.flatMap((rule: RiskRule) =>
    (rule.checkSite?.({ at, subjects }) ?? []).flatMap((found) => {
      const device = devices.get(found.device);
      return device === undefined ? [] : [findingOf(rule, device, found)];
    }),
  );
}

/** A finding before all are together: an id is as long as it must be to be the only one. */
export type Nameless = Omit<Finding, 'id'>;

function findingOf(rule: RiskRule, device: Device, judgement: Judgement): Nameless {
  return {
    ...judgement,
    rule: rule.id,
    threat: rule.threat,
    device: device.id,
    clauses: rule.clauses,
    sources: rule.sources,
  };
}

function worstFirst(a: Nameless, b: Nameless): number {
  return (
    compareSeverity(b.severity, a.severity) ||
    compareText(a.device, b.device) ||
    (a.port ?? 0) - (b.port ?? 0) ||
    compareText(a.rule, b.rule)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Digits of an id that has them to itself. */
const SHORTEST = 4;
const LONGEST = 12;

/** Ids are given in the order of what they name, so that a new finding seldom lengthens an old id. */
function idsOf(findings: readonly Nameless[]): ReadonlyMap<Nameless, string> {
  const taken = new Map<string, Nameless>();
  const doubles: Nameless[] = [];
  for (const finding of findings) {
    const { name, id } = namesOf(finding);
    const before = taken.get(id);
    const isFirst = before === undefined || compareText(name, namesOf(before).name) < 0;
    if (isFirst) taken.set(id, finding);
    if (before !== undefined) doubles.push(isFirst ? before : finding);
  }
  for (const finding of doubles.sort((a, b) => compareText(namesOf(a).name, namesOf(b).name))) {
    taken.set(longerId(namesOf(finding).name, taken), finding);
  }
  return new Map([...taken].map(([id, finding]) => [finding, id]));
}

/** Whole findings, as they were given out before. */
const whole = new WeakMap<Nameless, Finding>();

function withId(finding: Nameless, id: string): Finding {
  const before = whole.get(finding);
  if (before?.id === id) return before;
  const made = { id, ...finding };
  whole.set(finding, made);
  return made;
}

function longerId(name: string, taken: ReadonlyMap<string, unknown>): string {
  let length = SHORTEST + 1;
  while (taken.has(shortId('F', name, length)) && length < LONGEST) length += 1;
  return shortId('F', name, length);
}

interface Names {
  readonly name: string;
  /** As short as can be. */
  readonly id: string;
}

/** A device that did not change has the same findings: what they are called is worked out once. */
const names = new WeakMap<Nameless, Names>();

function namesOf(finding: Nameless): Names {
  const known = names.get(finding);
  if (known !== undefined) return known;
  const { rule, device, transport, port, product } = finding;
  const place = `${rule} ${device} ${transport ?? ''}/${port ?? ''}`;
  const name = product === undefined ? place : `${place} ${product}`;
  const made = { name, id: shortId('F', name, SHORTEST) };
  names.set(finding, made);
  return made;
}
