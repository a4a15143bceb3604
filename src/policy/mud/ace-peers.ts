import { parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { intersectionOf, networksOf } from '../../base/address-set.ts';
import { shortId } from '../../base/id.ts';
import type { Direction } from '../../model/core.ts';
import type { MudSelector, PolicyEndpoint } from '../../model/policy.ts';
import { parseDnsName } from '../references.ts';
import type { Ace } from './mud.ts';
import { authorityOf } from './mud.ts';

/** What an ACE says of the other end. */
export type AcePeers =
  /** `PolicyRule.from` or `.to`, one for each rule that it becomes. */
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** A class of devices, as an endpoint of the policy. */
  | { readonly kind: 'endpoint'; readonly name: string; readonly endpoint: PolicyEndpoint }
  /** No rule can say it. */
  | { readonly kind: 'none'; readonly why: string };

export const LOCAL_NETWORKS = 'mud-local-networks';
/** RFC 8520 §17.7. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'urn:ietf:params:mud:dns': 'mud-dns',
  'urn:ietf:params:mud:ntp': 'mud-ntp',
};

interface Selected {
  readonly selector: MudSelector;
  readonly value: string;
}

/** What the peer of an ACE is: the conjunction of all that it asks for (RFC 8519 §4.1). */
export function peersOfAce(
  ace: Ace,
  direction: Direction,
  url: string,
  localNetworks: AddressSet,
): AcePeers {
  const peer = direction === 'from-device' ? ace.destination : ace.source;
  const networks = networksOfAce(peer, ace, localNetworks);
  const name =
    peer.name === undefined || isAddress(peer.name) ? undefined : parseDnsName(peer.name);
  if (peer.name !== undefined && name === undefined && !isAddress(peer.name)) {
    return none('its DNS name can never be looked up');
  }
  const classes = classesOf(ace, url);
  const asked = classes.length + (name === undefined ? 0 : 1) + (networks === undefined ? 0 : 1);
  if (asked === 0) return { kind: 'texts', texts: ['any'] };
  if (asked > 1)
    return none('it asks for several things at once, and no rule can say what is in all');
  if (name !== undefined) return { kind: 'texts', texts: [`name:${name}`] };
  const [selected] = classes;
  if (selected !== undefined) {
    const endpoint: PolicyEndpoint = { kind: 'mud', ...selected };
    return { kind: 'endpoint', name: endpointName(selected), endpoint };
  }
  return networkPeers(networks ?? [], ace);
}

/** As addresses; undefined where it asks for none. */
function networksOfAce(
  { network, name }: Ace['source'],
  { family, peers }: Ace,
  localNetworks: AddressSet,
): AddressSet | undefined {
  const sets: AddressSet[] = [];
  const range = network === undefined ? undefined : parseNetwork(network);
  if (range !== undefined && !/\/0$/.test(network ?? '')) sets.push([range]);
  const address = name === undefined ? undefined : parseAddress(name);
  if (address !== undefined)
    sets.push([{ family: address.family, from: address.value, to: address.value }]);
  if (peers.localNetworks) sets.push(localNetworks);
  const [first, ...others] = sets;
  if (first === undefined) return undefined;
  return others
    .reduce((common, set) => intersectionOf(common, set), first)
    .filter((one) => peers.localNetworks || one.family === family);
}

function networkPeers(networks: AddressSet, { peers, destination, source }: Ace): AcePeers {
  if (networks.length === 0) return none('no address is in all that it asks for');
  const texts = networks.flatMap((range) => networksOf(range));
  const plain = [destination, source].every(
    (end) => end.network === undefined && end.name === undefined,
  );
  if (!peers.localNetworks || !plain) {
    return { kind: 'texts', texts: texts.map((text) => `net:${text}`) };
  }
  return { kind: 'endpoint', name: LOCAL_NETWORKS, endpoint: { kind: 'net', networks: texts } };
}

/** RFC 8520 §8.2-8.6. A model of the same maker is narrower than its maker: that one counts. */
function classesOf({ peers }: Ace, url: string): readonly Selected[] {
  const own = authorityOf(url) ?? '';
  const makers = [
    ...(peers.manufacturer === undefined ? [] : [peers.manufacturer.toLowerCase()]),
    ...(peers.sameManufacturer ? [own] : []),
  ];
  const { model, controller } = peers;
  const isOfModel = (maker: string): boolean => model !== undefined && authorityOf(model) === maker;
  return [
    ...[...new Set(makers)]
      .filter((maker) => !isOfModel(maker))
      .map((value) => ({ selector: 'manufacturer' as const, value })),
    ...(model === undefined ? [] : [{ selector: 'model' as const, value: model }]),
    ...(controller === undefined ? [] : [{ selector: 'controller' as const, value: controller }]),
    // Keyed by the MUD URL: two products of one maker may have two controllers (§8.6).
    ...(peers.myController ? [{ selector: 'my-controller' as const, value: url }] : []),
  ];
}

/** Of our own making: no text of the file is in it, and the same class has the same name always. */
export function endpointName({ selector, value }: Selected): string {
  const known = Object.hasOwn(WELL_KNOWN, value) ? WELL_KNOWN[value] : undefined;
  if (selector === 'controller' && known !== undefined) return known;
  const [, , hash = ''] = shortId('C', `${selector} ${value}`, 6).toLowerCase().split('-');
  return `mud-${selector}-${hash}`;
}

/** Whether the site itself knows who that is (RFC 8520 §8.4). */
export function isWellKnown(value: string): boolean {
  return Object.hasOwn(WELL_KNOWN, value);
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

function none(why: string): AcePeers {
  return { kind: 'none', why };
}
