import type { Category } from '../src/model/core.ts';
import type { Flow } from '../src/model/flow.ts';
import type {
  Advertised,
  OpenPort,
  SegmentDevice,
  SegmentFlow,
  SegmentInput,
} from '../src/policy/segment/segment.ts';
import { seeded } from './_policies.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 20);
const ROUTER = '192.168.1.1';
const CLOUD = '203.0.113.';

interface Sort {
  readonly kind: string;
  readonly category: Category | 'unknown';
  readonly share: number;
  readonly open: readonly OpenPort[];
  readonly advertises?: readonly Advertised[];
}

function tcp(port: number, protocol: string): OpenPort {
  return { transport: 'tcp', port, protocol };
}

function says(type: string, port: number, transport: 'tcp' | 'udp' = 'tcp'): Advertised {
  return { type, transport, port };
}

/** What a large household or a small office has, in proportion. */
const SORTS: readonly Sort[] = [
  { kind: 'phone', category: 'general-purpose', share: 7, open: [] },
  { kind: 'laptop', category: 'general-purpose', share: 5, open: [tcp(22, 'ssh')] },
  { kind: 'nas', category: 'general-purpose', share: 2, open: [tcp(445, 'smb'), tcp(443, 'http')] },
  {
    kind: 'tv',
    category: 'smart-home',
    share: 3,
    open: [tcp(8009, 'googlecast'), tcp(8008, 'http')],
    advertises: [says('_googlecast._tcp', 8009)],
  },
  {
    kind: 'speaker',
    category: 'smart-home',
    share: 5,
    open: [tcp(7000, 'airplay'), tcp(1400, 'http')],
    advertises: [says('_airplay._tcp', 7000), says('upnp', 1400)],
  },
  {
    kind: 'printer',
    category: 'printer',
    share: 1,
    open: [tcp(631, 'ipp'), tcp(9100, 'jetdirect')],
    advertises: [says('_ipp._tcp', 631)],
  },
  { kind: 'camera', category: 'smart-home', share: 6, open: [tcp(554, 'rtsp'), tcp(80, 'http')] },
  { kind: 'recorder', category: 'smart-home', share: 1, open: [tcp(443, 'http')] },
  { kind: 'hub', category: 'smart-home', share: 1, open: [tcp(1883, 'mqtt'), tcp(80, 'http')] },
  { kind: 'light', category: 'smart-home', share: 12, open: [tcp(80, 'http')] },
  { kind: 'plug', category: 'smart-home', share: 6, open: [tcp(6668, 'tuya')] },
  { kind: 'plc', category: 'industrial', share: 2, open: [tcp(502, 'modbus')] },
  { kind: 'hmi', category: 'industrial', share: 1, open: [tcp(443, 'http')] },
  { kind: '', category: 'unknown', share: 1, open: [tcp(23, 'telnet')] },
  { kind: 'access point', category: 'infrastructure', share: 1, open: [tcp(22, 'ssh')] },
];

interface Made {
  readonly devices: SegmentDevice[];
  readonly flows: SegmentFlow[];
}

/**
 * A made-up site that is the same for the same numbers: devices of usual sorts, and conversations of
 * a month as such devices have them. Among them one that must not pass: a lamp asked a file server
 * for its files, once.
 */
export function madeSite(deviceCount: number, flowCount: number, seed = 1): SegmentInput {
  const made: Made = { devices: [], flows: [] };
  const total = SORTS.reduce((sum, { share }) => sum + share, 0);
  for (const sort of SORTS) {
    const count = Math.max(1, Math.round((sort.share * deviceCount) / total));
    for (let number = 0; number < count && made.devices.length < deviceCount; number += 1) {
      made.devices.push(device(sort, made.devices.length));
    }
  }
  while (made.devices.length < deviceCount) {
    made.devices.push(device(SORTS[9] ?? SORTS[0], made.devices.length));
  }
  usual(made, flowCount - 1, seed);
  const lamp = ofKind(made, 'light')[0];
  const files = ofKind(made, 'nas')[0];
  if (lamp !== undefined && files !== undefined) talk(made, lamp, files, 445, 'smb', 1);
  return {
    devices: made.devices,
    flows: made.flows,
    routers: [ROUTER],
    networks: deviceCount > 240 ? [['192.168.0.0/21']] : [['192.168.1.0/24']],
    now: START + 30 * DAY,
  };
}

