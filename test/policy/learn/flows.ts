import { parseNetwork } from '../../../src/base/address.ts';
import { addressSet } from '../../../src/base/address-set.ts';
import type { LearnContext, LearntFlow } from '../../../src/policy/learn/proposal.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Monday, 2026-11-23. */
export const MONDAY = 1_795_392_000_000;

export const CAMERA = '192.168.20.5';
export const NAS = '192.168.20.9';

export function network(...texts: readonly string[]): LearnContext['localNetworks'] {
  return addressSet(texts.map(parseNetwork).filter((one) => one !== undefined));
}

export const CONTEXT: LearnContext = {
  devices: [
    { id: 'PTL-D-CAM1', endpoint: 'camera', addresses: [CAMERA], macs: ['02:00:00:00:00:05'] },
    { id: 'PTL-D-NAS1', endpoint: 'nas', addresses: [NAS], macs: ['02:00:00:00:00:09'] },
  ],
  only: new Set(['PTL-D-CAM1']),
  localNetworks: network('192.168.20.0/24'),
  selfAddresses: ['192.168.20.1'],
  knownAddresses: [],
  knownBad: new Set(),
  utcOffset: 0,
};

export interface FlowText extends Partial<Omit<LearntFlow, 'source' | 'destination'>> {
  /** `192.0.2.1:40000`. */
  readonly from?: string;
  readonly to: string;
  readonly mac?: string;
  /** Milliseconds after Monday. */
  readonly at?: number;
}

let next = 1;

/** A camera's answered TCP connection unless told otherwise. */
export function flow({
  from = `${CAMERA}:50000`,
  to,
  at = 0,
  mac,
  ...parts
}: FlowText): LearntFlow {
  const id = parts.id ?? next++;
  return {
    id,
    firstSeen: MONDAY + at,
    lastSeen: MONDAY + at + 1000,
    source: { ...endOf(from), ...(mac === undefined ? {} : { mac }) },
    destination: endOf(to),
    transport: 'tcp',
    ipProtocol: parts.transport === 'udp' ? 17 : parts.transport === 'icmp' ? 1 : 6,
    sent: { packets: 5, bytes: 500 },
    received: { packets: 5, bytes: 1500 },
    outcome: 'answered',
    protocol: 'unknown',
    version: 'unknown',
    over: 'tcp',
    certainty: 'hint',
    communityId: '',
    frames: [id, id],
    lost: 0,
    ...parts,
  };
}

/** So many of them, one an hour (or another distance). */
export function often(count: number, text: FlowText, distance = HOUR): LearntFlow[] {
  return Array.from({ length: count }, (_, index) =>
    flow({ ...text, at: (text.at ?? 0) + index * distance }),
  );
}

function endOf(text: string): { readonly address: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return { address: text.slice(0, at).replace(/[[\]]/g, ''), port: Number(text.slice(at + 1)) };
}
