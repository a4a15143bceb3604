import { EVERY_ADDRESS, networksOf } from '../../base/address-set.ts';
import type { BoundDevice, BoundRule, BoundZone } from '../../model/bound-policy.ts';
import { INVALID, SPOOFED } from '../../policy/simulate/judge.ts';
import { defaultId, zoneDefaultId } from '../nftables/judgement.ts';
import { id } from '../nftables/names.ts';
import { macText } from '../nftables/owner-sets.ts';
import type { Owner, Plan, Side } from '../nftables/plan.ts';
import type { Path } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Book, Writer } from './chains.ts';
import type { Match } from './matches.ts';
import { matchesOf } from './matches.ts';
import { chainName, comment, FORWARD, INPUT } from './names.ts';
import { macMatch, ownedMacs, ownerMatches } from './owner-matches.ts';
import type { Place } from './place.ts';
import { deny } from './place.ts';
import { writeRule } from './rule.ts';
import type { Family, IpSets } from './sets.ts';

/** Out of our rules, and on to those of others. */
const OUT = '-j RETURN';
const ANYONE = { ranges: EVERY_ADDRESS, names: [], devices: [] };
const ANYTHING: BoundRule = {
  id: 'ptl-z',
  from: ANYONE,
  to: ANYONE,
  matches: [{}],
  action: 'deny',
  log: false,
};

type Base = Pick<Place, 'plan' | 'book' | 'sets' | 'family'>;

/**
 * The filter table of one family. What we allow and what we leave alone both go on to the rules of
 * others behind ours: an allow of ours overrules no drop of theirs.
 */
export function filterChains(plan: Plan, book: Book, sets: IpSets, family: Family): void {
  const base = { plan, book, sets, family };
  start(base, 'forward');
  start(base, 'input');
}

function start(base: Base, path: Path): void {
  const writer = base.book.open(path === 'forward' ? FORWARD : INPUT);
  if (writer === undefined) return;
  if (path === 'input') writer.add(`-i lo ${OUT}`);
  writer.add(`-m conntrack --ctstate RELATED,ESTABLISHED ${OUT}`);
  writer.add(`-m conntrack --ctstate INVALID -g ${invalid(base, 'egress', path)}`);
  const guard = { ...base, path, side: 'egress', isAtAddress: false, next: OUT } as const;
  for (const { rate: _, connections: __, ...rule } of base.plan.policy.guard) {
    writeRule(writer, guard, { ...rule, action: 'allow' });
  }
  writer.add(`-g ${sideChain(base, 'egress', path)}`);
}

/** `PTL-E`, and `PTL-ES` of what goes to the router itself. */
function nameOf(side: Side, path: Path, kind = ''): string {
  return `PTL-${kind}${side === 'egress' ? 'E' : 'I'}${path === 'input' ? 'S' : ''}`;
}

/** The chain that judges one side of what takes one path. */
function sideChain(base: Base, side: Side, path: Path): string {
  const name = nameOf(side, path);
  const writer = base.book.open(name);
  if (writer === undefined) return name;
  const next = side === 'egress' ? `-g ${sideChain(base, 'ingress', path)}` : OUT;
  const common: Place = { ...base, side, path, isAtAddress: false, next };
  // The router's own addresses are no device's, and it is in no zone.
  const isJudged = side === 'egress' || path === 'forward';
  if (isJudged) toOwners(writer, common);
  for (const rule of base.plan.commonRules(side)) writeRule(writer, common, rule);
  if (side === 'egress') macDefaults(writer, common);
  if (isJudged) zoneDefaults(writer, common);
  writer.add(next);
  return name;
}

/** To the chain of whoever has the address; in trial, of whoever has the MAC. */
function toOwners(writer: Writer, common: Place): void {
  const { plan, side, family } = common;
  const option = side === 'egress' ? '-s' : '-d';
  for (const owner of plan.owners) {
    const own = owner.addresses.filter((range) => range.family === family);
    if (own.length === 0) continue;
    const chain = deviceChain(common, owner, true);
    for (const network of own.flatMap(networksOf)) {
      writer.add(`${option} ${network} -g ${chain}`);
    }
  }
  if (side === 'ingress') return;
  byMac(writer, common, true, (owner) => `-g ${deviceChain(common, owner, false)}`);
}

