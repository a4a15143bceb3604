import { Reader } from '../../base/reader.ts';
import { NOTHING } from './bytes.ts';
import type { ClientHello } from './tls-client-hello.ts';
import { numbers } from './tls-client-hello.ts';

/**
 * Fingerprints of a client's first words. JA3 (Salesforce) and JA4, the one of TLS clients (FoxIO),
 * are under the BSD 3-Clause License; the rest of the JA4+ family is not, and is not here. Digests
 * are the caller's: JA3 is the MD5 of `ja3Text`, JA4 takes SHA-256 of the parts of `ja4Raw`.
 *
 * https://github.com/salesforce/ja3, https://github.com/FoxIO-LLC/ja4 (technical_details/JA4.md)
 */
export type Digest = (text: string) => string;

const SERVER_NAME = 0;
const GROUPS = 10;
const FORMATS = 11;
const ALGORITHMS = 13;
const ALPN = 16;
const VERSIONS = 43;

/** RFC 8701: values that mean nothing, sent so that servers stay tolerant. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

function real(values: readonly number[]): readonly number[] {
  return values.filter((value) => !isGrease(value));
}

function bodyOf({ extensions }: ClientHello, type: number): Uint8Array | undefined {
  return extensions.find((extension) => extension.type === type)?.body;
}

/** A list of 16-bit numbers behind a length of as many bytes as given. */
function listIn(body: Uint8Array | undefined, lengthBytes: 1 | 2): readonly number[] {
  return body === undefined ? [] : real(numbers(body.subarray(lengthBytes)));
}

/** Version, suites, extensions, groups and point formats, in decimal. */
export function ja3Text(hello: ClientHello): string {
  const formats = bodyOf(hello, FORMATS)?.subarray(1) ?? NOTHING;
  return [
    String(hello.version),
    real(hello.suites).join('-'),
    real(hello.extensions.map(({ type }) => type)).join('-'),
    listIn(bodyOf(hello, GROUPS), 2).join('-'),
    [...formats].join('-'),
  ].join(',');
}

/** Of the server's answer: version, suite and extensions, likewise. */
export function ja3sText(version: number, suite: number, extensions: readonly number[]): string {
  return [version, suite, extensions.join('-')].join(',');
}

export function ja3(hello: ClientHello, md5: Digest): string {
  return md5(ja3Text(hello));
}

interface Ja4Parts {
  readonly start: string;
  readonly suites: string;
  readonly extensions: string;
  readonly algorithms: string;
}

function ja4Parts(hello: ClientHello, transport: 't' | 'q' | 'd'): Ja4Parts {
  const suites = real(hello.suites);
  const types = real(hello.extensions.map(({ type }) => type));
  const named = types.includes(SERVER_NAME) ? 'd' : 'i';
  const start = [transport, versionOf(hello), named, count(suites), count(types), alpnOf(hello)];
  const kept = types.filter((type) => type !== SERVER_NAME && type !== ALPN);
  return {
    start: start.join(''),
    suites: sortedHex(suites),
    extensions: sortedHex(kept),
    algorithms: listIn(bodyOf(hello, ALGORITHMS), 2).map(hex4).join(','),
  };
}

/** The form in which nothing is hashed (`ja4_r`). */
export function ja4Raw(hello: ClientHello, transport: 't' | 'q' | 'd' = 't'): string {
  const { start, suites, extensions, algorithms } = ja4Parts(hello, transport);
  return [start, suites, extensions].concat(algorithms === '' ? [] : [algorithms]).join('_');
}

/** `sha256` gives lower-case hex, of which twelve digits are taken. */
export function ja4(hello: ClientHello, sha256: Digest, transport: 't' | 'q' | 'd' = 't'): string {
  const { start, suites, extensions, algorithms } = ja4Parts(hello, transport);
  const last = algorithms === '' ? extensions : `${extensions}_${algorithms}`;
  return [start, short(suites, sha256), extensions === '' ? EMPTY : short(last, sha256)].join('_');
}

const EMPTY = '000000000000';

function short(text: string, sha256: Digest): string {
  return text === '' ? EMPTY : sha256(text).slice(0, 12);
}

/** Highest of supported_versions, or else the old field. */
function versionOf(hello: ClientHello): string {
  const offered = listIn(bodyOf(hello, VERSIONS), 1);
  const version = offered.length === 0 ? hello.version : Math.max(...offered);
  return VERSION_CODES.get(version) ?? '00';
}

const VERSION_CODES: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0xfefc, 'd3'],
  [0xfefd, 'd2'],
  [0xfeff, 'd1'],
]);

function count(values: readonly number[]): string {
  return String(Math.min(values.length, 99)).padStart(2, '0');
}

/** First and last character of the first protocol; of its hex, where either is no letter or digit. */
function alpnOf(hello: ClientHello): string {
  const reader = new Reader(bodyOf(hello, ALPN) ?? NOTHING);
  reader.skip(2);
  const name = reader.take(reader.u8());
  const [first, last] = [name[0], name.at(-1)];
  if (first === undefined || last === undefined) return '00';
  const text = String.fromCharCode(first, last);
  if (/^[0-9A-Za-z]{2}$/.test(text)) return text;
  return `${hex2(first)[0] ?? ''}${hex2(last)[1] ?? ''}`;
}

function sortedHex(values: readonly number[]): string {
  return values.map(hex4).toSorted().join(',');
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}
