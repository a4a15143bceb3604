import { formatAddress, parseAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundPeer, BoundRule, DestinationNat, SourceNat } from '../../model/bound-policy.ts';
import { PORTED } from '../../policy/simulate/match.ts';
import type { Term } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import { only } from '../target.ts';
import type { Chains } from './chains.ts';
import { line } from './chains.ts';
import { matchesOf } from './matches.ts';
import type { Words } from './words.ts';

const ANYONE: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };
const ADDRESS = /^[0-9a-f.:]{2,45}$/;

/** The chains of translation, as far as there is anything in them: what leads there, and their names. */
export function natChains(chains: Chains): readonly (readonly [from: string, chain: string])[] {
  const { destination, source } = chains.policy.nat;
  const to = destination.flatMap((nat) =>
    destinationMatches(chains, nat).map((match) => line({ ...match, ...aim(chains, nat) }, nat.id)),
  );
  const from = source
    .filter(({ family }) => family === chains.family)
    .flatMap((nat) =>
      sourceMatches(chains, nat).map((match) => line({ ...match, ...mask(nat) }, nat.id)),
    );
  const made: [string, string][] = [];
  if (to.length > 0) made.push(['dstnat', chains.add('ptl-dstnat', to)]);
  if (from.length > 0) made.push(['srcnat', chains.add('ptl-srcnat', from)]);
  return made;
}

function destinationMatches(chains: Chains, nat: DestinationNat): readonly Words[] {
  const to = nat.toAddress === undefined ? undefined : parseAddress(nat.toAddress);
  if (to !== undefined && to.family !== chains.family) return [];
  const base: BoundRule = {
    id: nat.id,
    from: peer(nat.sources),
    to: nat.local ? ANYONE : peer(nat.destinations),
    matches:
      nat.toPort === undefined || nat.match.protocol !== undefined
        ? [nat.match]
        : PORTED.map((protocol) => ({ ...nat.match, protocol })),
    action: 'allow',
    log: false,
  };
  const zones = nat.fromZones.length === 0 ? [undefined] : nat.fromZones;
  const local: Words = nat.local ? { 'dst-address-type': 'local' } : {};
  return zones
    .flatMap((fromZone): readonly Term[] => {
      const rule = fromZone === undefined ? base : { ...base, fromZone };
      return termsOf(rule, { policy: chains.policy, path: 'forward' });
    })
    .flatMap((term) => matchesOf(term, chains.family, chains.lists))
    .map((match) => ({ ...match, ...local }));
}

/** The menu of IPv6 has `to-address`, that of IPv4 `to-addresses`. */
function aim({ family }: Chains, { toAddress, toPort }: DestinationNat): Words {
  const port: Words = toPort === undefined ? {} : { 'to-ports': String(toPort) };
  if (toAddress === undefined) return { action: 'redirect', ...port };
  return {
    action: 'dst-nat',
    [family === 4 ? 'to-addresses' : 'to-address']: plain(toAddress),
    ...port,
  };
}

function sourceMatches(chains: Chains, nat: SourceNat): readonly Words[] {
  const rule: BoundRule = {
    id: nat.id,
    from: peer(nat.sources.filter(({ family }) => family === nat.family)),
    to: ANYONE,
    toZone: nat.toZone,
    matches: [{}],
    action: 'allow',
    log: false,
    ...(nat.translated ? { translated: true } : {}),
  };
  return termsOf(rule, { policy: chains.policy, path: 'forward' }).flatMap((term) =>
    matchesOf(term, chains.family, chains.lists),
  );
}

/** `same` gives a client the same address each time. */
function mask({ to, family }: SourceNat): Words {
  if (to === undefined) return { action: 'masquerade' };
  const addresses = to.from === to.to ? plain(to.from) : `${plain(to.from)}-${plain(to.to)}`;
  const key = family === 4 ? 'to-addresses' : 'to-address';
  if (!to.persistent || to.from === to.to) return { action: 'src-nat', [key]: addresses };
  return { action: 'same', 'same-not-by-dst': 'yes', [key]: addresses };
}

function peer(ranges: AddressSet): BoundPeer {
  return { ranges, names: [], devices: [] };
}

function plain(text: string): string {
  const address = parseAddress(text);
  return only(ADDRESS, address === undefined ? text : formatAddress(address));
}
