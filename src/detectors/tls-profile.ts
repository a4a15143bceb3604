import { parseAddress } from '../base/address.ts';
import { hasAddress } from '../base/address-set.ts';
import { hasPort } from '../base/port-set.ts';
import type { Signal } from '../model/alert.ts';
import type { Handshake, Observation } from '../model/observation.ts';
import type { TlsExpectation } from '../model/tls-profile.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt } from './learned/ends.ts';
import { said, tell } from './learned/tell.ts';
import type { Difference } from './tls/difference.ts';
import { differencesOf } from './tls/difference.ts';

/** Differences that were told, each by device and what differs. */
const TOLD = 8_192;
/** Differences that one sentence names; further ones are counted. */
const NAMED = 4;

export const tlsProfile = {
  id: 'tls_profile',
  title: 'TLS that the maker of the device does not list',
  types: ['tls_profile_violation'],
  thresholds: ['anything in a ClientHello that the profile does not list, told once'],
  sources: [
    'RFC 9761 §5 (profiles), §6 (what is observed and not listed)',
    'RFC 8701 (GREASE: values that mean nothing, which are not looked at)',
    'RFC 8520 §3.13, RFC 8519 §4 (entries that a connection falls under)',
  ],
  learns: false,
  knownFalse: [
    'firmware that was updated before the MUD file was',
    'a library of TLS that the maker updated without a word in the MUD file',
  ],
  sees: ['handshake'],
  start: (context): Watch => new TlsProfileWatch(context),
} as const satisfies Detector;

/** What a device offers is held against the profile that its MUD file has for whom it talks to. */
class TlsProfileWatch implements Watch {
  readonly #context: DetectorContext;
  readonly #told = new BoundedMap<string, true>(TOLD);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#told.size * 140, dropped: this.#told.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'handshake') return [];
    const device = deviceAt(this.#context, observation.client);
    const expectations = this.#context.tlsProfileOf?.(device);
    if (expectations === undefined || expectations.length === 0) return [];
    const fresh = violations(observation, expectations).filter(({ what, seen }) => {
      const key = `${device} ${what} ${seen}`;
      if (this.#told.has(key)) return false;
      this.#told.set(key, true);
      return true;
    });
    return fresh.length === 0 ? [] : [tellOf(observation, device, fresh)];
  }
}

/**
 * Entries whose server is known to be this one decide; where there are none, those that may be. An
 * entry without a profile allows anything; of several profiles the one that is nearest is held against
 * it. A server that only other names are listed for is itself what differs.
 */
function violations(handshake: Handshake, all: readonly TlsExpectation[]): readonly Difference[] {
  const open = all.filter((one) => covers(one, handshake));
  const fits = (wanted: Fit): readonly TlsExpectation[] =>
    open.filter((one) => fitOf(one, handshake) === wanted);
  const sure = fits('yes');
  const candidates = sure.length > 0 ? sure : fits('unknown');
  if (candidates.length === 0) return otherServer(handshake, open);
  if (candidates.some(({ profiles }) => profiles.length === 0)) return [];
  const { offer, version } = handshake;
  if (offer === undefined) return [];
  const [nearest = []] = candidates
    .flatMap(({ profiles }) => profiles)
    .map((profile) => differencesOf(offer, profile, version))
    .toSorted((a, b) => a.length - b.length);
  return nearest;
}

/** Protocol, family and ports: what every packet shows. */
function covers(
  { family, transport, sourcePorts, ports }: TlsExpectation,
  { client, server, transport: seen = 'tcp' }: Handshake,
): boolean {
  return (
    family === (server.address.includes(':') ? 6 : 4) &&
    (transport ?? seen) === seen &&
    (sourcePorts.length === 0 || hasPort(sourcePorts, client.port)) &&
    (ports.length === 0 || hasPort(ports, server.port))
  );
}

type Fit = 'yes' | 'no' | 'unknown';

function fitOf({ name, addresses, isClass }: TlsExpectation, { server, sni }: Handshake): Fit {
  const address = parseAddress(server.address);
  if (addresses !== undefined && address !== undefined && !hasAddress(addresses, address)) {
    return 'no';
  }
  if (name !== undefined && sni !== undefined && sni !== name) return 'no';
  return isClass || (name !== undefined && sni === undefined) ? 'unknown' : 'yes';
}

/** Addresses are the policy's matter: only where names, each with a profile, are all there is. */
function otherServer({ sni }: Handshake, open: readonly TlsExpectation[]): readonly Difference[] {
  const names = open.flatMap(({ name, profiles }) => (profiles.length === 0 ? [] : (name ?? [])));
  if (sni === undefined || names.length === 0 || names.length < open.length) return [];
  return [{ what: 'server name', seen: said(sni), allowed: names.map(said) }];
}

function tellOf(seen: Handshake, device: string, differences: readonly Difference[]): Signal {
  const { at, frame, server, sni, transport = 'tcp', version } = seen;
  const named = differences.slice(0, NAMED).map((one) => `${one.what} ${one.seen}`);
  const more = differences.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const kinds = [...new Map(differences.map((one) => [one.what, one])).values()];
  const allowed = kinds.map((one) => `${one.what}: ${shortened(one.allowed)}`).join('; ');
  return tell({
    type: 'tls_profile_violation',
    at,
    severity: 'medium',
    threat: 'malware',
    devices: [device],
    peer: server.address,
    port: server.port,
    transport,
    about: list.slice(0, 200),
    summary: `${device} speaks TLS with ${said(sni ?? server.address)} otherwise than its maker says: ${list}`,
    usual: `By its MUD file ${allowed}.`,
    remedy: `Look whether ${device} got new firmware, and whether its maker has a newer MUD file; if neither, take it for compromised and isolate it.`,
    reasons: ['software that its maker does not list opened this connection'],
    facts: {
      version,
      server: sni ?? server.address,
      ...Object.fromEntries(kinds.map(({ what }) => [what, seenOf(differences, what)])),
    },
    frames: [frame],
    unseen: ['which authorities the device trusts'],
  });
}

function seenOf(differences: readonly Difference[], what: string): string {
  return shortened(differences.filter((one) => one.what === what).map((one) => one.seen));
}

/** Of a list that a stranger may have made long. */
function shortened(texts: readonly string[]): string {
  const most = 16;
  const rest = texts.length - most;
  return texts.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