function device(sort: Sort | undefined, index: number): SegmentDevice {
  const host = index + 10;
  const last = `${1 + (host >> 8)}.${host & 255}`;
  const code = index.toString(36).toUpperCase().padStart(4, '0');
  return {
    id: `PTL-D-${code}`,
    endpoint: `device-${code.toLowerCase()}`,
    category: sort?.category ?? 'unknown',
    kind: sort?.kind ?? '',
    hasVendor: sort?.kind !== '',
    addresses: [`192.168.${last}`],
    macs: [`02:00:00:00:${hex(host >> 8)}:${hex(host & 255)}`],
    firstSeen: START,
    lastSeen: START + 30 * DAY,
    open: sort?.open ?? [],
    scanned: true,
    advertises: sort?.advertises ?? [],
    isSuspect: false,
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function ofKind({ devices }: Made, kind: string): readonly SegmentDevice[] {
  return devices.filter((one) => one.kind === kind);
}

type Way = readonly [from: string, to: string, port: number, protocol: string, times: number];

const WAYS: readonly Way[] = [
  ['phone', 'tv', 8009, 'googlecast', 6],
  ['phone', 'speaker', 7000, 'airplay', 5],
  ['laptop', 'nas', 445, 'smb', 20],
  ['laptop', 'printer', 631, 'ipp', 4],
  ['camera', 'recorder', 443, 'http', 25],
  ['recorder', 'camera', 554, 'rtsp', 25],
  ['hub', 'light', 80, 'http', 30],
  ['plug', 'hub', 1883, 'mqtt', 30],
  ['phone', 'hub', 80, 'http', 8],
  ['hmi', 'plc', 502, 'modbus', 30],
  ['phone', 'camera', 554, 'rtsp', 4],
];
const CLOUDY: readonly string[] = ['tv', 'speaker', 'plug', 'phone', 'laptop', 'hub', 'camera'];

/** Each kind of conversation on several days, until there are as many as wanted. */
function usual(made: Made, wanted: number, seed: number): void {
  const random = seeded(seed);
  for (let turn = 0; made.flows.length < wanted; turn += 1) {
    const way = WAYS[turn % (WAYS.length + 4)];
    if (way === undefined) {
      const sender = pick(ofKind(made, CLOUDY[random(CLOUDY.length)] ?? ''), random);
      const times = Math.min(4, wanted - made.flows.length);
      if (sender !== undefined) outward(made, sender, random(4) + 1, times);
      continue;
    }
    const [from, to, port, protocol] = way;
    const [client, server] = [pick(ofKind(made, from), random), pick(ofKind(made, to), random)];
    const times = Math.min(3, wanted - made.flows.length);
    if (client !== undefined && server !== undefined) {
      talk(made, client, server, port, protocol, times);
    }
  }
}

function pick<T>(list: readonly T[], random: (limit: number) => number): T | undefined {
  return list.length === 0 ? undefined : list[random(list.length)];
}

function outward(made: Made, client: SegmentDevice, host: number, times: number): void {
  const server = { addresses: [`${CLOUD}${host}`], macs: [] };
  talk(made, client, server, 443, 'tls', times);
}

function talk(
  made: Made,
  client: SegmentDevice,
  server: Pick<SegmentDevice, 'addresses' | 'macs'>,
  port: number,
  protocol: string,
  times: number,
): void {
  for (let day = 0; day < times; day += 1) {
    const at = START + (made.flows.length % 25) * DAY + day * DAY;
    const ends = { from: client.addresses[0] ?? '', to: server.addresses[0] ?? '' };
    made.flows.push(conversation({ id: made.flows.length + 1, at, ...ends, port, protocol }));
  }
}

export interface Talk {
  readonly id: number;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly transport?: Flow['transport'];
}

/** One conversation that was answered. */
export function conversation(words: Talk): SegmentFlow {
  const { id, at, from, to, port, protocol, transport = 'tcp' } = words;
  return {
    id,
    firstSeen: at,
    lastSeen: at + 60_000,
    source: { address: from, port: 40_000 + (id % 20_000) },
    destination: { address: to, port },
    transport,
    ipProtocol: transport === 'tcp' ? 6 : 17,
    sent: { packets: 10, bytes: 2000 },
    received: { packets: 12, bytes: 9000 },
    outcome: 'answered',
    protocol,
    version: '',
    over: transport === 'tcp' ? 'tcp' : 'udp',
    certainty: 'proved',
    communityId: '',
    frames: [0, 0],
    lost: 0,
  };
}
