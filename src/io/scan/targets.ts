import type { AddressRange } from '../../base/address.ts';
import { parseAddress, parseNetwork, single } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import { visible } from '../../base/untrusted.ts';
import { merge } from '../discover/targets.ts';
import { unmapped, unmappedRange } from './ranges.ts';

/** One word of a target list, in nmap's grammar (nmap.org/book/man-target-specification.html). */
export type Target =
  | { readonly kind: 'ranges'; readonly ranges: readonly AddressRange[]; readonly zone?: string }
  | { readonly kind: 'name'; readonly name: string };

/** Looks a name up once; its addresses are what is connected to, and each is checked. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface Targets {
  readonly ranges: readonly AddressRange[];
  /** Interfaces that were named after `%`: link-local addresses are asked there alone. */
  readonly zones: readonly string[];
  /** Address → the name that it was given by. */
  readonly names: ReadonlyMap<string, string>;
}

/** `10.*.*.1` is this many separate ranges; nobody means more. */
const RANGES_CAP = 65_536;
/** Linux: IFNAMSIZ is 16 with the closing zero; no slash, no space. */
const ZONE = /^[A-Za-z0-9_.@:-]{1,15}$/;
/** RFC 1123 §2.1, with the underscore that real networks have. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** @throws PortolanError E_TARGET for a word that is no target, or a name that leads nowhere */
export async function readTargets(words: readonly string[], resolve: Resolve): Promise<Targets> {
  const ranges: AddressRange[] = [];
  const zones = new Set<string>();
  const names = new Map<string, string>();
  for (const target of words.map(parseTarget)) {
    if (target.kind === 'ranges') {
      // Not by spreading into push: one word may be 65,536 ranges, more than a call can carry.
      for (const range of target.ranges) ranges.push(range);
      if (target.zone !== undefined) zones.add(target.zone);
      continue;
    }
    for (const address of await addressesOf(target.name, resolve)) {
      ranges.push(unmappedRange(single(unmapped(addressOf(address)))));
      names.set(address, target.name);
    }
  }
  return { ranges: merge(ranges), zones: [...zones], names };
}

/** The words of a `-iL` file: separated by white space, with `#` comments. */
export function targetWords(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.split('#', 1)[0] ?? '')
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((word) => word !== '');
}

/** @throws PortolanError E_TARGET */
export function parseTarget(word: string): Target {
  if (word.includes(':') || word.includes('%')) return { kind: 'ranges', ...parseIpv6(word) };
  if (/^[\d.*,/-]+$/.test(word)) return { kind: 'ranges', ranges: parseIpv4(word) };
  return { kind: 'name', name: parseName(word) };
}

function parseIpv6(word: string): { ranges: readonly AddressRange[]; zone?: string } {
  const [bare = '', zone, ...more] = word.split('%');
  const network = parseNetwork(bare);
  if (network === undefined) throw malformed(word, 6);
  if (zone === undefined) return { ranges: [unmappedRange(network)] };
  if (network.family === 4 || more.length > 0 || !ZONE.test(zone)) {
    throw refuse(word, 'is no IPv6 address: after % stands the name of an interface', EXAMPLE6);
  }
  return { ranges: [network], zone };
}

/** A network, or four octets each of which may be a list of ranges: `10.0.0-3.1-254`. */
function parseIpv4(word: string): readonly AddressRange[] {
  const network = parseNetwork(word);
  if (network !== undefined) return [network];
  if (word.includes('/')) throw malformed(word, 4);
  // At dots only: a comma parts the ranges of one octet.
  const octets = word.split('.').map((octet) => parseOctet(octet, word));
  const [a = [], b = [], c = [], d = []] = octets;
  if (octets.length !== 4) throw malformed(word, 4);
  if (countOf(a) * countOf(b) * countOf(c) * d.length > RANGES_CAP) {
    throw refuse(word, `is more than ${RANGES_CAP.toLocaleString('en-US')} ranges`, EXAMPLE4);
  }
  const heads = product(product(valuesOf(a), valuesOf(b)), valuesOf(c));
  return merge(
    heads.flatMap((head) =>
      d.map(({ from, to }) => ({
        family: 4 as const,
        from: BigInt(head * 256 + from),
        to: BigInt(head * 256 + to),
      })),
    ),
  );
}

