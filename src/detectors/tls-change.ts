import type { Signal } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import type { Handshake, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt } from './learned/ends.ts';
import { said, tell } from './learned/tell.ts';

/** Pairs of device and server that are remembered. */
const PAIRS = 4_096;
/** By age; what is not known is taken for the best. */
const VERSIONS = ['SSLv3', 'TLSv1.0', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** RFC 7465, RFC 9325 §4.1: RC4, DES, export, null and anonymous suites. */
const WEAK = /RC4|DES|NULL|EXPORT|_anon_|MD5/;
/** RFC 9325 §3.1.1. */
const OLD: ReadonlySet<string> = new Set(['SSLv3', 'TLSv1.0', 'TLSv1', 'TLSv1.1']);
const RSA_BITS = 2_048;
/** Keys of curves are shorter, and as good. */
const RSA_SHORTEST = 522;
/** A change of issuer is usual when a certificate runs out: so many milliseconds before. */
const RENEWAL = 45 * 86_400_000;
/** Certificates of whose servers several devices suddenly see the same strange issuer. */
const SAME_ISSUER = 2;

export const tlsChange = {
  id: 'tls_change',
  title: 'Encryption became weaker, or another certificate is shown',
  types: ['tls_weak', 'cert_invalid', 'mitm'],
  thresholds: [`keys of RSA below ${RSA_BITS} bits, versions below TLSv1.2`],
  sources: [
    'RFC 9325 (recommendations for TLS), RFC 8996 (TLS 1.0 and 1.1 deprecated)',
    'Zeek policy/protocols/ssl: expiring-certs, weak-keys, validate-certs',
    'MITRE ATT&CK T1557',
  ],
  learns: false,
  knownFalse: [
    'a self-signed appliance: that is how it is, and no change',
    'a certificate that is renewed by another issuer shortly before it runs out',
  ],
  sees: ['handshake'],
  start: (context) => new TlsChange(context),
} as const satisfies Detector;

type Certificate = NonNullable<Handshake['certificate']>;

interface Known {
  version: number;
  isWeak: boolean;
  certificate: Certificate | undefined;
  /** What was told, so that each is told once. */
  readonly told: Set<string>;
}

interface Fault {
  readonly type: 'tls_weak' | 'cert_invalid' | 'mitm';
  readonly severity: Severity;
  readonly what: string;
  readonly before: string;
  readonly reason: string;
}

/** What both sides agree on is compared with what the same device and server agreed on before. */
class TlsChange implements Watch {
  readonly #context: DetectorContext;
  readonly #pairs = new BoundedMap<string, Known>(PAIRS);
  /** By new issuer: servers that changed to it. */
  readonly #newIssuers = new BoundedMap<string, Set<string>>(256);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#pairs.size * 500, dropped: this.#pairs.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'handshake') return [];
    const { client, server, sni } = observation;
    const device = deviceAt(this.#context, client);
    const name = sni ?? `${server.address} ${server.port}`;
    const key = `${device} ${name} ${observation.ja3 ?? ''}`.slice(0, 200);
    const pair = this.#pairs.get(key) ?? this.#pairs.get(`${device} ${name}`);
    const faults =
      pair === undefined ? firstSight(observation) : this.#compare(pair, observation, name);
    const known = pair ?? begin(observation);
    if (pair === undefined) this.#pairs.set(`${device} ${name}`, known);
    const fresh = faults.filter(({ what }) => !known.told.has(what));
    if (pair !== undefined) remember(known, observation, faults.length > 0);
    for (const { what } of fresh) known.told.add(what);
    return fresh.slice(0, 1).map((fault) => tellFault(observation, device, name, fault));
  }

  #compare(known: Known, seen: Handshake, name: string): readonly Fault[] {
    const faults: Fault[] = [...weaker(known, seen)];
    const { certificate } = seen;
    const before = known.certificate;
    if (certificate === undefined) return faults;
    const isChanged = before !== undefined && before.fingerprint !== certificate.fingerprint;
    if (before !== undefined && !isChanged) return faults;
    faults.push(...invalid(certificate, before, seen));
    if (before === undefined || before.issuer === certificate.issuer) return faults;
    const issuer = `${certificate.issuer} ${certificate.selfSigned ? 'itself' : ''}`;
    const servers = this.#newIssuers.get(issuer) ?? new Set<string>();
    if (servers.size < 8) servers.add(name);
    this.#newIssuers.set(issuer, servers);
    const isEarly = before.notAfter - seen.at > RENEWAL;
    if (servers.size >= SAME_ISSUER && isEarly) {
      faults.unshift({
        type: 'mitm',
        severity: 'critical',
        what: `another issuer: ${certificate.issuer}`,
        before: `issued by ${before.issuer}`,
        reason: `${servers.size} servers are suddenly vouched for by ${certificate.issuer}`,
      });
    }
    return faults;
  }
}

