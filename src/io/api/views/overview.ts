import type { ChangeEvent, Overview } from '../../../model/api/site.ts';
import { SEVERITIES } from '../../../model/core.ts';
import { VERDICT } from '../../../query/resources/words.ts';
import type { HourTotal, Talk } from '../../store/flow-totals.ts';
import { isUnused, isWayIn } from './device-items.ts';
import type { NeedParts } from './needs.ts';
import { needsOf } from './needs.ts';
import { isEncrypted } from './port-items.ts';
import type { SiteFacts } from './site-facts.ts';

const WEEK = 604_800_000;
const HOUR = 3_600_000;
const HOURS = 24;
/** Changes and talkers that are shown; the rest has a page of its own. */
const CHANGES = 20;
const TALKERS = 5;

export interface OverviewParts extends NeedParts {
  /** Of the last week, newest first. */
  readonly changes: readonly ChangeEvent[];
  /** Of the last day. */
  readonly hours: readonly HourTotal[];
  readonly talks: readonly Talk[];
}

/** What needs somebody, and what changed. */
export function overview(facts: SiteFacts, parts: OverviewParts): Overview {
  const { site } = facts;
  const open = site.services.filter(({ state }) => state === 'open');
  const isOpenAlert = ({ state }: { readonly state: string }): boolean => state !== 'resolved';
  return {
    at: site.at,
    needsYou: needsOf(facts, parts),
    devices: site.devices.length,
    devicesNew7d: site.devices.filter(({ firstSeen }) => firstSeen >= site.at - WEEK).length,
    byCategory: tally(site.devices.map(({ category }) => category)),
    services: open.length,
    unused: site.ledger.filter(isUnused).length,
    unencrypted: open.filter(
      ({ protocol, over }) => protocol !== 'unknown' && !isEncrypted(protocol, over),
    ).length,
    reachableFromOutside: new Set(site.findings.filter(isWayIn).map(({ device }) => device)).size,
    verdicts: counted(
      VERDICT,
      site.ledger.map(({ verdict }) => verdict),
    ),
    findings: counted(
      SEVERITIES,
      site.findings.map(({ severity }) => severity),
    ),
    alertsOpen: counted(
      SEVERITIES,
      facts.alerts.filter(isOpenAlert).map(({ severity }) => severity),
    ),
    policy: counted(
      STATES,
      site.devices.map(({ id }) => facts.policyStateOf(id)),
    ),
    changed: parts.changes.slice(0, CHANGES),
    traffic: everyHour(parts.hours, site.at),
    topTalkers: talkers(facts, parts.talks),
  };
}

const STATES = ['none', 'observing', 'learned', 'trial', 'enforcing', 'quarantine'] as const;

function counted<Word extends string>(
  words: readonly Word[],
  found: readonly Word[],
): Readonly<Record<Word, number>> {
  const counts = tally(found);
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: every word of the list is a key
  return Object.fromEntries(words.map((word) => [word, counts[word] ?? 0])) as Record<Word, number>;
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** An hour without any flow is a point of its own; without any traffic at all there is no line. */
function everyHour(hours: readonly HourTotal[], now: number): Overview['traffic'] {
  if (hours.length === 0) return [];
  const known = new Map(hours.map((hour) => [hour.at, hour]));
  const last = Math.floor(now / HOUR) * HOUR;
  return Array.from({ length: HOURS }, (_, index) => {
    const at = last - (HOURS - 1 - index) * HOUR;
    return known.get(at) ?? { at, bytes: 0, flows: 0 };
  });
}

/** Devices with the most octets, each with the peer that had most of them. */
function talkers(facts: SiteFacts, talks: readonly Talk[]): Overview['topTalkers'] {
  const found = new Map<string, { bytes: number; peer: string }>();
  // The largest talk of a device comes first.
  for (const { source, destination, name, bytes } of talks) {
    const device = facts.names.device(source);
    if (device === undefined) continue;
    const known = found.get(device.id);
    if (known !== undefined) known.bytes += bytes;
    else {
      const other = facts.names.device(destination);
      const outside = name === '' ? destination : name;
      const peer = other === undefined ? outside : facts.named(other.id).name;
      found.set(device.id, { bytes, peer });
    }
  }
  return [...found]
    .sort((a, b) => b[1].bytes - a[1].bytes)
    .slice(0, TALKERS)
    .map(([id, talker]) => ({ device: facts.named(id), ...talker }));
}
