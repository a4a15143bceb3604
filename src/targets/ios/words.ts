import type { AddressRange } from '../../base/address.ts';
import { formatAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import { md5 } from '../../base/hash.ts';
import type { PortSet } from '../../base/port-set.ts';
import { only } from '../target.ts';

const UTF8 = new TextEncoder();
const ID = /^[a-z][a-z0-9_-]{0,39}$/;
export const INTERFACE = /^[A-Za-z][A-Za-z0-9/.:-]{0,47}$/;
/** Whoever looks after the router fills it with the router's own addresses, one for each family. */
export const SELF_GROUP = { 4: 'PTL-SELF', 6: 'PTL-SELF6' } as const;

export type Family = 4 | 6;

export function aclName(zone: string, family: Family): string {
  return `PTL${family === 6 ? '6' : ''}-${only(ID, zone)}-IN`;
}

/** Groups of networks, shared by the entries that ask the same. Those of IPv6 need IOS XE 17. */
export class Groups {
  readonly #members = new Map<string, readonly string[]>();

  addresses(set: AddressSet, family: Family): string {
    const networks = set.flatMap(networksOf);
    const [single = '', ...more] = networks;
    if (more.length === 0) return networkText(single);
    const name = `PTL-A${family}-${digest(networks.join())}`;
    const head = `object-group ${family === 4 ? 'network' : 'v6-network'} ${name}`;
    this.#members.set(head, networks.map(memberText));
    return `object-group ${name}`;
  }

  texts(): readonly string[] {
    return [...this.#members].flatMap(([head, lines]) => [
      head,
      ...lines.map((line) => ` ${line}`),
    ]);
  }

  removals(): readonly string[] {
    return [...this.#members.keys()].map((head) => `no ${head}`);
  }
}

function networkText(text: string): string {
  const range = parseNetwork(text);
  if (range === undefined) return text;
  if (range.from === range.to) return `host ${text}`;
  // IPv4 has a wildcard: the bits that do not matter.
  return range.family === 6 ? text : `${addressText(range)} ${v4(range.to - range.from)}`;
}

function memberText(text: string): string {
  const range = parseNetwork(text);
  if (range === undefined || range.from === range.to) return `host ${text}`;
  if (range.family === 6) return text;
  return `${addressText(range)} ${v4(0xffff_ffffn - (range.to - range.from))}`;
}

function addressText({ family, from }: AddressRange): string {
  return formatAddress({ family, value: from });
}

function v4(value: bigint): string {
  return formatAddress({ family: 4, value });
}

export function portTexts(ports: PortSet | undefined): readonly string[] {
  if (ports === undefined) return [''];
  return ports.map(({ from, to }) => (from === to ? ` eq ${from}` : ` range ${from} ${to}`));
}

function digest(text: string): string {
  const bytes = md5(UTF8.encode(text)).subarray(0, 6);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