function begin(seen: Handshake): Known {
  return {
    version: rankOf(seen.version),
    isWeak: WEAK.test(seen.cipher),
    certificate: seen.certificate,
    told: new Set(),
  };
}

function remember(known: Known, seen: Handshake, hasFaults: boolean): void {
  known.version = Math.max(known.version, rankOf(seen.version));
  // What is wrong is not taken as usual.
  if (hasFaults) return;
  known.isWeak ||= WEAK.test(seen.cipher);
  known.certificate = seen.certificate ?? known.certificate;
}

/** Of a pair that is new there is nothing to compare with: only what nobody should use is told. */
function firstSight(seen: Handshake): readonly Fault[] {
  if (!WEAK.test(seen.cipher) && !OLD.has(seen.version)) return [];
  return [
    {
      type: 'tls_weak',
      severity: 'low',
      what: `${seen.version} with ${seen.cipher}`,
      before: 'nothing is known of the two',
      reason: 'it can be broken',
    },
  ];
}

function weaker(known: Known, seen: Handshake): readonly Fault[] {
  const isOlder = rankOf(seen.version) < known.version && OLD.has(seen.version);
  const isWeaker = !known.isWeak && WEAK.test(seen.cipher);
  if (!isOlder && !isWeaker) return [];
  return [
    {
      type: 'tls_weak',
      severity: 'high',
      what: `${seen.version} with ${seen.cipher}`,
      before: `up to ${VERSIONS[known.version] ?? 'an unknown version'}`,
      reason: isOlder ? 'the two agreed on a newer version before' : 'the cipher can be broken',
    },
  ];
}

/** Of a certificate that is new for this server: the first that is wrong with it. */
function invalid(
  now: Certificate,
  before: Certificate | undefined,
  { at, sni }: Handshake,
): readonly Fault[] {
  if (before === undefined) return [];
  const wasGood = !before.selfSigned;
  const isShort = now.bits >= RSA_SHORTEST && now.bits < RSA_BITS && before.bits >= RSA_BITS;
  const isOther = sni !== undefined && before.subject === sni && now.subject !== sni;
  const wrong: readonly (readonly [is: boolean, what: string])[] = [
    [hasRunOut(now, at) && !hasRunOut(before, at), 'the certificate has run out'],
    [now.notBefore > at, 'the certificate is not valid yet'],
    [now.selfSigned && wasGood, 'the certificate vouches for itself'],
    [isShort, `the key has only ${now.bits} bits`],
    [isOther && wasGood && now.issuer !== before.issuer, 'the certificate names another'],
  ];
  return wrong
    .filter(([is]) => is)
    .map(([, what]) => ({
      type: 'cert_invalid',
      severity: 'high',
      what,
      before: `issued by ${before.issuer}`,
      reason: 'the certificate changed, and not for the better',
    }));
}

function hasRunOut({ notAfter }: Certificate, at: number): boolean {
  return notAfter > 0 && notAfter < at;
}

function rankOf(version: string): number {
  const rank = VERSIONS.indexOf(version);
  return rank < 0 ? VERSIONS.length : rank;
}

function tellFault(seen: Handshake, device: string, name: string, fault: Fault): Signal {
  const { at, frame, server, transport = 'tcp', version, cipher } = seen;
  const { type, severity, what, before, reason } = fault;
  return tell({
    type,
    at,
    severity,
    threat: 'interception',
    devices: [device],
    peer: server.address,
    port: server.port,
    transport,
    about: `${name} ${type}`,
    summary: `${device} and ${said(name)}: ${type === 'tls_weak' ? `weak encryption, ${what}` : said(what)}`,
    usual: `Before: ${said(before)}.`,
    remedy:
      type === 'tls_weak'
        ? `Update ${device}; if it was stronger yesterday, look who is between it and the server.`
        : `Do not log in at ${said(name)} from here until it is clear who shows this certificate.`,
    reasons: [said(reason)],
    facts: { version, cipher, server: name },
    frames: [frame],
  });
}
