import type { Address } from '../base/address.ts';
import { formatAddress, parseAddress } from '../base/address.ts';
import { hasAddress } from '../base/address-set.ts';
import type { BoundPolicy, BoundZone } from '../model/bound-policy.ts';
import type { FlowGroup, RecordedEffect } from '../model/change.ts';
import type { Flow } from '../model/flow.ts';
import type { Decision, NewConnection } from '../model/packet-verdict.ts';
import { connectionService } from './packet-text.ts';
import { simulate } from './simulate/simulate.ts';

/** Interface of an address that is in no zone: no rule can name it. */
const NOWHERE = 'ptl-none';
/** IPv4 and IPv6 multicast, and broadcast to all (RFC 1112, RFC 4291 §2.7, RFC 919). */
const MULTICAST4 = 224n << 24n;
const MULTICAST6 = 0xffn << 120n;
/** Kinds that are told apart; what is more is still counted. */
const MOST_GROUPS = 10_000;

export interface ReplayOptions {
  /** Addresses of the router itself. */
  readonly own: ReadonlySet<string>;
}

/** A recorded conversation with the fields that decide. */
export type RecordedFlow = Pick<
  Flow,
  'source' | 'destination' | 'ipProtocol' | 'transport' | 'name' | 'firstSeen' | 'lastSeen'
> &
  Pick<Flow, 'sent' | 'received' | 'outcome'>;

/**
 * Plays recorded conversations against two policies: what passes both, and what fares otherwise. A
 * conversation that nobody answered is no loss where it is blocked, but it is counted as any other.
 *
 * @param before undefined where nothing of ours is in force: everything passes, as far as we go
 */
export function replay(
  flows: Iterable<RecordedFlow>,
  before: BoundPolicy | undefined,
  after: BoundPolicy,
  options: ReplayOptions,
): RecordedEffect {
  const tally = new Tally(after);
  const interfaceAt = interfacesOf(after);
  for (const flow of flows) {
    const connection = connectionOf(flow, after, interfaceAt, options.own);
    if (connection === undefined) tally.elsewhere();
    else tally.played(flow, connection, before);
  }
  return tally.effect();
}

function passes({ verdict }: Decision): boolean {
  return verdict === 'allow' || verdict === 'leave';
}

/** An interface of each zone stands for it. */
export function interfacesOf({ zones }: BoundPolicy): (address: Address) => string {
  const named = zones.filter(({ networks }) => networks.length > 0);
  const internet = zones.find((zone) => zone.internet);
  return (address) => {
    const zone = named.find(({ networks }) => hasAddress(networks, address)) ?? internet;
    return zone === undefined ? NOWHERE : interfaceOf(zone);
  };
}

function interfaceOf({ interfaces, id }: BoundZone): string {
  // A zone without interfaces is its networks; the name must be nobody's.
  return interfaces[0] ?? `ptl-${id}`;
}

/** Undefined where the router's rules never meet it. */
export function connectionOf(
  { source, destination, ipProtocol, transport, name }: RecordedFlow,
  policy: BoundPolicy,
  interfaceAt: (address: Address) => string,
  own: ReadonlySet<string>,
): NewConnection | undefined {
  const from = parseAddress(source.address);
  const to = parseAddress(destination.address);
  if (from === undefined || to === undefined || from.family !== to.family) return undefined;
  if (isMulticast(to) || own.has(source.address) || ipProtocol > 255) return undefined;
  const isToRouter = own.has(destination.address);
  const inInterface = interfaceAt(from);
  const outInterface = interfaceAt(to);
  if (!isToRouter && inInterface === outInterface) return undefined;
  const mac = policy.devices.find(({ addresses }) => hasAddress(addresses, from))?.macs[0];
  return {
    inInterface,
    ...(isToRouter ? {} : { outInterface }),
    ...(mac === undefined ? {} : { sourceMac: mac }),
    source: from,
    destination: to,
    protocol: ipProtocol,
    ...portsOf(transport, source.port, destination.port),
    ...(name === undefined ? {} : { name: name.toLowerCase() }),
  };
}

