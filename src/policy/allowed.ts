import type { Address } from '../base/address.ts';
import { formatAddress, isPrivate, parseAddress, parseNetwork, single } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import {
  addressSet,
  complementOf,
  differenceOf,
  hasAddress,
  intersectionOf,
} from '../base/address-set.ts';
import { utcText } from '../base/instant.ts';
import { quote, untrusted } from '../base/untrusted.ts';
import type { Answer, Direction, Transport } from '../model/core.ts';
import type { Cell } from '../model/ledger.ts';
import type { Firewall, Passage, Segment } from './firewall.ts';

/** A port of a device, or one that it opens elsewhere. */
export interface Wanted {
  readonly addresses: readonly string[];
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  /** from-device: with whom it was seen to talk. */
  readonly peers: readonly string[];
}

/** Of peers that were seen, this many are asked about. */
const MOST_PEERS = 32;
/** Of a rule's text, in a sentence. */
const RULE_CAP = 90;
const IANA = { tcp: 6, udp: 17 } as const;

/**
 * Whether the rules in force let something through.
 *
 * To a device: `yes` where anybody outside of the device's own network may open the port; who is in
 * its network reaches it without passing the router. The internet reaches a private address by a
 * forwarded port only (RFC 1918 §3). From a device: `yes` where it may reach all with whom it was
 * seen to talk, `no` where one of them is denied; where it was seen with nobody, `yes` where it may
 * reach anybody. Several firewalls, of which nobody knows which lies between, must agree; those of
 * one machine are all passed.
 */
export function allowedCell(wanted: Wanted, firewalls: readonly Firewall[]): Cell | undefined {
  const machines = new Set(firewalls.map(({ facts }) => facts.origin));
  const cells = [...machines].flatMap((machine) => {
    const own = firewalls.filter(({ facts }) => facts.origin === machine);
    const found = own.flatMap((firewall) => ofOne(wanted, firewall) ?? []);
    return found.length === 0 ? [] : [strictest(found)];
  });
  const [first] = cells;
  if (first === undefined || cells.every(({ answer }) => answer === first.answer)) return first;
  const because = `Firewalls differ. ${cells.map((cell) => cell.because).join(' ')}`;
  return { ...first, answer: 'unknown', because };
}

/** What one of the rulesets of a machine denies is denied. */
function strictest(cells: readonly Cell[]): Cell {
  const order: readonly Answer[] = ['no', 'unknown', 'yes'];
  return cells.reduce((a, b) => (order.indexOf(b.answer) < order.indexOf(a.answer) ? b : a));
}

function ofOne(wanted: Wanted, firewall: Firewall): Cell | undefined {
  const own = wanted.addresses.flatMap((text) => parseAddress(text) ?? []).filter(isRouted);
  if (own.length === 0) return undefined;
  return wanted.direction === 'to-device'
    ? toDevice(wanted, own, firewall)
    : fromDevice(wanted, own, firewall);
}

/** Link-local and multicast packets pass no router (RFC 3927 §2.7, RFC 4291 §2.5.6, RFC 1112). */
const NOT_ROUTED = ['169.254.0.0/16', '224.0.0.0/4', '255.255.255.255', 'fe80::/10', 'ff00::/8'];
const LINK_ONLY: AddressSet = addressSet(NOT_ROUTED.flatMap((text) => parseNetwork(text) ?? []));

function isRouted(address: Address): boolean {
  return !hasAddress(LINK_ONLY, address);
}

/** Who asks for a port, in words of people: where nobody named networks, inside and outside. */
interface Group {
  readonly name: string;
  readonly segment: Segment | undefined;
  readonly addresses: AddressSet;
  readonly internet: boolean;
}

function groupsFor(address: Address, firewall: Firewall): readonly Group[] {
  const { segments } = firewall.facts;
  if (segments.length === 0) return unknownGroups(address);
  const own = firewall.segmentOf(address);
  return segments
    .filter((segment) => segment !== own)
    .map((segment) => ({
      name: quote(untrusted(segment.name), 30),
      segment,
      addresses: ofFamily(firewall.addressesOf(segment), address),
      internet: segment.internet,
    }));
}

const PRIVATE: AddressSet = addressSet(
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap(
    (text) => parseNetwork(text) ?? [],
  ),
);

/** The usual sizes of a network stand for the device's own (RFC 4291 §2.5.4 has 64 bits). */
function unknownGroups(address: Address): readonly Group[] {
  const bits = address.family === 4 ? 24 : 64;
  const neighbours = parseNetwork(`${formatAddress(address)}/${bits}`);
  const own = neighbours === undefined ? [] : [neighbours];
  const inside = differenceOf(PRIVATE, own);
  const groups = [
    { name: 'inside', addresses: inside, internet: false },
    { name: 'the internet', addresses: complementOf(PRIVATE), internet: true },
  ];
  return groups.map((group) => ({
    ...group,
    segment: undefined,
    addresses: ofFamily(group.addresses, address),
  }));
}

