import { sizeOf } from '../../base/address.ts';
import { eachPort, hasPort, portCount, portsOf } from '../../base/port-set.ts';
import { isSwept, merge } from '../discover/targets.ts';
import { allowanceOf, isRaised, overallOf } from './pace.ts';
import type { Planner } from './planner.ts';
import { PLANNER } from './planner.ts';
import { formatRange } from './ranges.ts';
import type { ScanPlan } from './scan-types.ts';
import { CONTROLLER_PORTS, mustStaySilent } from './treatment.ts';

/** What a scan would send, at most: for `--dry-run`, which sends nothing. */
export interface PlanDescription {
  readonly addresses: number;
  readonly tcpPorts: number;
  /** UDP ports for which a protocol has a question; the others are not asked. */
  readonly udpPorts: number;
  /** Upper bounds: an address where nobody is costs two packets, not all of them. */
  readonly packets: number;
  readonly bytes: number;
  readonly packetsPerSecond: number;
  /** Where every address has a device of an unknown class. */
  readonly seconds: number;
  readonly lines: readonly string[];
}

/** A SYN with options, and the frame around it (RFC 9293 §3.1, RFC 894). */
const SYN_BYTES = 74;
/** A question with its headers, as an average over our probes. */
const DATAGRAM_BYTES = 90;
/** The devices that are asked at once. */
const DEVICES = 128;

/** Pure: reads the plan, opens nothing. */
export function describePlan(plan: ScanPlan, planner: Planner = PLANNER): PlanDescription {
  const addresses = addressCount(plan);
  const tcpPorts = plan.discoverOnly ? 0 : portCount(plan.tcp);
  const udpPorts = plan.discoverOnly ? 0 : askedUdp(plan, planner).length;
  const each = tcpPorts + udpPorts;
  const packets = plan.discoverOnly ? addresses * 2 : addresses * each;
  const bytes = addresses * (tcpPorts * SYN_BYTES + udpPorts * DATAGRAM_BYTES);
  const { connectionsPerSecond, packetsPerSecond } = allowanceOf(plan.pace, 'unknown');
  const overall = overallOf(plan.pace);
  const parallel = Math.min(addresses, DEVICES);
  const rate = Math.min(overall, parallel * packetsPerSecond);
  const perDevice = tcpPorts / connectionsPerSecond + udpPorts / packetsPerSecond;
  const seconds = Math.ceil(
    Math.max(packets / Math.max(1, rate), (addresses / Math.max(1, parallel)) * perDevice),
  );
  const figures = {
    addresses,
    tcpPorts,
    udpPorts,
    packets,
    bytes,
    packetsPerSecond: rate,
    seconds,
  };
  return { ...figures, lines: linesOf(plan, figures) };
}

function linesOf(plan: ScanPlan, figures: Omit<PlanDescription, 'lines'>): readonly string[] {
  const { addresses, tcpPorts, udpPorts, packets, bytes, packetsPerSecond, seconds } = figures;
  const hosts = `${number(addresses)} ${addresses === 1 ? 'address' : 'addresses'}`;
  const what = plan.discoverOnly
    ? 'discovery alone'
    : `${number(tcpPorts)} TCP + ${number(udpPorts)} UDP probes`;
  const total = [
    `≈ ${number(packets)} packets`,
    `≈ ${sizeText(bytes)}`,
    `≤ ${number(packetsPerSecond)} packets/s`,
    `≈ ${timeText(seconds)}`,
  ];
  const lines = [
    `Targets: ${plan.targets.map(formatRange).join(', ')}`,
    `${hosts} × ${what} ${total.join(', ')}, where every address has a device`,
    'Full connects, nothing malformed, no writes, no login; each open port is then greeted in its own protocol',
  ];
  if (!plan.read) lines.push('Devices are greeted and not asked about themselves');
  if (CONTROLLER_PORTS.some((port) => hasPort(plan.tcp, port))) {
    lines.push('Controllers get the read-identity request of their own protocol and nothing else');
  }
  const printing = silentPorts(plan);
  if (printing.length > 0) {
    lines.push(`Nothing is sent to tcp/${printing.join(', tcp/')}: a printer would print it`);
  }
  if (isRaised(plan.pace)) {
    lines.push(`Pace ${plan.pace} is for devices known to bear it; the others are asked politely`);
  }
  if (plan.scope.authorisation !== undefined) {
    lines.push('The scope reaches beyond the networks of this machine: your reason is recorded');
  }
  return lines;
}

/** Large IPv6 ranges are not swept, so only who is met there by itself counts. */
function addressCount({ targets }: ScanPlan): number {
  return merge(targets)
    .filter(isSwept)
    .reduce((sum, range) => sum + Number(sizeOf(range)), 0);
}

function askedUdp(plan: ScanPlan, planner: Planner): readonly number[] {
  return [...eachPort(plan.udp)].filter(
    (port) =>
      planner.plan({
        port,
        transport: 'udp',
        robustness: 'unknown',
        category: 'unknown',
        hints: [],
        banner: new Uint8Array(0),
      }).length > 0,
  );
}

function silentPorts(plan: ScanPlan): readonly number[] {
  const treatment = { robustness: 'unknown', category: 'unknown', reason: '' } as const;
  const candidates = portsOf([515, ...Array.from({ length: 8 }, (_, index) => 9100 + index)]);
  return [...eachPort(candidates)].filter(
    (port) => hasPort(plan.tcp, port) && mustStaySilent('tcp', port, treatment),
  );
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${number(Math.ceil(bytes / 1000))} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${number(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
