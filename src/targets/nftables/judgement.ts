import { EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundRule, BoundZone } from '../../model/bound-policy.ts';
import { INVALID, SPOOFED } from '../../policy/simulate/judge.ts';
import type { Path } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Place } from './denial.ts';
import { denialLines, joined } from './denial.ts';
import { exactLines, split } from './exact.ts';
import { ruleLines } from './lines.ts';
import { addresses, matchesOf, oneOf } from './matches.ts';
import { chainName, comment, id } from './names.ts';
import { macText, ownerSets, TIED } from './owner-sets.ts';
import type { Chains, Owner, Plan, Side } from './plan.ts';
import { intervals, rangeText } from './sets.ts';

const ANYONE = { ranges: EVERY_ADDRESS, names: [], devices: [] };
const ANYTHING: BoundRule = {
  id: 'ptl-z',
  from: ANYONE,
  to: ANYONE,
  matches: [{}],
  action: 'deny',
  log: false,
};

/** Ids of what we deny where no rule matches. */
export function defaultId(device: string): string {
  return `ptl-d-${device}`;
}

export function zoneDefaultId(zone: string): string {
  return `ptl-z-${zone}`;
}

/** The chain that judges one side of what takes one path; it returns where nothing is denied. */
export function sideChain(plan: Plan, chains: Chains, side: Side, path: Path): string {
  const isSelf = path === 'input' ? '_self' : '';
  const common = { plan, chains, side, path, allow: 'return', isAtAddress: false } as const;
  // The router's own addresses are no device's, and it is in no zone.
  const isJudged = side === 'egress' || path === 'forward';
  return chains.add(`p_${side}${isSelf}`, [
    ...(isJudged ? deviceLines(common) : []),
    ...plan.commonRules(side).flatMap((rule) => ruleLines(common, rule)),
    ...(side === 'egress' ? macDefaults(common) : []),
    ...(isJudged ? zoneLines(common) : []),
  ]);
}

/** To the chain of whoever has the address; in trial, of whoever has the MAC. */
function deviceLines(common: Place): readonly string[] {
  const { plan, side } = common;
  const key = side === 'egress' ? 'saddr' : 'daddr';
  const judged = plan.owners.map((owner) => {
    const { elements, rest } = split(common, owner, plan.rulesOf(side, owner));
    return { owner, elements, chain: deviceChain(common, owner, rest) };
  });
  const byAddress = ([4, 6] as const).flatMap((family) => {
    const elements = judged.flatMap(({ owner, chain }) =>
      owner.addresses
        .filter((range) => range.family === family)
        .map((range) => [rangeText(range), chain] as const),
    );
    const keys = [`${family === 4 ? 'ip' : 'ip6'} ${key}`];
    return dispatch(common, `_${family}`, `ipv${family}_addr`, elements, keys);
  });
  const exact = exactLines(
    common,
    judged.flatMap(({ elements }) => elements),
  );
  if (side === 'ingress') return [...exact, ...byAddress];
  const trial = macElements(plan, true, (owner) => addresslessChain(common, owner));
  return [...exact, ...byAddress, ...byMac(common, '_trial', trial)];
}

function macDefaults(common: Place): readonly string[] {
  const elements = macElements(common.plan, false, (owner) => defaultChain(common, owner));
  return byMac(common, '_mac', elements);
}

/** A device does not leave its rules by taking an address that is nobody's. */
function byMac(common: Place, name: string, elements: readonly Branch[]): readonly string[] {
  const keys = TIED.map((tied) => `${tied} ether saddr`);
  return dispatch(common, name, 'ether_addr', elements, keys);
}

function macElements(
  { owners }: Plan,
  trial: boolean,
  chainOf: (owner: Owner) => string,
): readonly Branch[] {
  const seen = new Set<string>();
  return owners.flatMap((owner) =>
    owner.device.macs.flatMap((mac): Branch[] => {
      if (seen.has(mac)) return [];
      seen.add(mac);
      return owner.device.trial === trial ? [[macText(mac), chainOf(owner)]] : [];
    }),
  );
}

type Branch = readonly [key: string, chain: string];

function dispatch(
  { plan, side, path }: Place,
  name: string,
  type: string,
  branches: readonly Branch[],
  keys: readonly string[],
): readonly string[] {
  if (branches.length === 0) return [];
  const map = `m${side[0]}${path === 'input' ? 's' : ''}${name}`;
  const properties = intervals(branches.map(([key]) => key));
  const elements = branches.map(([key, chain]) => `${key} : goto ${chain}`);
  const shared = plan.sets.map(map, `type ${type} : verdict`, properties, elements);
  return keys.map((key) => `${key} vmap @${shared}`);
}

