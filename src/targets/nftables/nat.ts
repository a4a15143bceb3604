import { formatAddress, parseAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundPeer, BoundRule, DestinationNat, SourceNat } from '../../model/bound-policy.ts';
import { PORTED } from '../../policy/simulate/match.ts';
import type { Term } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import { only } from '../target.ts';
import { joined } from './denial.ts';
import { matchesOf } from './matches.ts';
import { comment } from './names.ts';
import type { Plan } from './plan.ts';

const ANYONE: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };
const ADDRESS = /^[0-9a-f.:]{2,45}$/;

/** Destination NAT: the first packet of a connection, before it is known where it goes. */
export function destinationLines(plan: Plan): readonly string[] {
  return plan.policy.nat.destination.flatMap((nat) => {
    const to = nat.toAddress === undefined ? undefined : parseAddress(nat.toAddress);
    return terms(plan, nat)
      .flatMap((term) => (to === undefined ? [term] : ofFamily(term, to.family)))
      .flatMap((term) => matchesOf(term, plan.sets))
      .map((match) =>
        joined(
          match,
          nat.local ? 'fib daddr type local' : '',
          `counter ${action(nat)} ${comment(nat.id)}`,
        ),
      );
  });
}

/** A rule that matches what the NAT takes; zones are asked of interfaces, the rest of addresses. */
function terms({ policy }: Plan, nat: DestinationNat): readonly Term[] {
  const base: BoundRule = {
    id: nat.id,
    from: peer(nat.sources),
    to: nat.local ? ANYONE : peer(nat.destinations),
    matches: matchesOfNat(nat),
    action: 'allow',
    log: false,
  };
  const zones = nat.fromZones.length === 0 ? [undefined] : nat.fromZones;
  return zones.flatMap((fromZone) =>
    termsOf(fromZone === undefined ? base : { ...base, fromZone }, { policy, path: 'forward' }),
  );
}

/** A port can be given only to a protocol that has one, and nft must see which. */
function matchesOfNat({ match, toPort }: DestinationNat): BoundRule['matches'] {
  if (toPort === undefined || match.protocol !== undefined) return [match];
  return PORTED.map((protocol) => ({ ...match, protocol }));
}

function ofFamily(term: Term, family: 4 | 6): readonly Term[] {
  if (term.family === undefined) return [{ ...term, family }];
  return term.family === family ? [term] : [];
}

function action({ toAddress, toPort }: DestinationNat): string {
  const port = toPort === undefined ? '' : `:${toPort}`;
  const to = toAddress === undefined ? undefined : parseAddress(toAddress);
  if (to === undefined) return joined('redirect', port === '' ? '' : `to ${port}`);
  const text = only(ADDRESS, formatAddress(to));
  return to.family === 4 ? `dnat ip to ${text}${port}` : `dnat ip6 to [${text}]${port}`;
}

function peer(ranges: AddressSet): BoundPeer {
  return { ranges, names: [], devices: [] };
}

/** Source NAT: the first packet of a connection, as it leaves. */
export function sourceLines(plan: Plan): readonly string[] {
  return plan.policy.nat.source.flatMap((nat) => {
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
    return termsOf(rule, { policy: plan.policy, path: 'forward' })
      .flatMap((term) => ofFamily(term, nat.family))
      .flatMap((term) => matchesOf(term, plan.sets))
      .map((match) => joined(match, `counter ${sourceAction(nat)} ${comment(nat.id)}`));
  });
}

/** `masquerade` alone would take in IPv6 as well: the family is always asked before it. */
function sourceAction({ family, to }: SourceNat): string {
  if (to === undefined) return 'masquerade';
  const key = family === 4 ? 'ip' : 'ip6';
  const addresses = to.from === to.to ? plain(to.from) : `${plain(to.from)}-${plain(to.to)}`;
  return joined(`snat ${key} to ${addresses}`, to.persistent ? 'persistent' : '');
}

function plain(text: string): string {
  const address = parseAddress(text);
  return only(ADDRESS, address === undefined ? text : formatAddress(address));
}
