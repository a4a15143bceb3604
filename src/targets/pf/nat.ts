import { parseAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import type { BoundPolicy, DestinationNat, SourceNat } from '../../model/bound-policy.ts';
import { PORTED } from '../../policy/simulate/match.ts';
import type { Writing } from './rules.ts';
import { TRANSLATED_TAG } from './tags.ts';
import { interfaceName, oneOf, plainAddress, portText } from './words.ts';

const WORDS = { 4: 'inet', 6: 'inet6' } as const;

/** Before the rules: pf takes translation in the order of the file, the first that matches. */
export function natLines(policy: BoundPolicy, writing: Writing): readonly string[] {
  return [
    ...policy.nat.source.flatMap((nat) => sourceLines(policy, nat, writing)),
    ...policy.nat.destination.flatMap((nat) => destinationLines(policy, nat, writing)),
  ];
}

function interfacesOf({ zones }: BoundPolicy, ids: readonly string[]): readonly string[] {
  return zones
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .flatMap(({ interfaces }) => interfaces.map(interfaceName));
}

/** One for each interface: `(em0)` is the address of that one, whatever it is by then. */
function sourceLines(
  policy: BoundPolicy,
  nat: SourceNat,
  { tables, tags }: Writing,
): readonly string[] {
  const from = ofFamily(nat.sources, nat.family);
  if (from.length === 0) return [];
  const isTagged = nat.translated
    ? [...tags.of({ translated: true }, 'named'), ...tags.of({ translated: true }, 'other')].map(
        (tag) => `tagged ${tag} `,
      )
    : [''];
  return interfacesOf(policy, [nat.toZone]).flatMap((name) =>
    isTagged.map(
      (tag) =>
        `nat on ${name} ${WORDS[nat.family]} from ${tables.addresses(from)} to any ${tag}-> ${poolText(nat, name)}`,
    ),
  );
}

function poolText({ to, oneToOne, family }: SourceNat, name: string): string {
  if (to === undefined) return `(${name})`;
  if (to.from === to.to) return `${plainAddress(to.from)}${oneToOne ? ' static-port' : ''}`;
  const [first, last] = [parseAddress(to.from), parseAddress(to.to)];
  const networks =
    first === undefined || last === undefined
      ? []
      : networksOf({ family, from: first.value, to: last.value });
  return `${oneOf(networks)} round-robin${to.persistent ? ' sticky-address' : ''}`;
}

function destinationLines(
  policy: BoundPolicy,
  nat: DestinationNat,
  writing: Writing,
): readonly string[] {
  const to = nat.toAddress === undefined ? undefined : parseAddress(nat.toAddress);
  const families = to === undefined ? ([4, 6] as const) : [to.family];
  return interfacesOf(policy, nat.fromZones).flatMap((name) =>
    families.flatMap((family) => lineOf(nat, name, family, writing)),
  );
}

function lineOf(
  nat: DestinationNat,
  name: string,
  family: 4 | 6,
  { tables }: Writing,
): readonly string[] {
  const sources = ofFamily(nat.sources, family);
  const destinations = ofFamily(nat.destinations, family);
  if (sources.length === 0 || (!nat.local && destinations.length === 0)) return [];
  const { protocol, sourcePorts, destinationPorts } = nat.match;
  const protocols = protocol === undefined && nat.toPort !== undefined ? PORTED : [protocol ?? ''];
  const proto = protocols.join('') === '' ? '' : `proto ${oneOf(protocols.map(String))} `;
  const from = sourcePorts === undefined ? '' : ` port ${portText(sourcePorts)}`;
  const port = destinationPorts === undefined ? '' : ` port ${portText(destinationPorts)}`;
  const target = nat.toAddress === undefined ? `(${name})` : plainAddress(nat.toAddress);
  const toPort = nat.toPort === undefined ? '' : ` port ${nat.toPort}`;
  const there = nat.local ? '(self)' : tables.addresses(destinations);
  return [
    `rdr on ${name} ${WORDS[family]} ${proto}from ${tables.addresses(sources)}${from} to ${there}${port} tag ${TRANSLATED_TAG} -> ${target}${toPort}`,
  ];
}

function ofFamily(set: AddressSet, family: 4 | 6): AddressSet {
  return set.filter((range) => range.family === family);
}
