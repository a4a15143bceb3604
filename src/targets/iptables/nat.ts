import { formatAddress, parseAddress } from '../../base/address.ts';
import { EVERY_ADDRESS } from '../../base/address-set.ts';
import type { BoundRule, DestinationNat, SourceNat } from '../../model/bound-policy.ts';
import { PORTED } from '../../policy/simulate/match.ts';
import type { Plan } from '../nftables/plan.ts';
import type { Term } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import { only } from '../target.ts';
import type { Book, Writer } from './chains.ts';
import { matchesOf } from './matches.ts';
import { comment, POSTROUTING, PREROUTING } from './names.ts';
import type { Family, IpSets } from './sets.ts';

const ADDRESS = /^[0-9a-f.:]{2,45}$/;

interface Table {
  readonly plan: Plan;
  readonly book: Book;
  readonly sets: IpSets;
  readonly family: Family;
}

/** The nat table of one family: only the first packet of a connection comes here. */
export function natChains(table: Table): void {
  const { destination, source } = table.plan.policy.nat;
  const before = destination.filter((nat) => isOf(nat.toAddress, table.family));
  const after = source.filter(({ family }) => family === table.family);
  const arriving = table.book.open(PREROUTING);
  for (const nat of before) writeDestination(table, arriving, nat);
  const leaving = table.book.open(POSTROUTING);
  for (const nat of after) writeSource(table, leaving, nat);
}

function isOf(text: string | undefined, family: Family): boolean {
  return text === undefined || parseAddress(text)?.family === family;
}

function writeDestination(table: Table, writer: Writer | undefined, nat: DestinationNat): void {
  const rule: BoundRule = {
    id: nat.id,
    from: { ranges: nat.sources, names: [], devices: [] },
    to: { ranges: nat.local ? EVERY_ADDRESS : nat.destinations, names: [], devices: [] },
    matches: matchesOfNat(nat),
    action: 'allow',
    log: false,
  };
  const { policy } = table.plan;
  const zones = nat.fromZones.length === 0 ? [undefined] : nat.fromZones;
  const terms = zones.flatMap((fromZone) =>
    termsOf(fromZone === undefined ? rule : { ...rule, fromZone }, { policy, path: 'forward' }),
  );
  const local = nat.local ? '-m addrtype --dst-type LOCAL' : '';
  write(table, writer, terms, [local, comment(nat.id), destinationOf(nat)]);
}

/** A port can be given only to a protocol that has one, and the rule must say which. */
function matchesOfNat({ match, toPort }: DestinationNat): BoundRule['matches'] {
  if (toPort === undefined || match.protocol !== undefined) return [match];
  return PORTED.map((protocol) => ({ ...match, protocol }));
}

function destinationOf({ toAddress, toPort }: DestinationNat): string {
  if (toAddress === undefined) {
    return `-j REDIRECT${toPort === undefined ? '' : ` --to-ports ${toPort}`}`;
  }
  const text = plain(toAddress);
  if (toPort === undefined) return `-j DNAT --to-destination ${text}`;
  return `-j DNAT --to-destination ${text.includes(':') ? `[${text}]` : text}:${toPort}`;
}

function writeSource(table: Table, writer: Writer | undefined, nat: SourceNat): void {
  const rule: BoundRule = {
    id: nat.id,
    from: { ranges: nat.sources, names: [], devices: [] },
    to: { ranges: EVERY_ADDRESS, names: [], devices: [] },
    toZone: nat.toZone,
    matches: [{}],
    action: 'allow',
    log: false,
    ...(nat.translated ? { translated: true } : {}),
  };
  const terms = termsOf(rule, { policy: table.plan.policy, path: 'forward' });
  write(table, writer, terms, [comment(nat.id), sourceOf(nat)]);
}

function sourceOf({ to }: SourceNat): string {
  if (to === undefined) return '-j MASQUERADE';
  const addresses = to.from === to.to ? plain(to.from) : `${plain(to.from)}-${plain(to.to)}`;
  return `-j SNAT --to-source ${addresses}${to.persistent ? ' --persistent' : ''}`;
}

function write(
  { family, sets }: Table,
  writer: Writer | undefined,
  terms: readonly Term[],
  words: readonly string[],
): void {
  for (const match of terms.flatMap((term) => matchesOf(term, family, sets))) {
    writer?.unless(match.unless, () => writer.add(match.words, ...words));
  }
}

function plain(text: string): string {
  const address = parseAddress(text);
  return only(ADDRESS, address === undefined ? text : formatAddress(address));
}
