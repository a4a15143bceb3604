import type { Untrusted } from '../base/untrusted.ts';
import type { Site } from '../model/site.ts';
import { serviceOf } from '../policy/segment/needs.ts';
import type { Blast, Break, BreakKind, Need, SegmentPlan } from '../policy/segment/segment.ts';
import { INTERNET } from '../policy/segment/segment.ts';
import { writePolicy } from '../policy/write.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Lines of each kind that a person is shown; the JSON has all. */
const SHOWN = 25;

export const BREAK_WORD: Readonly<Record<BreakKind, string>> = {
  rare: 'decide: seen too rarely to allow it unasked',
  'link-local': 'IPv6 link-local: no router forwards it',
  group: 'spoken to everybody: heard in its own zone only',
  quarantine: 'quarantine: say what the device is, or allow it',
  guest: 'guests reach the internet only',
  'from-internet': 'opened from the internet',
};

/** What to call a device in output; the encoder of the sink comes later. */
export type NameOf = (index: number) => string | Untrusted;

export function namesOf(plan: SegmentPlan, site: Site): NameOf {
  const names = new Map(site.devices.map(({ id, name }) => [id, name]));
  return (index) => {
    if (index === INTERNET) return 'internet';
    const id = plan.devices[index]?.id;
    return id === undefined ? 'everybody' : (names.get(id) ?? id);
  };
}

export function planJson(shell: Shell, plan: SegmentPlan): string {
  const idOf = (index: number): string =>
    index === INTERNET ? 'internet' : (plan.devices[index]?.id ?? 'everybody');
  const needJson = (need: Need): object => ({
    from: idOf(need.client),
    to: idOf(need.server),
    service: serviceOf(need),
    application: need.application,
    flows: need.flows,
    bytes: need.bytes,
    days: need.days,
    lastSeen: new Date(need.lastSeen).toISOString(),
    evidence: need.evidence,
  });
  return jsonDocument('segment-plan', {
    generated: new Date(shell.now()).toISOString(),
    zones: plan.zones.map((zone) => ({ ...zone, members: zone.members.map(idOf) })),
    placements: plan.placements.map(({ device, zone, reason, stays, flows }) => ({
      device: device.id,
      zone,
      reason,
      stays: stays ?? null,
      flows: flows.map(needJson),
    })),
    crossings: plan.crossings.map(({ needs, ...crossing }) => ({
      ...crossing,
      lastSeen: new Date(crossing.lastSeen).toISOString(),
      devices: needs.map(needJson),
    })),
    breaks: plan.breaks.map(({ client, server, ...one }) => ({
      ...one,
      lastSeen: new Date(one.lastSeen).toISOString(),
      fromDevice: idOf(client),
      toDevice: idOf(server),
    })),
    relays: plan.relays,
    readdressed: plan.readdressed,
    blast: plan.blast,
    jewels: plan.jewels,
    routers: plan.routers,
    notes: plan.notes,
    policy: writePolicy(plan.policy),
  });
}

export function printPlan(shell: Shell, plan: SegmentPlan, nameOf: NameOf): void {
  printZones(shell, plan);
  printBlast(shell, plan);
  printPlacements(shell, plan, nameOf);
  printCrossings(shell, plan);
  printBreaks(shell, plan, nameOf);
  printDiscovery(shell, plan, nameOf);
  for (const note of plan.notes) shell.say(note);
}

function title(shell: Shell, text: string): void {
  shell.out(`\n${text}\n`);
}

function more(shell: Shell, all: number): void {
  if (all > SHOWN) shell.out(`  and ${all - SHOWN} more: --json has all\n`);
}

function printZones(shell: Shell, { zones, routers, readdressed }: SegmentPlan): void {
  shell.out(
    table(
      shell,
      [
        { title: 'Zone', value: ({ name }) => name },
        { title: 'Devices', value: ({ members }) => members.length, align: 'right' },
        { title: 'VLAN', value: ({ vlan }) => vlan ?? 'as now', align: 'right' },
        { title: 'Network', value: ({ networks }) => networks.join(', ') },
        { title: 'For', value: ({ title: text }) => text, rank: 1 },
      ],
      zones,
    ),
  );
  if (routers.length > 0) shell.say(`The router is in every zone: ${routers.join(', ')}`);
  if (readdressed.length > 0) {
    shell.say(
      `${count(readdressed.length, 'device')} will get another address: tell whatever has the old one written down`,
    );
  }
}

