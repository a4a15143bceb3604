import { formatAddress, parseNetwork } from '../../base/address.ts';
import { writePolicy } from '../write.ts';
import type { PlannedZone, Relay, SegmentOptions, SegmentPlan } from './segment.ts';

/** A file for one kind of router. Its name and all that is in it are of our own ids and numbers. */
export interface PlanFile {
  readonly name: string;
  readonly text: string;
}

/** Hosts of a zone's network that DHCP gives out: the first tenth is left for fixed addresses. */
const FIRST_HOST = 20;
const LAST_HOST = 250;
const LEASE_HOURS = 12;

type NewZone = PlannedZone & { readonly vlan: number };

/**
 * The plan for who carries it out: the draft policy, and networks and VLANs for the usual routers.
 *
 * @param ports of the router that belong to its inside: all carry each VLAN tagged
 */
export function planFiles(
  plan: SegmentPlan,
  options: SegmentOptions,
  ports: readonly string[],
): readonly PlanFile[] {
  const zones = plan.zones.filter((zone): zone is NewZone => zone.vlan !== undefined);
  const mdns = plan.relays.filter(({ protocol }) => protocol === 'mdns');
  return [
    { name: 'policy.yaml', text: writePolicy(plan.policy) },
    { name: 'openwrt.uci', text: openwrt(zones, options, ports) },
    { name: 'linux-bridge.sh', text: linuxBridge(zones, options, ports) },
    { name: 'dnsmasq.conf', text: dnsmasq(zones) },
    { name: 'routeros.rsc', text: routeros(zones, options, ports) },
    { name: 'unifi.md', text: unifi(plan, zones) },
    ...(plan.relays.length === 0 ? [] : [{ name: 'relay.sh', text: relayScript(plan) }]),
    ...(mdns.length === 0 ? [] : [{ name: 'avahi-daemon.conf', text: avahi(plan, mdns) }]),
  ];
}

interface Addresses {
  readonly router: string;
  readonly first: string;
  readonly last: string;
  readonly mask: string;
  readonly network: string;
  readonly prefix: number;
}

function addressesOf({ networks }: PlannedZone): Addresses | undefined {
  const network = networks.find((text) => parseNetwork(text)?.family === 4);
  const range = network === undefined ? undefined : parseNetwork(network);
  if (network === undefined || range === undefined) return undefined;
  const host = (number: number): string =>
    formatAddress({ family: 4, value: range.from + BigInt(number) });
  const prefix = Number(network.split('/')[1] ?? '32');
  const mask = (0xffff_ffff << (32 - prefix)) >>> 0;
  return {
    router: host(1),
    first: host(FIRST_HOST),
    last: host(LAST_HOST),
    mask: formatAddress({ family: 4, value: BigInt(mask) }),
    network,
    prefix,
  };
}

/** docs: openwrt.org/docs/guide-user/network/dsa/dsa-mini-tutorial, bridge VLAN filtering. */
function openwrt(
  zones: readonly NewZone[],
  { lan }: SegmentOptions,
  ports: readonly string[],
): string {
  const add = (section: string, type: string): string => `set ${section}='${type}'`;
  const vlan = (number: number, tag: string): readonly string[] => [
    add(`network.ptl_v${number}`, 'bridge-vlan'),
    `set network.ptl_v${number}.device='${lan}'`,
    `set network.ptl_v${number}.vlan='${number}'`,
    ...ports.map((port) => `add_list network.ptl_v${number}.ports='${port}:${tag}'`),
  ];
  const lines = zones.flatMap((zone) => {
    const at = addressesOf(zone);
    const id = `ptl_z${zone.vlan}`;
    return [
      `# Zone ${zone.name}`,
      ...vlan(zone.vlan, 't'),
      add(`network.${id}`, 'interface'),
      `set network.${id}.device='${zone.interface}'`,
      `set network.${id}.proto='static'`,
      ...(at === undefined
        ? []
        : [`set network.${id}.ipaddr='${at.router}'`, `set network.${id}.netmask='${at.mask}'`]),
      `set network.${id}.ip6assign='64'`,
      add(`dhcp.${id}`, 'dhcp'),
      `set dhcp.${id}.interface='${id}'`,
      `set dhcp.${id}.start='${FIRST_HOST}'`,
      `set dhcp.${id}.limit='${LAST_HOST - FIRST_HOST + 1}'`,
      `set dhcp.${id}.leasetime='${LEASE_HOURS}h'`,
      `set dhcp.${id}.ra='server'`,
    ];
  });
  return fileText([
    '# uci batch < openwrt.uci && uci changes; then: uci commit; service network restart',
    '# With the first bridge-vlan the bridge filters: the present network becomes VLAN 1, and its',
    `# interface ${lan}.1: write that for ${lan} in policy.yaml, too.`,
    '# Rules: portolan plan --policy policy.yaml --target openwrt -o rules',
    ...vlan(1, 'u*'),
    `set network.lan.device='${lan}.1'`,
    ...lines,
  ]);
}

