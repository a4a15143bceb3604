import { sha256 } from '../../base/hash.ts';
import type { Handshake } from '../../model/observation.ts';
import type { Element } from '../../protocols/shared/ber.ts';
import { childrenOf, parseElement, SEQUENCE } from '../../protocols/shared/ber.ts';
import { hexOf, sameBytes } from '../../protocols/shared/bytes.ts';
import { readCertificate } from '../../protocols/shared/der.ts';
import { latin1 } from './text.ts';

export type CertificateFacts = NonNullable<Handshake['certificate']>;

const VERSION = 0xa0;
const UTC_TIME = 0x17;
const BIT_STRING = 0x03;

/** What a certificate says of its life, its makers and its key (RFC 5280 §4.1). */
export function certificateFacts(der: Uint8Array): CertificateFacts | undefined {
  const names = readCertificate(der);
  const parts = partsOf(der);
  if (names === undefined || parts === undefined) return undefined;
  const from = parts[0]?.tag === VERSION ? 1 : 0;
  const [issuer, validity, subject, key] = parts.slice(from + 2, from + 6);
  if (issuer === undefined || validity === undefined || subject === undefined) return undefined;
  const [notBefore, notAfter] = childrenOf(validity.value) ?? [];
  return {
    fingerprint: hexOf(sha256(der)),
    issuer: names.issuer,
    subject: names.subject,
    selfSigned: sameBytes(issuer.value, subject.value),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    bits: bitsOf(key),
  };
}

function partsOf(der: Uint8Array): readonly Element[] | undefined {
  const whole = parseElement(der);
  if (whole.kind !== 'ok' || whole.value.tag !== SEQUENCE) return undefined;
  const signed = parseElement(whole.value.value);
  return signed.kind === 'ok' ? childrenOf(signed.value.value) : undefined;
}

/** §4.1.2.5: `YYMMDDHHMMSSZ`, of which 50 to 99 are of the last century, or with four digits. */
function timeOf(item: Element | undefined): number {
  if (item === undefined) return 0;
  const text = latin1(item.value);
  const isShort = item.tag === UTC_TIME;
  const digits = isShort ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/.exec(digits);
  if (match === null) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((daysTo(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}

/** Days from 1970-01-01 (howardhinnant.github.io/date_algorithms.html, `days_from_civil`). */
function daysTo(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Of RSA the modulus, of a curve half of the point; 0 for what is not known. */
function bitsOf(key: Element | undefined): number {
  const text = childrenOf(key?.value ?? new Uint8Array(0))?.[1];
  if (text?.tag !== BIT_STRING) return 0;
  const octets = text.value.subarray(1);
  // An uncompressed point (SEC 1 §2.3.3).
  if (octets[0] === 4 && octets.length % 2 === 1) return ((octets.length - 1) / 2) * 8;
  const rsa = parseElement(octets);
  const modulus = rsa.kind === 'ok' ? childrenOf(rsa.value.value)?.[0]?.value : undefined;
  if (modulus === undefined) return 0;
  return (modulus[0] === 0 ? modulus.length - 1 : modulus.length) * 8;
}
