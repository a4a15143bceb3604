import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundRule, BoundZone } from '../../model/bound-policy.ts';
import { INVALID, SPOOFED } from '../../policy/simulate/judge.ts';
import { UNTIED } from '../../policy/simulate/owners.ts';
import { defaultId, zoneDefaultId } from '../nftables/judgement.ts';
import type { Owner, Side } from '../nftables/plan.ts';
import type { Path, TermContext } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Chains, Line } from './chains.ts';
import { denialLines, limitChain, line, logLine } from './chains.ts';
import { matchesOf } from './matches.ts';
import type { Words } from './words.ts';
import { chainName, id, macText } from './words.ts';

interface Place {
  readonly chains: Chains;
  readonly side: Side;
  readonly path: Path;
  readonly owner?: Owner;
  /** The packet has an address of the owner, not only its MAC. */
  readonly isAtAddress: boolean;
}

const ANYONE = { ranges: EVERY_ADDRESS, names: [], devices: [] };

/** The chain that one path goes through first; it returns where the policy denies nothing. */
export function pathChain(chains: Chains, path: Path): string {
  const sides = ['egress', 'ingress'] as const;
  return chains.add(path === 'forward' ? 'ptl-forward' : 'ptl-input', [
    line({ 'connection-state': 'established,related,untracked', action: 'return' }, 'ptl-known'),
    ...jump(invalidChain(chains, path), { 'connection-state': 'invalid' }),
    line({ 'connection-state': 'invalid', action: 'return' }, 'ptl-known'),
    ...jump(openingChain(chains, path, 'guard')),
    ...sides.flatMap((side) => jump(sideChain(chains, side, path))),
    ...jump(openingChain(chains, path, 'open')),
  ]);
}

function jump(target: string, match: Words = {}): readonly Line[] {
  return [line({ ...match, action: 'jump', 'jump-target': target }, 'ptl-jump')];
}

function ruleMatches(chains: Chains, rule: BoundRule, context: TermContext): readonly Words[] {
  return termsOf(rule, context).flatMap((term) => matchesOf(term, chains.family, chains.lists));
}

/**
 * Accepts, before the rules of others, what the guard or a rule allows. What is denied does not get
 * to the second: a rule that comes too late in the policy opens nothing.
 */
function openingChain(chains: Chains, path: Path, kind: 'guard' | 'open'): string {
  const { policy } = chains;
  const rules =
    kind === 'guard' ? policy.guard : [...new Set([...policy.egress, ...policy.ingress])];
  const lines = rules
    .filter(({ action }) => kind === 'guard' || action === 'allow')
    .flatMap((rule) =>
      ruleMatches(chains, rule, { policy, path }).map((match) =>
        line({ ...match, action: 'accept' }, rule.id),
      ),
    );
  return chains.add(`ptl-${kind}${suffix(path)}`, lines);
}

function suffix(path: Path): string {
  return path === 'input' ? '-self' : '';
}

/** Returns where this side denies nothing. */
function sideChain(chains: Chains, side: Side, path: Path): string {
  const common: Place = { chains, side, path, isAtAddress: false };
  // The router's own addresses are no device's, and it is in no zone.
  const isJudged = side === 'egress' || path === 'forward';
  return chains.add(`ptl-${side}${suffix(path)}`, [
    ...(isJudged ? ownerLines(common) : []),
    ...(side === 'egress' ? macLines(common, true) : []),
    ...chains.plan.commonRules(side).flatMap((rule) => ruleLines(common, rule)),
    ...(side === 'egress' ? macLines(common, false) : []),
    ...(isJudged ? zoneLines(common) : []),
  ]);
}

/** To the chain of whoever has the address; there is no goto, so that what comes back ends here. */
function ownerLines(common: Place): readonly Line[] {
  const { chains, side } = common;
  const { lists, family } = chains;
  const end = side === 'egress' ? 'src' : 'dst';
  const owners = chains.plan.owners
    .map((owner) => ({ owner, own: owner.addresses.filter((each) => each.family === family) }))
    .filter(({ own }) => own.length > 0);
  if (owners.length === 0) return [];
  const lines = owners.flatMap(({ owner, own }) => {
    const [key, value] = lists.addresses(end, own, family);
    return jump(deviceChain({ ...common, owner, isAtAddress: true }, owner), { [key]: value });
  });
  const all = addressSet(owners.flatMap(({ own }) => own));
  const list = lists.named('ptl-owned', all, family);
  return [...lines, line({ [`${end}-address-list`]: list, action: 'return' }, 'ptl-owned')];
}

/** A device does not leave its rules by taking an address that is nobody's. */
function macLines(common: Place, trial: boolean): readonly Line[] {
  const { chains } = common;
  const seen = new Set<string>();
  return chains.plan.owners.flatMap((owner) =>
    owner.device.macs.flatMap((mac) => {
      if (seen.has(mac)) return [];
      seen.add(mac);
      if (owner.device.trial !== trial) return [];
      const match = { 'src-mac-address': macText(mac), ...tied(chains) };
      const target = trial
        ? deviceChain({ ...common, owner }, owner)
        : chains.add(chainName('z', owner.device.id), defaultLines({ ...common, owner }, owner));
      return [...jump(target, match), line({ ...match, action: 'return' }, 'ptl-owned')];
    }),
  );
}

