import { EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundRule, BoundZone } from '../../model/bound-policy.ts';
import { INVALID } from '../../policy/simulate/judge.ts';
import type { Path } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Place } from './denial.ts';
import { denialLines, joined } from './denial.ts';
import type { Branch } from './dispatch.ts';
import { byAddress, byAddressAndMac, dispatch } from './dispatch.ts';
import { exactLines, split } from './exact.ts';
import { ruleLines } from './lines.ts';
import { matchesOf } from './matches.ts';
import { chainName, comment, id } from './names.ts';
import { macText, ownerSets, TIED } from './owner-sets.ts';
import type { Chains, Owner, Plan, Side } from './plan.ts';

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
  const judged = plan.owners.map((owner) => {
    const { elements, rest } = split(common, owner, plan.rulesOf(side, owner));
    return { owner, elements, chain: deviceChain(common, owner, rest) };
  });
  const exact = exactLines(
    common,
    judged.flatMap(({ elements }) => elements),
  );
  if (side === 'ingress') return [...exact, ...byAddress(common, judged)];
  const trial = macElements(plan, true, (owner) => addresslessChain(common, owner));
  return [
    ...exact,
    ...byAddressAndMac(common, judged),
    ...byAddress(common, judged),
    ...byMac(common, '_trial', trial),
  ];
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

/** The rules of one device and its default. One chain serves both paths where they are the same on both. */
function deviceChain(common: Place, owner: Owner, rules: readonly BoundRule[]): string {
  const { side, path } = common;
  const isOther = path === 'input' && rules.some(({ toZone }) => toZone !== undefined);
  const name = chainName(`${side[0]}${isOther ? 's' : ''}`, owner.device.id);
  const place = { ...common, owner, isAtAddress: true };
  return endingChain(place, owner, name, () => rules.flatMap((rule) => ruleLines(place, rule)));
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
