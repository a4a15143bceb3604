import { Reader } from '../../base/reader.ts';
import type { Element } from './ber.ts';
import { childrenOf, OBJECT_IDENTIFIER, oidOf, parseElement, SEQUENCE } from './ber.ts';
import { trimmed, utf8 } from './strings.ts';

/** Tags of X.509 (RFC 5280 §4.1, §4.2.1.6). */
const SET = 0x31;
const BOOLEAN = 0x01;
const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const BMP_STRING = 0x1e;
const IA5_STRING = 0x16;

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const SUBJECT_ALT_NAME = '2.5.29.17';

/** Names of one certificate that are read; a content network's has some hundreds. */
const NAMES_CAP = 256;

/** What a certificate says of whom it names: that it is genuine is not looked into here. */
export interface CertificateNames {
  /** Common name, or else the organisation. */
  readonly subject: string;
  readonly issuer: string;
  readonly dnsNames: readonly string[];
  /** Four or sixteen octets each. */
  readonly addresses: readonly Uint8Array[];
}

/** RFC 5280 §4.1: as much as could be read; undefined for what is no certificate. */
export function readCertificate(der: Uint8Array): CertificateNames | undefined {
  const whole = parseElement(der);
  if (whole.kind !== 'ok' || whole.value.tag !== SEQUENCE) return undefined;
  const signed = parseElement(whole.value.value);
  if (signed.kind !== 'ok' || signed.value.tag !== SEQUENCE) return undefined;
  const parts = childrenOf(signed.value.value);
  if (parts === undefined) return undefined;
  // Serial number, signature algorithm, issuer, validity, subject, after a version that may lack.
  const from = parts[0]?.tag === VERSION ? 1 : 0;
  const [issuer, subject] = [parts[from + 2], parts[from + 4]];
  if (issuer?.tag !== SEQUENCE || subject?.tag !== SEQUENCE) return undefined;
  const extensions = parts.find(({ tag }) => tag === EXTENSIONS)?.value;
  return {
    issuer: nameOf(issuer.value),
    subject: nameOf(subject.value),
    ...alternativeNames(extensions),
  };
}

/** §4.1.2.4: a SEQUENCE of SETs of pairs of type and text. */
function nameOf(rdnSequence: Uint8Array): string {
  const texts = new Map<string, string>();
  for (const set of childrenOf(rdnSequence) ?? []) {
    const pair = set.tag === SET ? childrenOf(set.value)?.[0] : undefined;
    const [type, text] = pair?.tag === SEQUENCE ? (childrenOf(pair.value) ?? []) : [];
    if (type?.tag !== OBJECT_IDENTIFIER || text === undefined) continue;
    texts.set(oidOf(type.value) ?? '', textOf(text.tag, text.value));
  }
  return texts.get(COMMON_NAME) ?? texts.get(ORGANIZATION) ?? '';
}

/** UTF8String, PrintableString, IA5String, T61String are read as UTF-8; BMPString has two octets each. */
function textOf(tag: number, value: Uint8Array): string {
  const bytes = tag === BMP_STRING ? value.filter((_, index) => index % 2 === 1) : value;
  return trimmed(utf8(bytes, 255));
}

/** id-pe-mud-url, an IA5String: where the maker says what the device needs (RFC 8520 §11). */
const MUD_URL = '1.3.6.1.5.5.7.1.25';
/** id-pe-mudsigner, the Name of who signs that (RFC 8520 §11). */
const MUD_SIGNER = '1.3.6.1.5.5.7.1.30';

/** What a certificate says of the device's MUD file; the signer's Name as its maker wrote it. */
export function mudIn(der: Uint8Array): {
  readonly url: string | undefined;
  readonly signer: Uint8Array | undefined;
} {
  return {
    url: iaString(extensionOf(der, MUD_URL)),
    signer: nameIn(extensionOf(der, MUD_SIGNER)),
  };
}

/** DER of the value of an extension (§4.2); undefined where the certificate has none of that type. */
export function extensionOf(der: Uint8Array, oid: string): Uint8Array | undefined {
  const whole = parseElement(der);
  const signed = whole.kind === 'ok' ? parseElement(whole.value.value) : whole;
  const parts = signed.kind === 'ok' ? (childrenOf(signed.value.value) ?? []) : [];
  return extensionIn(parts.find(({ tag }) => tag === EXTENSIONS)?.value, oid);
}

/** Contents of the subject's Name (§4.1.2.6): two certificates of one holder have the same. */
export function subjectName(der: Uint8Array): Uint8Array | undefined {
  const whole = parseElement(der);
  const signed = whole.kind === 'ok' ? parseElement(whole.value.value) : whole;
  const parts = signed.kind === 'ok' ? (childrenOf(signed.value.value) ?? []) : [];
  return nameContents(parts[(parts[0]?.tag === VERSION ? 1 : 0) + 4]);
}

/** Contents of a Name that is by itself; undefined for anything else. */
export function nameIn(der: Uint8Array | undefined): Uint8Array | undefined {
  const item = der === undefined ? undefined : parseElement(der);
  return item?.kind === 'ok' ? nameContents(item.value) : undefined;
}

function nameContents(item: Element | undefined): Uint8Array | undefined {
  return item?.tag === SEQUENCE && item.value.length > 0 ? item.value : undefined;
}

/** Text of an IA5String; undefined for anything else. */
export function iaString(der: Uint8Array | undefined): string | undefined {
  const item = der === undefined ? undefined : parseElement(der);
  if (item?.kind !== 'ok' || item.value.tag !== IA5_STRING) return undefined;
  return new Reader(item.value.value).text(item.value.value.length);
}

function extensionIn(extensions: Uint8Array | undefined, oid: string): Uint8Array | undefined {
  const list = extensions === undefined ? undefined : parseElement(extensions);
  const members = list?.kind === 'ok' ? (childrenOf(list.value.value) ?? []) : [];
  for (const member of members) {
    const [type, second, third] = childrenOf(member.value) ?? [];
    const value = second?.tag === BOOLEAN ? third : second;
    if (type !== undefined && value !== undefined && oidOf(type.value) === oid) return value.value;
  }
  return undefined;
}

type Names = Pick<CertificateNames, 'dnsNames' | 'addresses'>;

/** §4.2.1.6, among the extensions of §4.2: type, whether critical, and a value in an OCTET STRING. */
function alternativeNames(extensions: Uint8Array | undefined): Names {
  const value = extensionIn(extensions, SUBJECT_ALT_NAME);
  return value === undefined ? { dnsNames: [], addresses: [] } : readNames(value);
}

function readNames(value: Uint8Array): Names {
  const dnsNames: string[] = [];
  const addresses: Uint8Array[] = [];
  const list = parseElement(value);
  let rest = list.kind === 'ok' ? list.value.value : value.subarray(0, 0);
  for (let names = 0; rest.length > 0 && names < NAMES_CAP; names += 1) {
    const name = parseElement(rest);
    if (name.kind !== 'ok') break;
    const { tag, value: octets } = name.value;
    if (tag === DNS_NAME) dnsNames.push(new Reader(octets).text(Math.min(octets.length, 255)));
    if (tag === IP_ADDRESS && [4, 16].includes(octets.length)) addresses.push(octets);
    rest = rest.subarray(name.size);
  }
  return { dnsNames, addresses };
}