function printBlast(shell: Shell, { blast, devices }: SegmentPlan): void {
  title(shell, 'Devices that whoever takes over one of them reaches');
  const rows: readonly (readonly [string, Blast])[] = [
    ['as it is, flat', blast.flat],
    ['these zones', blast.zones],
    ['these zones, rules for each device', blast.devices],
  ];
  shell.out(
    table(
      shell,
      [
        { title: 'With', value: ([name]) => name },
        { title: 'At once', value: ([, one]) => one.directMean.toFixed(1), align: 'right' },
        { title: 'In the end', value: ([, one]) => one.mean.toFixed(1), align: 'right' },
        { title: 'At worst', value: ([, one]) => one.max, align: 'right' },
        { title: 'Ways to what matters most', value: ([, one]) => one.jewelPaths, align: 'right' },
      ],
      rows,
    ),
  );
  shell.say(`Of ${count(devices.length, 'device')}; means, but for the last two columns`);
}

function printPlacements(shell: Shell, plan: SegmentPlan, nameOf: NameOf): void {
  title(shell, 'Why here');
  const rows = plan.placements.toSorted((a, b) => order(plan, a.zone) - order(plan, b.zone));
  const flowText = (need: Need): string =>
    `${plan.devices[need.client]?.id ?? 'internet'}→${plan.devices[need.server]?.id ?? (need.server === INTERNET ? 'internet' : 'router')} ${serviceOf(need)}`;
  const indexOf = new Map(plan.devices.map(({ id }, index) => [id, index]));
  shell.out(
    table(
      shell,
      [
        { title: 'Zone', value: ({ zone }) => zone },
        { title: 'Id', value: ({ device }) => device.id },
        { title: 'Device', value: ({ device }) => nameOf(indexOf.get(device.id) ?? -1) },
        {
          title: 'Because',
          value: ({ reason, stays }) => (stays === undefined ? reason : `STAYS: ${reason}`),
        },
        { title: 'Traffic', value: ({ flows }) => flows.map(flowText).join(', '), rank: 1 },
      ],
      rows,
    ),
  );
}

function order({ zones }: SegmentPlan, name: string): number {
  return zones.findIndex((zone) => zone.name === name);
}

function printCrossings(shell: Shell, { crossings }: SegmentPlan): void {
  if (crossings.length === 0) return;
  title(shell, 'What the zones need of each other');
  shell.out(
    table(
      shell,
      [
        { title: 'From', value: ({ from }) => from },
        { title: 'To', value: ({ to }) => to },
        { title: 'Service', value: ({ service }) => service },
        { title: 'Pairs', value: ({ pairs }) => pairs, align: 'right' },
        { title: 'Flows', value: ({ flows }) => flows, align: 'right' },
        { title: 'Days', value: ({ days }) => days, align: 'right' },
        { title: 'Last', value: ({ lastSeen }) => timeText(shell, lastSeen), rank: 1 },
      ],
      crossings.slice(0, SHOWN),
    ),
  );
  more(shell, crossings.length);
}

function printBreaks(shell: Shell, { breaks }: SegmentPlan, nameOf: NameOf): void {
  title(shell, breaks.length === 0 ? 'Nothing that was seen would break' : 'What would break');
  if (breaks.length === 0) return;
  shell.out(
    table(
      shell,
      [
        { title: 'Device', value: ({ client }: Break) => nameOf(client) },
        { title: 'Needs', value: ({ server }) => nameOf(server) },
        { title: 'Service', value: ({ service }) => service },
        { title: 'Zones', value: ({ from, to }) => `${from} → ${to}`, rank: 1 },
        { title: 'Flows', value: ({ flows }) => flows, align: 'right' },
        { title: 'Days', value: ({ days }) => days, align: 'right' },
        { title: 'Last', value: ({ lastSeen }) => timeText(shell, lastSeen), rank: 2 },
        { title: 'Why', value: ({ kind }) => BREAK_WORD[kind] },
      ],
      breaks.slice(0, SHOWN),
    ),
  );
  more(shell, breaks.length);
}

function printDiscovery(shell: Shell, plan: SegmentPlan, nameOf: NameOf): void {
  const { relays, placements, devices } = plan;
  if (relays.length > 0) title(shell, 'Discovery that has to be relayed');
  for (const { protocol, from, to, types, pairs } of relays) {
    shell.out(`  ${protocol} ${from} → ${to}: ${types.join(', ')} (${count(pairs, 'pair')})\n`);
  }
  const staying = placements.filter(({ stays }) => stays !== undefined);
  if (staying.length === 0) return;
  title(shell, 'Do not move');
  const indexOf = new Map(devices.map(({ id }, index) => [id, index]));
  shell.out(
    table(
      shell,
      [
        { title: 'Id', value: ({ device }) => device.id },
        { title: 'Device', value: ({ device }) => nameOf(indexOf.get(device.id) ?? -1) },
        { title: 'Because', value: ({ stays }) => stays?.reason ?? '' },
        { title: 'Source', value: ({ stays }) => stays?.source ?? '', rank: 1 },
      ],
      staying,
    ),
  );
}
