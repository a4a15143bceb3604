import type { LabDevice, Level, Zone } from './device.ts';

const NETWORK: Readonly<Record<Zone, number>> = { home: 1, iot: 2, ot: 3 };
export const ZONES: readonly Zone[] = ['home', 'iot', 'ot'];
/** Of the namespace in which the product runs. */
export const SENSOR = 'sensor';
export const CROWD_NETWORK = 4;

/** 10.77.0.0/16 in namespaces, 127.77.0.0/16 on loopback. */
export function addressOf(device: Pick<LabDevice, 'zone' | 'host'>, level: Level): string {
  return `${prefix(level)}.${NETWORK[device.zone]}.${device.host}`;
}

/** Unique local (RFC 4193), so that nothing of it is routed anywhere. */
export function address6Of(device: Pick<LabDevice, 'zone' | 'host'>): string {
  return `fd77:77:77:${NETWORK[device.zone]}::${device.host}`;
}

/** Where a zone's devices are: a part of its /24, since each address without one costs a scan time. */
export function rangeOf(zone: Zone, level: Level): string {
  return `${prefix(level)}.${NETWORK[zone]}.0/27`;
}

/** The crowd's devices: up to 250 in a network of their own. */
export function crowdAddress(index: number, level: Level): string {
  return `${prefix(level)}.${CROWD_NETWORK}.${index + 3}`;
}

export function crowdRange(level: Level): string {
  return `${prefix(level)}.${CROWD_NETWORK}.0/24`;
}

function prefix(level: Level): string {
  return level === 1 ? '10.77' : '127.77';
}

interface Leg {
  readonly name: string;
  readonly network: number;
}

/** The sensor's legs, and the router's bridges. */
export function legs(crowd: boolean): readonly Leg[] {
  const zones = ZONES.map((zone) => ({ name: zone, network: NETWORK[zone] }));
  return crowd ? [...zones, { name: 'crowd', network: CROWD_NETWORK }] : zones;
}

/** The router's address in a zone; it offers nothing and forwards nothing. Of level 1 only. */
export function routerAddress(zone: Zone): string {
  return `10.77.${NETWORK[zone]}.1`;
}

/** Ubiquiti's prefix. */
function routerMac(network: number): string {
  return `24:a4:3c:1a:0${network}:01`;
}

/** The way out of a lab that lives: to what stands for the internet, which has no other. */
export const OUTSIDE = 'outside';
const UPLINK = { router: '198.51.100.1', outside: '198.51.100.2' };

/** `ip -batch` for the router's way out, and for the other end of it. */
export function uplinkBatch(): string[] {
  return [
    `netns add ${OUTSIDE}`,
    `link add wan type veth peer name eth0 netns ${OUTSIDE}`,
    'link set wan address 24:a4:3c:1a:0f:01',
    `addr add ${UPLINK.router}/24 dev wan`,
    'link set wan up',
    `route add default via ${UPLINK.outside}`,
  ];
}

/** Where one sees what every device sends, once: the mirror port of a switch. */
export const SPAN = 'span0';
const SPAN_IN = 'span1';

export function spanBatch(): string[] {
  return [
    `link add ${SPAN} type veth peer name ${SPAN_IN}`,
    ...[SPAN, SPAN_IN].map((name) => `link set ${name} addrgenmode none up`),
  ];
}

/**
 * nft(8): copies what comes in from each device's cable, and what the router hands to a zone from
 * outside: so each packet of the site is there once.
 *
 * @param count how many devices there are
 * @param outside network of the servers outside
 */
export function spanRules(count: number, outside: string): string {
  const cables = Array.from({ length: count }, (_, index) =>
    spanChain(`v${index}`, 'ingress', `v${index}`, ''),
  );
  const bridges = ZONES.map((zone) =>
    spanChain(`zone_${zone}`, 'egress', `br-${zone}`, `ip saddr ${outside} `),
  );
  return `table netdev lab_span {\n${[...cables, ...bridges].join('')}}\n`;
}

function spanChain(name: string, hook: 'ingress' | 'egress', device: string, only: string): string {
  return `chain ${name} {\ntype filter hook ${hook} device "${device}" priority 0\n${only}dup to "${SPAN_IN}"\n}\n`;
}

/** @param addresses of the servers there */
export function outsideBatch(addresses: readonly string[]): string[] {
  return [
    'link set lo up',
    `addr add ${UPLINK.outside}/24 dev eth0`,
    'link set eth0 up',
    `route add 10.77.0.0/16 via ${UPLINK.router}`,
    ...addresses.map((address) => `addr add ${address}/32 dev lo`),
  ];
}

/** Devices of a lab that lives reach the other zones and the outside through the router. */
export function defaultRoute({ zone }: Pick<LabDevice, 'zone'>): string {
  return `route add default via ${routerAddress(zone)}`;
}

/** `ip -batch` for the router: a bridge a zone, a cable to each device. */
export function routerBatch(devices: readonly LabDevice[], crowd: boolean): string[] {
  const bridges = legs(crowd).flatMap(({ name, network }) => [
    `link add br-${name} address ${routerMac(network)} type bridge forward_delay 0 mcast_snooping 0`,
    `addr add 10.77.${network}.1/24 dev br-${name}`,
    `link set br-${name} up`,
    `link add s-${name} type veth peer name eth-${name} netns ${SENSOR}`,
    `link set s-${name} addrgenmode none master br-${name} up`,
  ]);
  const cables = devices.flatMap(({ id, zone, mac }, index) => [
    `netns add ${id}`,
    `link add v${index} type veth peer name eth0 address ${mac} netns ${id}`,
    `link set v${index} addrgenmode none master br-${zone} up`,
  ]);
  return ['link set lo up', `netns add ${SENSOR}`, ...bridges, ...cables];
}

/** What is done inside the namespace of a device. There is no route to anywhere else. */
export function deviceBatch(device: LabDevice, ipv6: boolean): string[] {
  return [
    'link set lo up',
    `addr add ${addressOf(device, 1)}/24 broadcast + dev eth0`,
    'link set eth0 up',
    ...(ipv6 ? [`addr add ${address6Of(device)}/64 dev eth0 nodad`] : []),
  ];
}

export function sensorBatch(crowd: boolean, ipv6: boolean): string[] {
  const own = legs(crowd).flatMap(({ name, network }) => [
    `link set eth-${name} address 02:77:77:00:0${network}:02`,
    `addr add 10.77.${network}.2/24 broadcast + dev eth-${name}`,
    `link set eth-${name} up`,
    ...(ipv6 ? [`addr add fd77:77:77:${network}::2/64 dev eth-${name} nodad`] : []),
  ]);
  return ['link set lo up', ...own];
}
