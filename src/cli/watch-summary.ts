import { count } from './format.ts';
import type { Seen } from './watch-seen.ts';

/** What it was all about, in sentences; honest about what was not seen. */
export function summaryLines(where: string, seen: Seen): readonly string[] {
  const { status } = seen;
  if (status === undefined) return [];
  const site = seen.site();
  const devices = site.devices.filter((one) => one.addresses.some((at) => seen.addresses.has(at)));
  const ids = new Set(devices.map(({ id }) => id));
  const services = site.services.filter(({ device }) => ids.has(device));
  const parts = [
    count(status.packets, 'packet'),
    `${status.octets} bytes`,
    count(status.flows, 'conversation'),
    count(devices.length, 'device'),
    count(services.length, 'service'),
  ];
  return [`${where}: ${parts.join(', ')}.`, ...lossLines(seen)];
}

function lossLines({ status }: Seen): readonly string[] {
  if (status === undefined) return [];
  const { packets, dropped, lost, streamed, evicted, undecoded, untold = 0 } = status;
  const lines: string[] = [];
  if (dropped === undefined) lines.push('How many packets were lost is not known.');
  else
    lines.push(
      `Lost before they could be looked at: ${count(dropped, 'packet')}${share(dropped, packets + dropped)}.`,
    );
  if (lost > 0) lines.push(`Missing in TCP: ${lost} bytes${share(lost, streamed + lost)}.`);
  if (evicted > 0) lines.push(`Forgotten for want of room: ${count(evicted, 'conversation')}.`);
  if (untold > 0)
    lines.push(`Too many at once to be watched for alerts: ${count(untold, 'event')}.`);
  if (undecoded > 0) lines.push(`Damaged or foreign: ${count(undecoded, 'frame')}.`);
  return lines;
}

function share(part: number, whole: number): string {
  return part === 0 || whole === 0 ? '' : ` (${((part * 100) / whole).toFixed(2)} %)`;
}
