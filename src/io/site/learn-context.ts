import { networkInterfaces } from 'node:os';
import { isPrivate, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet } from '../../base/address-set.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Policy } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import type { LearnContext, LearnDevice } from '../../policy/learn/proposal.ts';
import { parseDnsName } from '../../policy/references.ts';
import { readPolicyText } from '../policy-file.ts';
import { ownNetworks } from '../scan/scope.ts';
import { resolversOfMachine, surroundings } from '../surroundings.ts';
import { endpointNames } from './endpoint-names.ts';

/** Networks that are inside whoever owns them (RFC 1918, RFC 4193). */
const INSIDE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
/** Days without a sign after which a learned rule lapses; learning again puts that off. */
const EXPIRE_AFTER = 365;
const IN_FORCE: readonly string[] = ['trial', 'enforcing', 'quarantine'];

export interface LearnOptions {
  /** `90d`, or `never`; a year where nobody says. */
  readonly expire?: string;
  /** A file with a name or an address a line. */
  readonly blocklist?: string;
}

/** What the learner has to know of the site. @param only ids; all devices where it is undefined */
export async function learnContext(
  site: Site,
  policy: Policy,
  { expire, blocklist: list }: LearnOptions,
  only: ReadonlySet<string> | undefined,
): Promise<LearnContext> {
  const { isRouter } = await surroundings();
  const names = endpointNames(site, policy);
  const expireAfterDays = daysOf(expire);
  return {
    devices: site.devices.map(
      ({ id, addresses, macs }): LearnDevice => ({
        id,
        endpoint: names.get(id) ?? id,
        addresses,
        macs,
      }),
    ),
    ...(only === undefined ? {} : { only }),
    localNetworks: localNetworks(policy),
    // On any other machine its addresses are those of one more device.
    selfAddresses: isRouter ? ownAddresses() : [],
    knownAddresses: resolversOfMachine().filter(isPublic),
    knownBad: blocklist(list),
    utcOffset: -new Date().getTimezoneOffset(),
    ...(expireAfterDays === undefined ? {} : { expireAfterDays }),
    decided: new Map(policy.rules.map(({ id, action }) => [id, action])),
    inForce: inForce(policy),
  };
}

function localNetworks({ zones }: Policy): AddressSet {
  const texts = Object.values(zones).flatMap(({ internet, networks }) =>
    internet ? [] : networks,
  );
  const known = [...INSIDE, ...texts].map(parseNetwork).filter((one) => one !== undefined);
  return addressSet([...known, ...ownNetworks()]);
}

function inForce({ endpoints }: Policy): ReadonlySet<string> {
  return new Set(
    Object.values(endpoints).flatMap((one) =>
      one.kind === 'device' && IN_FORCE.includes(one.state) ? [one.device] : [],
    ),
  );
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
}

function isPublic(address: string): boolean {
  const range = parseNetwork(address);
  return range !== undefined && !isPrivate(range);
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return EXPIRE_AFTER;
  if (text === 'never') return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined && Number(days) > 0) return Number(days);
  throw new PortolanError('E_USAGE', `--expire "${text}" is no number of days`, {
    remedy: 'For example --expire 90d, or --expire never',
  });
}

/** A name or an address a line, as lists of malicious ones have it; `#` begins a comment. */
function blocklist(file: string | undefined): ReadonlySet<string> {
  if (file === undefined) return new Set();
  const text = readPolicyText(file);
  if (text === undefined) {
    throw new PortolanError('E_INPUT_UNREADABLE', `There is no file ${file}`, {
      remedy: 'Give a file with a name or an address a line after --blocklist',
    });
  }
  const entries = text
    .split('\n')
    // A hosts file has the address that it should lead to in front.
    .map((line) => line.split('#', 1)[0]?.trim().split(/\s+/).at(-1) ?? '')
    .filter((entry) => entry !== '');
  return new Set(entries.map((entry) => parseDnsName(entry) ?? entry.toLowerCase()));
}
