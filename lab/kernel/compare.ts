import type { Address } from '../../src/base/address.ts';
import { contains, formatAddress } from '../../src/base/address.ts';
import { isError, SYN } from '../../src/policy/simulate/conntrack.ts';
import { ICMP, ICMPV6, TCP, UDP } from '../../src/policy/simulate/match.ts';
import type { Leaving, Outcome } from '../../src/policy/simulate/simulator.ts';
import type { Seen } from './frames.ts';
import type { Probe } from './packets.ts';
import type { Fate } from './wave.ts';

/** In what the kernel did otherwise than the simulator said; undefined where it did the same. */
export function differenceOf(
  probe: Probe,
  expected: Outcome,
  fate: Fate = { local: false, refused: false },
): string | undefined {
  const { verdict, because } = expected.decision;
  const { leaves } = expected;
  if (leaves !== undefined) return passed(probe, leaves, fate, because);
  if (fate.out !== undefined)
    return `came out on ${fate.out.interface}, and should not: ${because}`;
  if (fate.local) return `was delivered, and should not be: ${because}`;
  if (verdict === 'drop' && fate.refused) return `was refused, and should be dropped: ${because}`;
  if (verdict === 'reject' && !fate.refused && isAnswered(probe)) {
    return `was dropped, and should be refused: ${because}`;
  }
  return undefined;
}

/**
 * No error is sent about an error (RFC 1122 §3.2.2), no reset about what is not a request, and nothing
 * about a protocol whose checksum the kernel does not know (nf_reject_verify_csum).
 */
function isAnswered({ protocol, type = 0, flags = SYN }: Probe): boolean {
  if (protocol === TCP) return flags === SYN;
  return [UDP, ICMP, ICMPV6].includes(protocol) && !isError(protocol, type);
}

function passed(probe: Probe, leaves: Leaving, fate: Fate, because: string): string | undefined {
  if (leaves.outInterface === undefined) {
    return fate.local ? undefined : `was not delivered: ${because}`;
  }
  if (fate.out === undefined) return `did not come out: ${because}`;
  if (fate.out.interface !== leaves.outInterface) {
    return `came out on ${fate.out.interface}, and not on ${leaves.outInterface}`;
  }
  // What an error looks like after translation is not followed.
  return isError(probe.protocol, probe.type ?? 0) ? undefined : looks(leaves, fate.out.seen);
}

function looks(leaves: Leaving, seen: Seen): string | undefined {
  const isSource =
    leaves.sources === undefined
      ? isSame(leaves.source, seen.source)
      : contains(leaves.sources, seen.source);
  if (!isSource) return `has the source ${formatAddress(seen.source)}`;
  if (!isSame(leaves.destination, seen.destination)) {
    return `has the destination ${formatAddress(seen.destination)}`;
  }
  const isPorts =
    leaves.sourcePort === seen.sourcePort && leaves.destinationPort === seen.destinationPort;
  return isPorts ? undefined : `has the ports ${seen.sourcePort} and ${seen.destinationPort}`;
}

function isSame(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}
