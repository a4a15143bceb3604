import { formatPorts } from '../../base/port-set.ts';
import type { Direction } from '../../model/core.ts';
import type { Ace, MudPolicySide } from './mud.ts';

const TCP = 6;
/** Questions of ICMP and ICMPv6 and what answers them (RFC 792, RFC 950, RFC 4443 §4). */
const ANSWERS = [
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
  [128, 129],
] as const;

type Sides = { readonly fromDevice: MudPolicySide; readonly toDevice: MudPolicySide };

/**
 * Which ACEs give the right to begin a connection (RFC 8520 §8.7). MUD speaks of packets and we of
 * connections, so an ACE that is the mirror of one of the other direction is only its reply:
 *
 * - TCP: `direction-initiated` says who begins, of the ACE and of its mirror; without it each
 *   direction's ACE gives the right in that direction.
 * - Else, of two mirrors that of the device is the one that begins, unless only the device's port is
 *   given, as of a server, or its ICMP type is an answer; what has no mirror gives the right.
 */
export function initiators(mud: Sides): ReadonlySet<Ace> {
  const pairs = new Pairs(mud);
  const chosen = new Set<Ace>();
  for (const direction of ['from-device', 'to-device'] as const) {
    for (const ace of allowing(mud, direction)) {
      if (begins(ace, direction, pairs.mirrorOf(ace, direction))) chosen.add(ace);
    }
  }
  return chosen;
}

/** ACEs of which the mirror claims as well that its own side begins. */
export function directionFault(mud: Sides): readonly Ace[] {
  const pairs = new Pairs(mud);
  return allowing(mud, 'to-device').filter((ace) => {
    const mirror = pairs.mirrorOf(ace, 'to-device');
    return (
      ace.initiated !== undefined &&
      mirror?.initiated !== undefined &&
      ace.initiated !== mirror.initiated
    );
  });
}

function begins(ace: Ace, direction: Direction, mirror: Ace | undefined): boolean {
  if (ace.protocol === TCP) {
    const said = [ace.initiated, mirror?.initiated].filter((one) => one !== undefined);
    return said.every((one) => one === direction);
  }
  if (mirror === undefined) return true;
  return isServed(ace, direction) === (direction === 'to-device');
}

/** Of two mirrors: whether the device is the one that is asked. */
function isServed(ace: Ace, direction: Direction): boolean {
  const [own, peer] = portsOf(ace, direction);
  if (own !== '' && peer === '') return true;
  const type = ace.icmpType;
  return type !== undefined && (direction === 'from-device' ? isAnswer(type) : isQuestion(type));
}

function isAnswer(type: number): boolean {
  return ANSWERS.some(([, answer]) => answer === type);
}

function isQuestion(type: number): boolean {
  return ANSWERS.some(([question]) => question === type);
}

function allowing(mud: Sides, direction: Direction): readonly Ace[] {
  const side = direction === 'from-device' ? mud.fromDevice : mud.toDevice;
  return side.acls.flatMap(({ aces }) => aces).filter(({ action }) => action === 'allow');
}

/** ACEs of both directions by what they say of the device and its peer. */
class Pairs {
  readonly #byKey: Readonly<Record<Direction, ReadonlyMap<string, readonly Ace[]>>>;

  constructor(mud: Sides) {
    this.#byKey = {
      'from-device': byKey(mud, 'from-device'),
      'to-device': byKey(mud, 'to-device'),
    };
  }

  /** One that says the same of who begins is a truer mirror than one that does not. */
  mirrorOf(ace: Ace, direction: Direction): Ace | undefined {
    const other = this.#byKey[direction === 'from-device' ? 'to-device' : 'from-device'];
    const types =
      ace.icmpType === undefined ? [undefined] : [mirrorType(ace.icmpType), ace.icmpType];
    for (const type of types) {
      const found = other.get(keyOf(ace, direction, type)) ?? [];
      const [first] = found;
      if (first !== undefined) return found.find((one) => one.initiated === ace.initiated) ?? first;
    }
    return undefined;
  }
}

/** Of what answers a type of ICMP, or asks for it; else the type itself. */
export function mirrorType(type: number): number {
  const pair = ANSWERS.find((one) => one.some((each) => each === type));
  return pair?.find((each) => each !== type) ?? type;
}

function byKey(mud: Sides, direction: Direction): ReadonlyMap<string, readonly Ace[]> {
  const found = new Map<string, Ace[]>();
  for (const ace of allowing(mud, direction)) {
    const key = keyOf(ace, direction, ace.icmpType);
    const before = found.get(key);
    if (before === undefined) found.set(key, [ace]);
    else before.push(ace);
  }
  return found;
}

function keyOf(ace: Ace, direction: Direction, type: number | undefined): string {
  const peer = direction === 'from-device' ? ace.destination : ace.source;
  const own = direction === 'from-device' ? ace.source : ace.destination;
  const ports = portsOf(ace, direction);
  const { family, protocol, peers, beyond } = ace;
  return JSON.stringify([
    family,
    protocol,
    ports,
    type,
    peer.network,
    peer.name?.toLowerCase(),
    own.network,
    peers.manufacturer,
    peers.model,
    peers.controller,
    peers.sameManufacturer,
    peers.localNetworks,
    peers.myController,
    beyond,
  ]);
}

/** The device's, then the peer's. */
function portsOf(ace: Ace, direction: Direction): readonly [own: string, peer: string] {
  const [source, destination] = [formatPorts(ace.sourcePorts), formatPorts(ace.destinationPorts)];
  return direction === 'from-device' ? [source, destination] : [destination, source];
}
