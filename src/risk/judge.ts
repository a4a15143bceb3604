import { shortId } from '../base/id.ts';
import type { Instant } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
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
  const rows = new Map(
    ledger
      .filter(({ direction }) => direction === 'to-device')
      .map((row) => [`${row.device} ${row.transport}/${row.port}`, row]),
  );
  const findings = subjects.flatMap(({ device, services, evidence }) =>
    riskRules.all.flatMap((rule: RiskRule) => [
      ...services.flatMap((service) => {
        const row = rows.get(`${device.id} ${service.transport}/${service.port}`);
        const protocol = tools.protocol(service.protocol);
        const found = rule.check?.({ at, device, service, row, protocol });
        return found === undefined ? [] : [findingOf(rule, device, found)];
      }),
      ...(rule.checkDevice?.({ at, device, services, evidence, tools }) ?? []).map((found) =>
        findingOf(rule, device, found),
      ),
    ]),
  );
  return withIds([...findings, ...ofSite(at, subjects)].sort(worstFirst));
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

type Nameless = Omit<Finding, 'id'>;

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

/** Ids are given in the order of what they name, so that a new finding seldom lengthens an old id. */
function withIds(findings: readonly Nameless[]): readonly Finding[] {
  const taken = new Set<string>();
  const ids = new Map<Nameless, string>();
  const byName = findings.map((finding) => ({ finding, name: nameOf(finding) }));
  for (const { finding, name } of byName.sort((a, b) => compareText(a.name, b.name))) {
    let length = 4;
    while (taken.has(shortId('F', name, length)) && length < 12) length += 1;
    const id = shortId('F', name, length);
    taken.add(id);
    ids.set(finding, id);
  }
  return findings.map((finding) => ({ id: ids.get(finding) ?? '', ...finding }));
}

function nameOf({ rule, device, transport, port, product }: Nameless): string {
  const place = `${rule} ${device} ${transport ?? ''}/${port ?? ''}`;
  return product === undefined ? place : `${place} ${product}`;
}