function ofFamily(set: AddressSet, { family }: Address): AddressSet {
  return set.filter((range) => range.family === family);
}

interface Heard {
  readonly name: string;
  readonly passage: Passage;
}

function toDevice(wanted: Wanted, own: readonly Address[], firewall: Firewall): Cell {
  const heard = own.flatMap((address) =>
    groupsFor(address, firewall)
      .filter(({ addresses }) => addresses.length > 0)
      .map((group) => ({ name: group.name, passage: reach(wanted, address, group, firewall) })),
  );
  if (heard.length === 0) {
    const because = 'Nobody is known beyond its own network, where no firewall is passed.';
    return { answer: 'unknown', because, at: firewall.facts.at };
  }
  return cellOf(heard, firewall, some(heard), 'From');
}

function reach(wanted: Wanted, to: Address, group: Group, firewall: Firewall): Passage {
  const protocol = IANA[wanted.transport];
  const senders = firewall.forwardedTo(to, protocol, wanted.port);
  const isHidden = group.internet && isPrivate(single(to));
  if (isHidden && senders === undefined) return { answer: 'no', by: 'no port is forwarded to it' };
  return firewall.ask({
    from: group.segment,
    sources:
      isHidden && senders !== undefined
        ? intersectionOf(group.addresses, senders)
        : group.addresses,
    to: firewall.segmentOf(to),
    destination: to,
    protocol,
    port: wanted.port,
    translated: isHidden,
  });
}

/** `yes` where anybody may. */
function some(heard: readonly Heard[]): Answer {
  if (heard.some(({ passage }) => passage.answer === 'yes')) return 'yes';
  return heard.some(({ passage }) => passage.answer === 'unknown') ? 'unknown' : 'no';
}

/** `yes` where all may. */
function every(heard: readonly Heard[]): Answer {
  if (heard.some(({ passage }) => passage.answer === 'no')) return 'no';
  return heard.some(({ passage }) => passage.answer === 'unknown') ? 'unknown' : 'yes';
}

function fromDevice(wanted: Wanted, own: readonly Address[], firewall: Firewall): Cell {
  const peers = wanted.peers.flatMap((text) => parseAddress(text) ?? []).filter(isRouted);
  const seen = peers.slice(0, MOST_PEERS).flatMap((peer) => toPeer(wanted, own, peer, firewall));
  if (seen.length > 0) return cellOf(seen, firewall, every(seen), 'To');
  const anybody = own.flatMap((address) =>
    groupsFor(address, firewall)
      .filter(({ addresses }) => addresses.length > 0)
      .map((group) => ({
        name: group.name,
        passage: firewall.ask({
          from: firewall.segmentOf(address),
          sources: [single(address)],
          to: group.segment,
          protocol: IANA[wanted.transport],
          port: wanted.port,
          translated: false,
        }),
      })),
  );
  if (anybody.length === 0) {
    const because = 'Nobody is known beyond its own network, where no firewall is passed.';
    return { answer: 'unknown', because, at: firewall.facts.at };
  }
  return cellOf(anybody, firewall, some(anybody), 'To');
}

function toPeer(
  wanted: Wanted,
  own: readonly Address[],
  peer: Address,
  firewall: Firewall,
): readonly Heard[] {
  const source = own.find(({ family }) => family === peer.family);
  if (source === undefined) return [];
  const service = { protocol: IANA[wanted.transport], port: wanted.port };
  return [{ name: formatAddress(peer), passage: firewall.between(source, peer, service) }];
}

/** Parties that a sentence names. */
const NAMED = 4;

/** Whoever decides the answer comes first. */
function cellOf(
  heard: readonly Heard[],
  firewall: Firewall,
  answer: Answer,
  preposition: 'From' | 'To',
): Cell {
  const unique = [
    ...new Map(heard.map((one) => [`${one.name} ${one.passage.answer}`, one])).values(),
  ];
  const deciding = unique.filter(({ passage }) => passage.answer === answer);
  const others = unique.filter(({ passage }) => passage.answer !== answer);
  const shown = [...deciding, ...others].slice(0, NAMED).map(({ name, passage }) => {
    const by = quote(untrusted(passage.by), RULE_CAP).slice(1, -1);
    const until = passage.until === undefined ? '' : `, until ${utcText(passage.until)}`;
    return `${name}: ${passage.answer} (${by}${until})`;
  });
  const more = unique.length > NAMED ? `; and ${unique.length - NAMED} more` : '';
  const { origin, at } = firewall.facts;
  const where = origin === '' ? '' : `, as ${quote(untrusted(origin), 40)} has it`;
  return { answer, because: `${preposition} ${shown.join('; ')}${more}${where}.`, at };
}
