import { formatAddress, parseAddress } from '../../base/address.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { NewConnection } from '../../model/packet-verdict.ts';
import { interfacesOf } from '../../policy/replay.ts';
import { simulate } from '../../policy/simulate/simulate.ts';

/** A connection of the kernel's table, as it was opened. */
export interface Tracked {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

const LINE = /^\S+\s+(\d{1,3})\s/;
const ORIGINAL = /\bsrc=([0-9a-f:.]+) dst=([0-9a-f:.]+)(?: sport=(\d+) dport=(\d+))?/;

/** `conntrack -L`: the first pair of each line is how it was opened. */
export function trackedIn(text: string, family: 4 | 6): readonly Tracked[] {
  return text.split('\n').flatMap((line): Tracked[] => {
    const protocol = LINE.exec(line)?.[1];
    const [, source, destination, sourcePort, destinationPort] = ORIGINAL.exec(line) ?? [];
    if (protocol === undefined || source === undefined || destination === undefined) return [];
    const ports =
      sourcePort === undefined || destinationPort === undefined
        ? {}
        : { sourcePort: Number(sourcePort), destinationPort: Number(destinationPort) };
    return [{ family, protocol: Number(protocol), source, destination, ...ports }];
  });
}

/**
 * Connections under way that the new rules would not let begin: they pass by their state until they
 * are deleted. Only these, by their five-tuple; the table is never flushed.
 */
export function revoked(
  tracked: readonly Tracked[],
  before: BoundPolicy | undefined,
  after: BoundPolicy,
  own: ReadonlySet<string>,
): readonly Tracked[] {
  const interfaceAt = interfacesOf(after);
  return tracked.filter((one) => {
    const connection = connectionOf(one, interfaceAt, own);
    if (connection === undefined || !isDenied(after, connection)) return false;
    return before === undefined || !isDenied(before, connection);
  });
}

function isDenied(policy: BoundPolicy, connection: NewConnection): boolean {
  const { verdict } = simulate(policy, connection);
  return verdict === 'drop' || verdict === 'reject';
}

function connectionOf(
  { source, destination, protocol, sourcePort, destinationPort }: Tracked,
  interfaceAt: ReturnType<typeof interfacesOf>,
  own: ReadonlySet<string>,
): NewConnection | undefined {
  const [from, to] = [parseAddress(source), parseAddress(destination)];
  // What the router itself sends is not judged.
  if (from === undefined || to === undefined || own.has(formatAddress(from))) return undefined;
  return {
    inInterface: interfaceAt(from),
    ...(own.has(formatAddress(to)) ? {} : { outInterface: interfaceAt(to) }),
    source: from,
    destination: to,
    protocol,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

/** conntrack(8): deletes what has exactly these ends. */
export function deletion(tracked: Tracked): readonly string[] {
  const { family, protocol, source, destination, sourcePort, destinationPort } = tracked;
  const ends = ['--orig-src', source, '--orig-dst', destination];
  const ports =
    sourcePort === undefined || destinationPort === undefined
      ? []
      : ['--orig-port-src', String(sourcePort), '--orig-port-dst', String(destinationPort)];
  return ['conntrack', '-D', '-f', `ipv${family}`, '-p', String(protocol), ...ends, ...ports];
}
