import { shownAddress } from '../../../base/address.ts';
import type { LoggedChange } from '../../../ledger/change-log.ts';
import type { ChangeEvent } from '../../../model/api/site.ts';
import type { Instant } from '../../../model/core.ts';
import type { Device } from '../../../model/device.ts';
import type { SiteFacts } from './site-facts.ts';

/** Milliseconds after its first sight in which everything about a device is new: no change is told. */
const ACQUAINTANCE = 3_600_000;

/** What was done to a firewall, from the audit log. */
export interface Applied {
  readonly at: Instant;
  readonly text: string;
}

/** Everything that changed since then, newest first. */
export function changesSince(
  facts: SiteFacts,
  logged: readonly LoggedChange[],
  applied: readonly Applied[],
  since: Instant,
): readonly ChangeEvent[] {
  const events: ChangeEvent[] = [
    ...facts.site.devices.flatMap((device) => arrival(facts, device, since)),
    ...logged.flatMap((change) => eventOf(facts, change, since)),
    ...facts.alerts
      .filter(({ first }) => first.at >= since)
      .map(({ first }) => ({
        at: first.at,
        kind: 'alert' as const,
        ...(first.devices[0] === undefined ? {} : { device: facts.namedBy(first.devices[0]) }),
        text: facts.names.said(first, first.summary),
      })),
    ...applied
      .filter(({ at }) => at >= since)
      .map(({ at, text }) => ({ at, kind: 'change-applied' as const, text })),
  ];
  return events.sort((a, b) => b.at - a.at);
}

function arrival(
  facts: SiteFacts,
  { id, firstSeen, addresses }: Device,
  since: Instant,
): readonly ChangeEvent[] {
  if (firstSeen < since) return [];
  const address = shownAddress(addresses);
  const where = address === undefined ? '' : ` at ${address}`;
  return [{ at: firstSeen, kind: 'device-new', device: facts.named(id), text: `came${where}` }];
}

/** A device that is known no more has no name, but its address says enough. */
function eventOf(facts: SiteFacts, change: LoggedChange, since: Instant): readonly ChangeEvent[] {
  const { at, kind, subject, text } = change;
  if (at < since) return [];
  const device = facts.names.device(subject);
  const isFirstSight =
    device !== undefined &&
    kind !== 'port-closed' &&
    at - device.firstSeen < ACQUAINTANCE &&
    !text.startsWith('was ');
  return isFirstSight ? [] : [{ at, kind, device: facts.namedBy(subject), text }];
}

/** Whether a port appeared on a device that was known already. */
export function isNewPort(
  device: Device | undefined,
  { firstSeen }: { readonly firstSeen: Instant },
  now: Instant,
  within: number,
): boolean {
  if (device === undefined) return false;
  return firstSeen >= now - within && firstSeen - device.firstSeen >= ACQUAINTANCE;
}