function tied({ family, lists }: Chains): Words {
  const untied = UNTIED.filter((range) => range.family === family);
  const [key, value] = lists.addresses('src', untied, family, '!');
  return { [key]: value };
}

function defaultLines({ chains }: Place, { device }: Owner): readonly Line[] {
  return denialLines(chains, {}, chains.policy.refuse, device, defaultId(device.id), true);
}

/** The rules of one device and its default. */
function deviceChain(place: Place, owner: Owner): string {
  const { chains, side, path, isAtAddress } = place;
  const { plan } = chains;
  const rules = isAtAddress ? plan.rulesOf(side, owner) : plan.commonRules(side);
  const name = `ptl-${isAtAddress ? '' : 'x'}${side[0]}${path === 'input' ? 's' : ''}-${id(owner.device.id)}`;
  if (chains.has(name)) return name;
  return chains.add(name, [
    ...(side === 'egress' && isAtAddress ? spoofLines(place, owner) : []),
    ...rules.flatMap((rule) => ruleLines(place, rule)),
    ...defaultLines(place, owner),
  ]);
}

/** A line can name one MAC only: whoever has one of the device's comes back. */
function spoofLines({ chains }: Place, { device }: Owner): readonly Line[] {
  if (device.macs.length === 0) return [];
  const own = device.macs.map((mac) =>
    line({ 'src-mac-address': macText(mac), action: 'return' }, SPOOFED),
  );
  const others = denialLines(chains, {}, 'drop', device, SPOOFED, true);
  const chain = chains.add(chainName('s', device.id), [...own, ...others]);
  return jump(chain);
}

function ruleLines(place: Place, rule: BoundRule): readonly Line[] {
  return ruleMatches(place.chains, rule, contextOf(place)).flatMap((match) =>
    actionLines(place, rule, match),
  );
}

function contextOf({ chains, side, path, owner, isAtAddress }: Place): TermContext {
  const base = { policy: chains.policy, path };
  if (owner === undefined || !isAtAddress) return base;
  const end = side === 'egress' ? 'source' : 'destination';
  return { ...base, known: { end, addresses: owner.addresses } };
}

/** An allow returns: the other side has still to be asked. */
function actionLines(
  { chains, side, owner }: Place,
  rule: BoundRule,
  match: Words,
): readonly Line[] {
  const device = owner?.device;
  if (rule.action !== 'allow') {
    const action = rule.action === 'deny' ? 'drop' : 'reject';
    return denialLines(chains, match, action, device, rule.id, rule.log);
  }
  const isLimited = rule.rate !== undefined || rule.connections !== undefined;
  return [
    ...(rule.log ? [logLine(match, 'allow', device, rule.id)] : []),
    ...(isLimited ? jump(limitChain(chains, side, rule, device?.trial === true), match) : []),
    line({ ...match, action: 'return' }, rule.id),
  ];
}

/** Whoever is in a zone that denies, and is in no rule. */
function zoneLines({ chains, side }: Place): readonly Line[] {
  const { policy } = chains;
  return policy.zones
    .filter(({ denies }) => denies)
    .flatMap((zone) =>
      zoneMatches(chains, side, zone).flatMap((match) =>
        denialLines(chains, match, policy.refuse, undefined, zoneDefaultId(id(zone.id)), true),
      ),
    );
}

function zoneMatches(chains: Chains, side: Side, zone: BoundZone): readonly Words[] {
  const everything: BoundRule = {
    id: 'ptl-z',
    from: ANYONE,
    to: ANYONE,
    matches: [{}],
    action: 'deny',
    log: false,
    ...(side === 'egress' ? { fromZone: zone.id } : { toZone: zone.id }),
  };
  return ruleMatches(chains, everything, { policy: chains.policy, path: 'forward' });
}

/** What belongs to no connection is dropped where either end is managed. */
function invalidChain(chains: Chains, path: Path): string {
  const sides = path === 'forward' ? (['egress', 'ingress'] as const) : (['egress'] as const);
  const lines = sides.flatMap((side) => {
    const zones = chains.policy.zones.filter(({ denies }) => denies);
    return [
      ...ownerMatches(chains, side),
      ...zones.flatMap((each) => zoneMatches(chains, side, each)),
    ];
  });
  const drops = lines.map((match) => line({ ...match, action: 'drop' }, INVALID));
  return chains.add(`ptl-invalid${suffix(path)}`, drops);
}

function ownerMatches({ plan, lists, family }: Chains, side: Side): readonly Words[] {
  const bound: AddressSet = addressSet(
    plan.owners
      .filter(({ device }) => !device.trial)
      .flatMap(({ addresses }) => addresses.filter((each) => each.family === family)),
  );
  if (bound.length === 0) return [];
  const [key, value] = lists.addresses(side === 'egress' ? 'src' : 'dst', bound, family);
  return [{ [key]: value }];
}