/** The rules of one device and its default. One chain serves both paths where they are the same on both. */
function deviceChain(common: Place, owner: Owner, rules: readonly BoundRule[]): string {
  const { side, path } = common;
  const isOther = path === 'input' && rules.some(({ toZone }) => toZone !== undefined);
  const name = chainName(`${side[0]}${isOther ? 's' : ''}`, owner.device.id);
  const place = { ...common, owner, isAtAddress: true };
  return endingChain(place, owner, name, () => [
    ...(side === 'egress' ? spoofLines(place, owner) : []),
    ...rules.flatMap((rule) => ruleLines(place, rule)),
  ]);
}

/** Of whoever has the device's MAC only: what of the rules is for everybody. */
function addresslessChain(common: Place, owner: Owner): string {
  const { plan, side, path } = common;
  const rules = plan.commonRules(side);
  const isOther = path === 'input' && rules.some(({ toZone }) => toZone !== undefined);
  const name = chainName(`x${side[0]}${isOther ? 's' : ''}`, owner.device.id);
  const place = { ...common, owner, isAtAddress: false };
  return endingChain(place, owner, name, () => rules.flatMap((rule) => ruleLines(place, rule)));
}

/** Lines, then the default of the device; where there are none, the default alone. */
function endingChain(
  place: Place,
  owner: Owner,
  name: string,
  lines: () => readonly string[],
): string {
  const { chains } = place;
  if (chains.has(name)) return name;
  const end = defaultChain(place, owner);
  const own = lines();
  return own.length === 0 ? end : chains.add(name, [...own, `goto ${end}`]);
}

/** What becomes of what no rule of a device allows: the same on both sides and paths. */
function defaultChain({ plan, chains }: Place, { device }: Owner): string {
  const name = chainName('z', device.id);
  if (chains.has(name)) return name;
  const { refuse } = plan.policy;
  return chains.add(name, denialLines({ chains }, '', refuse, device, defaultId(device.id)));
}

/** The address is asked for again, so that whoever reads the rule knows whose MAC it is about. */
function spoofLines(place: Place, { device, addresses: own }: Owner): readonly string[] {
  if (device.macs.length === 0) return [];
  return ([4, 6] as const).flatMap((family) => {
    const set = own.filter((range) => range.family === family);
    if (set.length === 0) return [];
    const source = `${family === 4 ? 'ip' : 'ip6'} saddr ${addresses(set, place.plan.sets)}`;
    const match = `${source} ether saddr != ${oneOf(device.macs.map(macText))}`;
    return denialLines(place, match, 'drop', device, SPOOFED);
  });
}

/** Whoever is in a zone that denies, and is in no rule. */
function zoneLines(common: Place): readonly string[] {
  const { policy } = common.plan;
  return policy.zones
    .filter(({ denies }) => denies)
    .flatMap((zone) =>
      zoneMatches(common, zone).flatMap((match) =>
        denialLines(common, match, policy.refuse, undefined, zoneDefaultId(id(zone.id))),
      ),
    );
}

function zoneMatches(
  { plan, side }: Pick<Place, 'plan' | 'side'>,
  zone: BoundZone,
): readonly string[] {
  const { policy, sets } = plan;
  const ends = side === 'egress' ? { fromZone: zone.id } : { toZone: zone.id };
  const everything = { ...ANYTHING, ...ends };
  return termsOf(everything, { policy, path: 'forward' }).flatMap((term) => matchesOf(term, sets));
}

/** `invalid` is dropped where either end is managed, and not judged as new elsewhere. */
export function invalidChain(plan: Plan, chains: Chains, path: Path): string {
  const sides = path === 'forward' ? (['egress', 'ingress'] as const) : (['egress'] as const);
  for (const side of sides) {
    const owners = ownerSets(plan, side).map(({ match, trial }) =>
      joined(match, `counter ${trial ? 'return' : 'drop'} ${comment(INVALID)}`),
    );
    const zones = plan.policy.zones
      .filter(({ denies }) => denies)
      .flatMap((zone) => zoneMatches({ plan, side }, zone))
      .map((match) => joined(match, `counter drop ${comment(INVALID)}`));
    chains.add(`p_invalid_${side}`, [...owners, ...zones]);
  }
  const name = path === 'forward' ? 'p_invalid' : 'p_invalid_self';
  return chains.add(name, [...sides.map((side) => `jump p_invalid_${side}`), 'accept']);
}