interface Run {
  readonly from: number;
  readonly to: number;
}

function parseOctet(text: string, word: string): readonly Run[] {
  return text.split(',').map((part) => {
    const run = parseRun(part);
    if (run === undefined) throw malformed(word, 4);
    return run;
  });
}

/** `7`, `3-9`, `3-`, `-9`, `-` and `*`, without leading zeros. */
function parseRun(text: string): Run | undefined {
  if (text === '*') return { from: 0, to: 255 };
  const match = /^(0|[1-9]\d{0,2})?(?:(-)(0|[1-9]\d{0,2})?)?$/.exec(text);
  if (match === null || text === '') return undefined;
  const [, first, dash, last] = match;
  const from = Number(first ?? 0);
  const to = dash === undefined ? from : Number(last ?? 255);
  return from <= to && to <= 255 ? { from, to } : undefined;
}

function countOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function valuesOf(runs: readonly Run[]): readonly number[] {
  return runs.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}

function product(heads: readonly number[], tails: readonly number[]): readonly number[] {
  return heads.flatMap((head) => tails.map((tail) => head * 256 + tail));
}

/**
 * A name whose last label is a number is read as an address by the C library (`127.1`,
 * `2130706433`, `0x7f000001`), and not always as the one that was meant: it is refused.
 */
function parseName(word: string): string {
  const name = word.endsWith('.') ? word.slice(0, -1) : word;
  const labels = name.split('.');
  if (name.includes('/')) {
    throw refuse(word, 'is no target: a prefix stands after an address, not a name', EXAMPLE4);
  }
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) {
    throw refuse(word, 'is neither an address nor a host name', EXAMPLE4);
  }
  if (/^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')) throw malformed(word, 4);
  return name.toLowerCase();
}

async function addressesOf(name: string, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await resolve(name).catch((cause: unknown) => {
    throw unresolved(name, cause);
  });
  if (addresses.length === 0) throw unresolved(name);
  return addresses;
}

function addressOf(text: string): { family: 4 | 6; value: bigint } {
  const address = parseAddress(text);
  if (address === undefined) throw refuse(text, 'is no address that a name may have', EXAMPLE4);
  return address;
}

function unresolved(name: string, cause?: unknown): PortolanError {
  return new PortolanError('E_TARGET', `"${visible(name)}" has no address: the name is not known`, {
    remedy: 'Check its spelling, or name the address: portolan devices lists them',
    ...(cause === undefined ? {} : { cause }),
  });
}

const EXAMPLE4 =
  'Write an address, a network or a range: 192.168.1.7, 192.168.1.0/24, 10.0.0-3.1-254';
const EXAMPLE6 = 'Write an address, with its interface where it is link-local: fe80::1%eth0';

function malformed(word: string, family: 4 | 6): PortolanError {
  const bits = family === 4 ? 32 : 128;
  const match = /^([^/]+)\/(\d{1,4})$/.exec(word);
  if (match === null || parseAddress(match[1] ?? '') === undefined) {
    return refuse(word, `is no IPv${family} address`, family === 4 ? EXAMPLE4 : EXAMPLE6);
  }
  const reversed = [...(match[2] ?? '')].reverse().join('');
  const other = Number(reversed) > 0 && Number(reversed) <= bits ? ` or /${Number(reversed)}` : '';
  return refuse(
    word,
    `is not a network: the prefix must be 0-${bits} for IPv${family}`,
    `Did you mean /${bits}${other}?`,
  );
}

function refuse(word: string, why: string, remedy: string): PortolanError {
  const shown = visible(word);
  const cut = shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
  return new PortolanError('E_TARGET', `"${cut}" ${why}`, { remedy });
}