/** bridge(8), ip-link(8): a bridge that filters by VLAN, and an interface of the router in each. */
function linuxBridge(
  zones: readonly NewZone[],
  { lan }: SegmentOptions,
  ports: readonly string[],
): string {
  const lines = zones.flatMap((zone) => {
    const at = addressesOf(zone);
    return [
      `# Zone ${zone.name}`,
      `bridge vlan add vid ${zone.vlan} dev ${lan} self`,
      ...ports.map((port) => `bridge vlan add vid ${zone.vlan} dev ${port}`),
      `ip link add link ${lan} name ${zone.interface} type vlan id ${zone.vlan}`,
      ...(at === undefined
        ? []
        : [`ip address add ${at.router}/${at.prefix} dev ${zone.interface}`]),
      `ip link set ${zone.interface} up`,
    ];
  });
  return fileText([
    '#!/bin/sh',
    '# Until the next start only: put it into the configuration of the network when it works.',
    '# A port that leads to devices of one zone: bridge vlan add vid NUMBER dev PORT pvid untagged',
    '# Rules: portolan plan --policy policy.yaml; addresses for the devices: dnsmasq.conf',
    'set -eu',
    `ip link set ${lan} type bridge vlan_filtering 1 vlan_default_pvid 1`,
    ...lines,
  ]);
}

/** dnsmasq(8), --dhcp-range. */
function dnsmasq(zones: readonly NewZone[]): string {
  return fileText(
    zones.flatMap((zone) => {
      const at = addressesOf(zone);
      if (at === undefined) return [];
      return [
        `# Zone ${zone.name}`,
        `interface=${zone.interface}`,
        `dhcp-range=${zone.interface},${at.first},${at.last},${at.mask},${LEASE_HOURS}h`,
      ];
    }),
  );
}

/** help.mikrotik.com/docs: Bridge VLAN Table. Filtering is switched on last, so that nobody is cut off halfway. */
function routeros(
  zones: readonly NewZone[],
  { lan }: SegmentOptions,
  ports: readonly string[],
): string {
  const lines = zones.flatMap((zone) => {
    const at = addressesOf(zone);
    const id = `ptl-z${zone.vlan}`;
    return [
      `# Zone ${zone.name}`,
      `/interface vlan add name=${zone.interface} interface=${lan} vlan-id=${zone.vlan} comment=${id}`,
      `/interface bridge vlan add bridge=${lan} tagged=${[lan, ...ports].join(',')} vlan-ids=${zone.vlan} comment=${id}`,
      ...(at === undefined
        ? []
        : [
            `/ip address add address=${at.router}/${at.prefix} interface=${zone.interface} comment=${id}`,
            `/ip pool add name=${id} ranges=${at.first}-${at.last}`,
            `/ip dhcp-server network add address=${at.network} gateway=${at.router} dns-server=${at.router} comment=${id}`,
            `/ip dhcp-server add name=${id} interface=${zone.interface} address-pool=${id} lease-time=${LEASE_HOURS}h disabled=no`,
          ]),
    ];
  });
  return fileText([
    '# In safe mode (Ctrl-X), so that a mistake is taken back: /import routeros.rsc',
    '# Rules: portolan plan --policy policy.yaml --target routeros -o rules',
    ...lines,
    `/interface bridge set [find name=${lan}] vlan-filtering=yes`,
  ]);
}