function portsOf(
  transport: Flow['transport'],
  sourcePort: number,
  destinationPort: number,
): Pick<NewConnection, 'sourcePort' | 'destinationPort' | 'type'> {
  if (transport === 'tcp' || transport === 'udp') return { sourcePort, destinationPort };
  // Of ICMP the type stands where others have the source's port.
  return transport === 'icmp' ? { type: sourcePort } : {};
}

function isMulticast({ family, value }: Address): boolean {
  return family === 4 ? value >= MULTICAST4 : value >= MULTICAST6;
}

type Kind = 'newlyBlocked' | 'newlyAllowed' | 'wouldBlock';

class Tally {
  #flows = 0;
  #stillAllowed = 0;
  #stillBlocked = 0;
  #elsewhere = 0;
  readonly #after: BoundPolicy;
  readonly #groups = new Map<string, { kind: Kind; group: FlowGroup }>();

  constructor(after: BoundPolicy) {
    this.#after = after;
  }

  elsewhere(): void {
    this.#flows += 1;
    this.#elsewhere += 1;
  }

  played(flow: RecordedFlow, connection: NewConnection, before: BoundPolicy | undefined): void {
    this.#flows += 1;
    const now = simulate(this.#after, connection);
    const passed = before === undefined || passes(simulate(before, connection));
    if (now.wouldBlock) this.#add('wouldBlock', flow, connection, now);
    if (passed && passes(now)) this.#stillAllowed += 1;
    else if (passed) this.#add('newlyBlocked', flow, connection, now);
    else if (passes(now)) this.#add('newlyAllowed', flow, connection, now);
    else this.#stillBlocked += 1;
  }

  #add(kind: Kind, flow: RecordedFlow, connection: NewConnection, decision: Decision): void {
    const service = connectionService(connection);
    const source = formatAddress(connection.source);
    const destination = formatAddress(connection.destination);
    const key = `${kind} ${source} ${connection.name ?? destination} ${service}`;
    const known = this.#groups.get(key)?.group;
    if (known === undefined && this.#groups.size >= MOST_GROUPS) return;
    const bytes = flow.sent.bytes + flow.received.bytes;
    const group: FlowGroup = {
      ...endsOf(connection, this.#after),
      source,
      destination,
      ...(connection.name === undefined ? {} : { name: connection.name }),
      service,
      flows: (known?.flows ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + bytes,
      firstSeen: Math.min(known?.firstSeen ?? flow.firstSeen, flow.firstSeen),
      lastSeen: Math.max(known?.lastSeen ?? flow.lastSeen, flow.lastSeen),
      because: decision.because,
      rules: decision.rules,
    };
    this.#groups.set(key, { kind, group });
  }

  effect(): RecordedEffect {
    const of = (kind: Kind): readonly FlowGroup[] =>
      [...this.#groups.values()]
        .filter((one) => one.kind === kind)
        .map(({ group }) => group)
        .sort((a, b) => b.lastSeen - a.lastSeen || b.flows - a.flows);
    return {
      flows: this.#flows,
      stillAllowed: this.#stillAllowed,
      stillBlocked: this.#stillBlocked,
      elsewhere: this.#elsewhere,
      newlyBlocked: of('newlyBlocked'),
      newlyAllowed: of('newlyAllowed'),
      wouldBlock: of('wouldBlock'),
    };
  }
}

/** Whose traffic it is: the source's where both ends are managed. */
function endsOf(
  { source, destination }: NewConnection,
  { devices }: BoundPolicy,
): Pick<FlowGroup, 'device' | 'direction'> {
  const from = devices.find(({ addresses }) => hasAddress(addresses, source));
  if (from !== undefined) return { device: from.device, direction: 'egress' };
  const to = devices.find(({ addresses }) => hasAddress(addresses, destination));
  return to === undefined ? { direction: 'egress' } : { device: to.device, direction: 'ingress' };
}
