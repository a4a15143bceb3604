import { quote } from '../../../base/untrusted.ts';
import type { StatusView } from '../../../model/api/daemon.ts';
import type { ChangeView } from '../../../model/api/policy.ts';
import type { Need } from '../../../model/api/site.ts';
import { compareSeverity } from '../../../model/core.ts';
import type { Finding } from '../../../model/finding.ts';
import { asSentence, groupBy, rankFindings } from '../../../reports/shared/view.ts';
import type { SiteFacts } from './site-facts.ts';

/** What one person can take in. */
const MOST = 20;
const WEEK = 604_800_000;

export interface NeedParts {
  readonly status: StatusView | undefined;
  /** Changes of the firewall that go unless they are confirmed. */
  readonly waiting: readonly ChangeView[];
}

/**
 * What a person has to do, worst first: that nothing is seen, what will not wait, alerts, what is
 * wrong with each device, and who came and is not known.
 */
export function needsOf(facts: SiteFacts, { status, waiting }: NeedParts): readonly Need[] {
  const all = [...alertNeeds(facts), ...findingNeeds(facts), ...strangers(facts)];
  const ranked = all.sort((a, b) => compareSeverity(b.severity, a.severity) || order(a, b));
  return [...blindness(status), ...waiting.map(changeNeed), ...ranked].slice(0, MOST);
}

const KINDS: readonly Need['kind'][] = ['blind', 'alert', 'change', 'finding', 'unknown-device'];

function order(a: Need, b: Need): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.at - a.at || (a.id < b.id ? -1 : 1);
}

/** A dashboard that sees nothing must not look calm. */
function blindness(status: StatusView | undefined): readonly Need[] {
  return (status?.parts ?? [])
    .filter(({ state }) => state === 'failed' || state === 'degraded')
    .map(({ part, state, text, since }) => ({
      kind: 'blind' as const,
      severity: state === 'failed' ? ('high' as const) : ('medium' as const),
      at: since,
      text,
      id: part,
    }));
}

/** It takes itself back at its deadline, which is soon. */
function changeNeed({ id, at, title, deadline }: ChangeView): Need {
  return {
    kind: 'change',
    severity: 'high',
    at: deadline ?? at,
    text: `${asSentence(title)} It is in force, and is taken back unless you confirm it.`,
    id,
  };
}

function alertNeeds(facts: SiteFacts): readonly Need[] {
  return facts.alerts
    .filter(({ state }) => state === 'open')
    .map(({ id, severity, last }) => {
      const [key] = last.devices;
      return {
        kind: 'alert' as const,
        severity,
        at: last.at,
        text: facts.names.said(last, last.summary),
        id,
        ...(key === undefined ? {} : { device: facts.namedBy(key) }),
      };
    });
}

/** One line a device: its worst, and how many more. */
function findingNeeds(facts: SiteFacts): readonly Need[] {
  const matter = facts.site.findings.filter(
    ({ severity }) => compareSeverity(severity, 'medium') >= 0,
  );
  return [...groupBy(matter, ({ device }) => device)].flatMap(([device, own]) => {
    const [first, ...more] = rankFindings(own);
    return first === undefined ? [] : [findingNeed(facts, device, first, more.length)];
  });
}

function findingNeed(facts: SiteFacts, device: string, first: Finding, more: number): Need {
  const known = facts.device(device);
  return {
    kind: 'finding',
    severity: first.severity,
    at: known?.lastSeen ?? facts.site.at,
    text: more === 0 ? first.summary : `${asSentence(first.summary)} And ${more} more.`,
    id: first.id,
    device: facts.named(device),
  };
}

function strangers(facts: SiteFacts): readonly Need[] {
  return facts.site.devices
    .filter(({ category, firstSeen }) => {
      return category === 'unknown' && firstSeen >= facts.site.at - WEEK;
    })
    .map((device) => ({
      kind: 'unknown-device' as const,
      severity: 'low' as const,
      at: device.firstSeen,
      text: `${quote(device.name)} came, and nobody knows what it is`,
      id: device.id,
      device: facts.named(device.id),
    }));
}