/** What is clicked, since its controller takes no file. */
function unifi({ relays, placements, zones: all }: SegmentPlan, zones: readonly NewZone[]): string {
  const network = (zone: NewZone): string => {
    const at = addressesOf(zone);
    const where = at === undefined ? '' : `, gateway ${at.router}/${at.prefix}`;
    return `- [ ] \`${zone.name}\`: VLAN ID ${zone.vlan}${where}, DHCP server on; devices: ${zone.members.length}`;
  };
  const types = [...new Set(relays.flatMap((one) => (one.protocol === 'mdns' ? one.types : [])))];
  const ends = [...new Set(relays.flatMap(({ from, to }) => [from, to]))];
  const stays = placements.filter((one) => one.stays !== undefined);
  const kept = all.find(({ vlan }) => vlan === undefined);
  return fileText([
    '# UniFi checklist',
    '',
    '## Networks (Settings › Networks › New)',
    ...zones.map(network),
    ...(kept === undefined ? [] : [`- [x] \`${kept.name}\`: keeps the network that is there`]),
    '',
    '## Zones and policies (Settings › Security)',
    '- [ ] One zone for each network above; block all from each to the others',
    '- [ ] Allow what `policy.yaml` allows: `portolan segment plan` lists it by pair of zones',
    '- [ ] Wi-Fi: a network name, or a private pre-shared key, for each VLAN',
    '',
    '## Discovery',
    ...(types.length === 0
      ? ['- [x] Nothing has to be relayed: leave Gateway mDNS Proxy off']
      : [
          `- [ ] Gateway mDNS Proxy: custom, these services only: ${types.join(', ')}`,
          `- [ ] For these networks only: ${ends.join(', ')}`,
        ]),
    ...(stays.length === 0
      ? []
      : [
          '',
          '## Do not move',
          ...stays.map(({ device, stays: stay }) => `- ${device.id}: ${stay?.reason ?? ''}`),
        ]),
  ]);
}

function relayScript({ relays, zones }: SegmentPlan): string {
  const interfaceOf = new Map(zones.map((zone) => [zone.name, zone.interface]));
  return fileText([
    '#!/bin/sh',
    '# One process for each pair of zones; keep them running with your init system.',
    ...relays.map(
      (relay) =>
        `portolan relay --from ${interfaceOf.get(relay.from) ?? relay.from} --to ${interfaceOf.get(relay.to) ?? relay.to} ${relay.protocol === 'mdns' ? '--types' : '--ssdp'} ${relay.types.join(',')} &`,
    ),
    'wait',
  ]);
}

/**
 * avahi-daemon.conf(5), [reflector]. Its filter is by service and for all interfaces alike, in both
 * directions: `portolan relay` passes less.
 */
function avahi({ zones }: SegmentPlan, relays: readonly Relay[]): string {
  const interfaceOf = new Map(zones.map((zone) => [zone.name, zone.interface]));
  const names = [...new Set(relays.flatMap(({ from, to }) => [from, to]))];
  const types = [...new Set(relays.flatMap((one) => one.types))].sort();
  return fileText([
    '# Where portolan relay cannot run. It reflects in both directions, between all of these.',
    '[server]',
    'use-ipv4=yes',
    'use-ipv6=yes',
    `allow-interfaces=${names.map((name) => interfaceOf.get(name) ?? name).join(',')}`,
    'ratelimit-interval-usec=1000000',
    'ratelimit-burst=100',
    '',
    '[publish]',
    'disable-publishing=yes',
    '',
    '[reflector]',
    'enable-reflector=yes',
    'reflect-ipv=no',
    `reflect-filters=${types.map((type) => `${type}.local`).join(',')}`,
  ]);
}

function fileText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
