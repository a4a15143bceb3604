import type { Address, AddressRange } from '../../base/address.ts';
import { contains, isPrivate, parseAddress, parseNetwork, sizeOf } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Link } from '../discover/interfaces.ts';
import { broadcastOf, links as currentLinks } from '../discover/interfaces.ts';
import { merge } from '../discover/targets.ts';
import { formatRange, unmapped, unmappedRange } from './ranges.ts';
import type { Scope } from './scan-types.ts';

/** What a scope is made of; `makeScope` is pure, so that every case can be a test. */
export interface ScopeRequest {
  /** Networks that this machine is attached to, private or not; what is not private is left out. */
  readonly own: readonly AddressRange[];
  /** Broadcast addresses of these networks, as text. */
  readonly broadcasts?: readonly string[];
  /** Ranges of `--scope`. */
  readonly wanted: readonly AddressRange[];
  readonly exclude: readonly AddressRange[];
  /** Text of `--i-am-authorised`. */
  readonly reason?: string;
}

/** A /16: what a scan without a target may look at, address by address. */
const SWEEP_BITS = 16n;
/** A /8 is nobody's scope: whoever means it names what is in it. */
const SCOPE_BITS = 24n;

/**
 * Never anybody's own address: this network (RFC 1122 §3.2.1.3), multicast (RFC 5771, RFC 4291
 * §2.7), reserved and limited broadcast (RFC 1112 §4, RFC 919), the unspecified IPv6 address.
 */
const NOBODY = networks('0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8');
const LOOPBACK = networks('127.0.0.0/8', '::1/128');
const LINK_LOCAL6 = networks('fe80::/10');

/** The scope of this machine now, with what the user adds and takes away. */
export function scopeOf(
  user: Pick<ScopeRequest, 'wanted' | 'exclude' | 'reason'>,
  links: readonly Link[] = currentLinks(),
): Scope {
  const broadcasts = links.map(broadcastOf).filter((text) => text !== undefined);
  return makeScope({ ...user, own: links.map(({ network }) => network), broadcasts });
}

/** @throws PortolanError E_SCOPE where a range needs a reason, or no reason can excuse it */
export function makeScope(request: ScopeRequest): Scope {
  const { reason = '' } = request;
  const own = merge(request.own.filter(isPrivate));
  const wanted = request.wanted.map(unmappedRange);
  for (const range of wanted) checkWanted(range, own, reason);
  const ranges = merge([...own, ...wanted]);
  const exclude = merge(request.exclude.map(unmappedRange));
  const broadcasts = new Set(request.broadcasts ?? []);
  const isWidened = wanted.some((range) => !isCovered(range, own));
  return {
    ranges,
    exclude,
    ...(isWidened ? { authorisation: reason } : {}),
    allows(text: string): boolean {
      const parsed = parseAddress(text);
      if (parsed === undefined || broadcasts.has(text)) return false;
      const address = unmapped(parsed);
      return isIn(ranges, address) && !isIn(exclude, address) && !isIn(NOBODY, address);
    },
  };
}

/** @throws PortolanError E_SCOPE for the first target that is not wholly inside the scope */
export function checkTargets(targets: readonly AddressRange[], scope: Scope): void {
  for (const target of targets.map(unmappedRange)) {
    if (isNobody(target)) throw nobodys(target);
    if (!isCovered(target, scope.ranges)) throw foreign(target);
  }
}

/**
 * The private networks that a scan without a target looks at. Loopback is this machine, and
 * IPv6 link-local addresses are found on the way.
 */
export function ownNetworks(links: readonly Link[] = currentLinks()): readonly AddressRange[] {
  return merge(
    links
      .filter(({ loopback }) => !loopback)
      .map(({ network }) => network)
      .filter((network) => isPrivate(network) && !isLinkLocal(network)),
  );
}

/** @throws PortolanError E_SCOPE where there is no such network, or one is too large to be meant */
export function defaultTargets(links: readonly Link[] = currentLinks()): readonly AddressRange[] {
  const own = ownNetworks(links);
  if (own.length === 0) {
    throw new PortolanError('E_SCOPE', 'This machine is on no private network', {
      remedy: 'Name what to look at: portolan scan 192.168.1.0/24',
    });
  }
  const large = own.find((range) => range.family === 4 && sizeOf(range) > 1n << SWEEP_BITS);
  if (large !== undefined) {
    const count = sizeOf(large).toLocaleString('en-US');
    const part = formatRange({ ...large, to: large.from + 255n });
    throw new PortolanError('E_SCOPE', `Refused: ${formatRange(large)} has ${count} addresses`, {
      remedy: `Name the part that you mean: portolan scan ${part}`,
    });
  }
  return own;
}

function checkWanted(range: AddressRange, own: readonly AddressRange[], reason: string): void {
  if (isNobody(range)) throw nobodys(range);
  if (range.family === 4 && sizeOf(range) >= 1n << SCOPE_BITS && !isCovered(range, own)) {
    throw new PortolanError('E_SCOPE', `Refused: ${formatRange(range)} is too large a scope`, {
      remedy: 'Name the networks that you mean, each smaller than a /8',
    });
  }
  if (!isCovered(range, own) && reason.trim() === '') throw foreign(range);
}

function foreign(range: AddressRange): PortolanError {
  const text = formatRange(range);
  return new PortolanError('E_SCOPE', `Refused: ${text} is not a network of this machine`, {
    remedy: `If you are authorised: --scope ${text} --i-am-authorised "reason" (recorded in the scan)`,
  });
}

function nobodys(range: AddressRange): PortolanError {
  return new PortolanError(
    'E_SCOPE',
    `Refused: ${formatRange(range)} is multicast, broadcast or reserved, and no device's address`,
    { remedy: 'Name the addresses of devices: portolan scan 192.168.1.0/24' },
  );
}

function isNobody(range: AddressRange): boolean {
  return NOBODY.some(
    (one) => one.family === range.family && one.from <= range.to && range.from <= one.to,
  );
}

function isLinkLocal(range: AddressRange): boolean {
  return isCovered(range, LINK_LOCAL6) || isCovered(range, LOOPBACK);
}

/** `merged` has no two ranges that touch, so one of them must hold it all. */
function isCovered(range: AddressRange, merged: readonly AddressRange[]): boolean {
  return merged.some(
    (one) => one.family === range.family && one.from <= range.from && range.to <= one.to,
  );
}

function isIn(ranges: readonly AddressRange[], address: Address): boolean {
  return ranges.some((range) => contains(range, address));
}

function networks(...texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => parseNetwork(text)).filter((range) => range !== undefined);
}
