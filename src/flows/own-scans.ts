import { parseAddress } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { hasAddress } from '../base/address-set.ts';
import type { Instant } from '../model/core.ts';
import type { Endpoint, Flow } from '../model/flow.ts';

/** Milliseconds before and after it: clocks differ a little, and answers and resets come late. */
export const SCAN_SLACK = 10_000;
/** From here on Linux picks ports for the near end of what it begins (ip_local_port_range). */
const EPHEMERAL = 32_768;

/** A scan that some machine of ours made, as its traffic is told from that of others. */
export interface OwnScan {
  readonly id: string;
  /** Addresses of the machine that scanned. */
  readonly from: ReadonlySet<string>;
  readonly targets: AddressSet;
  readonly begin: Instant;
  readonly end: Instant;
}

/** What is asked of a conversation. */
export type Asked = Pick<Flow, 'source' | 'destination' | 'transport'> & {
  readonly at: Instant;
  /** Its beginning was not seen. */
  readonly midway: boolean;
};

/**
 * Whose traffic is our own scans': what the scanning machine sends to what is scanned while it is, and
 * what comes back. It is no use of a device, and nothing to learn or to warn of. The rule needs only
 * what is stored, so that flows that are read again give the same.
 */
export class OwnScans {
  readonly #scans: readonly OwnScan[];

  constructor(scans: readonly OwnScan[]) {
    this.#scans = scans;
  }

  /** Id of the scan that a conversation belongs to; undefined: of none. */
  of({ at, source, destination, transport, midway }: Asked): string | undefined {
    const found = this.#scans.find(
      (scan) =>
        isDuring(scan, at) &&
        (asks(scan, source.address, destination.address) ||
          (isAnswer({ source, destination, transport, midway }) &&
            asks(scan, destination.address, source.address))),
    );
    return found?.id;
  }

  /** Whether one of them asks that address, then. */
  asks(at: Instant, from: string, to: string): boolean {
    return this.#scans.some((scan) => isDuring(scan, at) && asks(scan, from, to));
  }
}

function isDuring({ begin, end }: OwnScan, at: Instant): boolean {
  return at >= begin - SCAN_SLACK && at <= end + SCAN_SLACK;
}

function asks({ from, targets }: OwnScan, source: string, destination: string): boolean {
  if (!from.has(source)) return false;
  const address = parseAddress(destination);
  if (address === undefined) return false;
  return hasAddress(targets, address) || isToMany(destination);
}

/** Discovery asks everybody: multicast and broadcast. */
function isToMany(address: string): boolean {
  const first = Number(address.split('.', 1)[0]);
  return (first >= 224 && first < 256) || address.endsWith('.255') || /^ff/i.test(address);
}

/**
 * Whether it is the answer to a question that the capture did not show, or that went to everybody: it
 * goes to a port that is nobody's service here.
 */
function isAnswer({ source, destination, transport, midway }: Omit<Asked, 'at'>): boolean {
  if (transport === 'icmp') return true;
  if (transport !== 'udp' && !(transport === 'tcp' && midway)) return false;
  return isNobodys(destination) || destination.port === source.port;
}

function isNobodys({ port }: Endpoint): boolean {
  return port >= EPHEMERAL;
}
