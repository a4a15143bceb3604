import type { KeyObject } from 'node:crypto';
import { createHash, X509Certificate } from 'node:crypto';
import { Reader } from '../../base/reader.ts';
import { untrusted } from '../../base/untrusted.ts';
import type { CertificateFacts } from '../../model/evidence.ts';
import { mudIn } from '../../protocols/shared/der.ts';

/** Bytes: a certificate that is larger is an attack. OpenSSL itself stops at 100 KiB a chain. */
const SIZE_CAP = 262_144;
/** Names that are kept: some hosting certificates have a hundred. */
const NAMES_CAP = 32;

/** Signature algorithms by OID in hex (RFC 8017 appendix C, RFC 5758 §3.2, RFC 8410 §3). */
const SIGNATURES: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010102', 'md2WithRSA'],
  ['2a864886f70d010104', 'md5WithRSA'],
  ['2a864886f70d010105', 'sha1WithRSA'],
  ['2a864886f70d01010a', 'rsassaPss'],
  ['2a864886f70d01010b', 'sha256WithRSA'],
  ['2a864886f70d01010c', 'sha384WithRSA'],
  ['2a864886f70d01010d', 'sha512WithRSA'],
  ['2a8648ce3d0401', 'ecdsaWithSHA1'],
  ['2a8648ce3d040302', 'ecdsaWithSHA256'],
  ['2a8648ce3d040303', 'ecdsaWithSHA384'],
  ['2a8648ce3d040304', 'ecdsaWithSHA512'],
  ['2b6570', 'ed25519'],
  ['2b6571', 'ed448'],
]);

/** What a certificate says of itself; undefined where OpenSSL cannot read it. */
export function certificateFacts(der: Uint8Array): CertificateFacts | undefined {
  if (der.length === 0 || der.length > SIZE_CAP) return undefined;
  try {
    const certificate = new X509Certificate(der);
    const key = certificate.publicKey;
    return {
      subject: untrusted(oneLine(certificate.subject)),
      issuer: untrusted(oneLine(certificate.issuer)),
      names: namesIn(certificate.subjectAltName ?? '').map((name) => untrusted(name)),
      notBefore: instantOf(certificate.validFrom),
      notAfter: instantOf(certificate.validTo),
      selfSigned: isSelfSigned(certificate, key),
      key: key.asymmetricKeyType ?? 'unknown',
      bits: bitsOf(key),
      signature: signatureOf(der),
      fingerprint: createHash('sha256').update(der).digest('hex'),
      ...mudOf(der),
    };
  } catch {
    // OpenSSL throws on what is no certificate: that is an answer of a stranger, not an error.
    return undefined;
  }
}

function mudOf(der: Uint8Array): Pick<CertificateFacts, 'mudUrl' | 'mudSigner'> {
  const { url, signer } = mudIn(der);
  return {
    ...(url === undefined ? {} : { mudUrl: untrusted(url, 2048) }),
    ...(signer === undefined ? {} : { mudSigner: hashOfName(signer) }),
  };
}

/** Names are compared octet by octet, as their maker wrote them. */
export function hashOfName(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}

/** OpenSSL gives one attribute a line: `CN=a`, `O=b`. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

function instantOf(text: string): number {
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : at;
}

function isSelfSigned(certificate: X509Certificate, key: KeyObject): boolean {
  if (certificate.subject !== certificate.issuer) return false;
  try {
    return certificate.verify(key);
  } catch {
    return false;
  }
}

function bitsOf(key: KeyObject): number {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return modulusLength;
  const curve = namedCurve ?? key.asymmetricKeyType ?? '';
  const digits = /(\d{3})/.exec(curve)?.[1];
  if (curve.endsWith('25519')) return 256;
  return digits === undefined ? 0 : Number(digits);
}

/**
 * `DNS:a, IP Address:192.0.2.1, DNS:"b, c"`: Node puts what could be mistaken into quotes, as JSON
 * does.
 */
function namesIn(text: string): readonly string[] {
  const names: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index <= text.length && names.length < NAMES_CAP; index += 1) {
    const character = text[index];
    if (character === '"' && text[index - 1] !== '\\') isQuoted = !isQuoted;
    if (character !== undefined && (character !== ',' || isQuoted)) continue;
    const name = text.slice(start, index).trim();
    if (name !== '') names.push(name.replace(/^(?:DNS|IP Address):/, ''));
    start = index + 1;
  }
  return names;
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID … }, … } (RFC 5280 §4.1). */
function signatureOf(der: Uint8Array): string {
  const outer = new Reader(der);
  enter(outer);
  outer.skip(enter(outer));
  enter(outer);
  const oid = outer.take(enter(outer));
  const hex = Buffer.from(oid).toString('hex');
  return outer.failed ? 'unknown' : (SIGNATURES.get(hex) ?? `oid:${hex.slice(0, 40)}`);
}

/** Reads a tag and a length (X.690 §8.1.3) and stands at the contents. */
function enter(reader: Reader): number {
  reader.u8();
  const first = reader.u8();
  if (first < 0x80) return first;
  let length = 0;
  for (let count = first & 0x7f; count > 0 && !reader.failed; count -= 1) {
    length = length * 256 + reader.u8();
  }
  return length;
}