/** A device does not leave its rules by taking an address that is nobody's. */
function byMac(
  writer: Writer,
  { plan, family, sets }: Place,
  trial: boolean,
  verdict: (owner: Owner) => string,
): void {
  for (const { mac, owner } of ownedMacs(plan.owners)) {
    if (owner.device.trial !== trial) continue;
    writer.add(macMatch(mac, family, sets), verdict(owner));
  }
}

function macDefaults(writer: Writer, common: Place): void {
  const { book, next, plan, path } = common;
  byMac(writer, common, false, ({ device }) => {
    const name = chainName(path === 'input' ? 'zs' : 'z', device.id);
    const rule = defaultId(device.id);
    const chain = book.open(name);
    if (chain !== undefined) {
      deny(chain, { book, next }, '', { action: plan.policy.refuse, device, rule });
    }
    return `-g ${name}`;
  });
}

/** The rules of one device and its default; `isAtAddress` false: the packet has its MAC only. */
function deviceChain(common: Place, owner: Owner, isAtAddress: boolean): string {
  const { plan, book, side, path, next } = common;
  const kind = `${isAtAddress ? '' : 'x'}${side[0]}${path === 'input' ? 's' : ''}`;
  const name = chainName(kind, owner.device.id);
  const writer = book.open(name);
  if (writer === undefined) return name;
  const place = { ...common, owner, isAtAddress };
  const { device } = owner;
  if (side === 'egress' && isAtAddress && device.macs.length > 0) {
    spoofing(writer, place, device);
  }
  const rules = isAtAddress ? plan.rulesOf(side, owner) : plan.commonRules(side);
  for (const rule of rules) writeRule(writer, place, rule);
  const rule = defaultId(device.id);
  deny(writer, { book, next }, '', { action: plan.policy.refuse, device, rule });
  return name;
}

/** Somebody else with its address. */
function spoofing(writer: Writer, place: Place, device: BoundDevice): void {
  const denied = { action: 'drop', device, rule: SPOOFED } as const;
  const [only, ...more] = device.macs.map(macText);
  if (more.length === 0) {
    deny(writer, place, `-m mac ! --mac-source ${only}`, denied);
    return;
  }
  const own = device.macs.map((mac) => `-m mac --mac-source ${macText(mac)}`);
  writer.unless(own, () => deny(writer, place, '', denied));
}

/** Whoever is in a zone that denies, and is in no rule. */
function zoneDefaults(writer: Writer, common: Place): void {
  const { zones, refuse } = common.plan.policy;
  for (const zone of zones.filter(({ denies }) => denies)) {
    const rule = zoneDefaultId(id(zone.id));
    for (const { words, unless } of zoneMatches(common, common.side, zone)) {
      writer.unless(unless, () => deny(writer, common, words, { action: refuse, rule }));
    }
  }
}

function zoneMatches({ plan, family, sets }: Base, side: Side, zone: BoundZone): readonly Match[] {
  const ends = side === 'egress' ? { fromZone: zone.id } : { toZone: zone.id };
  const terms = termsOf({ ...ANYTHING, ...ends }, { policy: plan.policy, path: 'forward' });
  return terms.flatMap((term) => matchesOf(term, family, sets));
}

/** `invalid` is dropped where either end is managed, and not judged as new elsewhere. */
function invalid(base: Base, side: Side, path: Path): string {
  const name = nameOf(side, path, 'X');
  const writer = base.book.open(name);
  if (writer === undefined) return name;
  const isLast = side === 'ingress' || path === 'input';
  const next = isLast ? OUT : `-g ${invalid(base, 'ingress', path)}`;
  for (const { words, trial } of ownerMatches({ ...base, side })) {
    writer.add(words, comment(INVALID), trial ? next : '-j DROP');
  }
  for (const zone of base.plan.policy.zones.filter(({ denies }) => denies)) {
    for (const { words, unless } of zoneMatches(base, side, zone)) {
      writer.unless(unless, () => writer.add(words, comment(INVALID), '-j DROP'));
    }
  }
  writer.add(next);
  return name;
}
