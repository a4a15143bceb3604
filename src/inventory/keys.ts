import { reveal } from '../base/untrusted.ts';
import { isGloballyUnique } from '../identify/oui-table.ts';
import type { Evidence, IdentifierScheme } from '../model/evidence.ts';

/** One identifier in a piece of evidence. */
export interface KeySighting {
  /** `uuid:…`, `host-key:…`: what two sightings have to share to be one device. */
  readonly key: string;
  /**
   * What a machine has only one of at a time: the host key of one port, its serial number. Two
   * machines are told apart by different values in one slot at once.
   */
  readonly slot: string;
}

/**
 * How well a key names one machine. `strong` ones join whatever network cards carry them. `weak` ones
 * are shared by whole product lines often enough (factory keys: SEC Consult, "House of Keys", 2015
 * and 2016: 580 private keys on 4.5 million devices; client identifiers of cloned images) that they
 * join only where nothing speaks against it.
 */
export type Strength = 'user' | 'strong' | 'weak';

const WEAK: ReadonlySet<string> = new Set(['host-key', 'dhcp']);

export function strengthOf(key: string): Strength {
  const scheme = schemeOf(key);
  if (scheme === 'user') return 'user';
  return WEAK.has(scheme) ? 'weak' : 'strong';
}

/** Best first: what a device is named after, where several are known within its first minute. */
const RANKS = ['child', 'mac', 'uuid', 'serial', 'mdns', 'host-key', 'dhcp', 'random', 'address'];

export function rankOf(key: string): number {
  const scheme = schemeOf(key);
  const random = scheme === 'mac' && !isGloballyUnique(key.slice(4));
  return RANKS.indexOf(random ? 'random' : scheme);
}

export function schemeOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}

/** Values that firmware ships unset: they name nobody. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  ...'unknown none null default 0123456789 123456 1234567 12345678 123456789 1234567890'.split(' '),
  'default string',
  'system serial number',
  'to be filled by o.e.m.',
  'not specified',
  ...'localhost localhost.local linux.local espressif.local raspberrypi.local'.split(' '),
]);

/** The identifiers that a piece of evidence carries, its MAC and its address left out. */
export function keysIn({ fact, subject }: Evidence): readonly KeySighting[] {
  const where = `${subject.transport ?? ''}/${subject.port ?? ''}`;
  switch (fact.kind) {
    case 'identifier':
      return sighting(fact.scheme, reveal(fact.value), where);
    case 'attribute':
      return fact.name === 'serial' ? sighting('serial', reveal(fact.value), where) : [];
    case 'tls':
      return fact.tls.certificate === undefined
        ? []
        : sighting('host-key', fact.tls.certificate.fingerprint, where);
    default:
      return [];
  }
}

function sighting(scheme: IdentifierScheme, value: string, where: string): readonly KeySighting[] {
  const text = normal(scheme, value);
  if (text.length < 4 || PLACEHOLDERS.has(text) || isOneCharacter(text)) return [];
  return [{ key: `${scheme}:${text}`, slot: `${scheme} ${where}` }];
}

function normal(scheme: IdentifierScheme, value: string): string {
  const text = value.trim().toLowerCase();
  if (scheme === 'uuid') return text.replace(/^(urn:)?uuid:/, '');
  return scheme === 'mdns' ? text.replace(/\.$/, '') : text;
}

/** `00000000-0000-…`, `FFFFFFFF`. */
function isOneCharacter(text: string): boolean {
  return new Set(text.replaceAll(/[-:. ]/g, '')).size < 2;
}
