import type { Parsed } from '../../base/reader.ts';
import { bad, MORE } from '../../base/reader.ts';
import { textOf } from './text.ts';

/** HTTP and the protocols that took its form: RTSP (RFC 7826 §20) and SIP (RFC 3261 §7). */
export type HttpLike = 'HTTP' | 'RTSP' | 'SIP';

export interface Head {
  readonly protocol: HttpLike;
  /** `1.1`. */
  readonly version: string;
  /** Of a request; empty in a response. */
  readonly method: string;
  readonly target: string;
  /** Of a response; 0 in a request. */
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  /** Whether the blank line after the headers was seen; without it, only whole lines were read. */
  readonly ended: boolean;
}

/** Values by field name in lower case, in the order in which they came. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** Bytes of start line and headers that are read (nginx and Apache take 8 KiB a line). */
export const HEAD_CAP = 16_384;
/** Fields that are kept, and characters of each: more is no device describing itself. */
const FIELDS_CAP = 128;
const VALUE_CAP = 1024;
/** Longest method of the IANA registry is 17 letters (UPDATEREDIRECTREF). */
const METHOD_CAP = 20;

/**
 * Start line and headers. `more` until the start line is whole; after that as many headers as
 * came, with `ended` for whether these are all.
 */
export function parseHead(bytes: Uint8Array, side: Side, cap: number = HEAD_CAP): Parsed<Head> {
  if (!mayBeginHead(bytes)) return bad('no start line');
  const text = textOf(bytes, cap);
  const line = lineAt(text, 0);
  if (line === undefined) {
    if (!mayStart(text, side)) return bad('no start line');
    return bytes.length < cap ? MORE : bad('the start line does not end');
  }
  const start = side === 'request' ? requestLine(line.text) : statusLine(line.text);
  if (start === undefined) return bad('no start line');
  const { headers, ended, size } = readHeaders(text, line.next);
  return { kind: 'ok', value: { ...start, headers, ended }, size };
}

/** Methods and names of versions begin with a letter: most of what is asked is settled here. */
export function mayBeginHead(bytes: Uint8Array): boolean {
  const lower = (bytes[0] ?? 0x61) | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export type Side = 'request' | 'response';

type StartLine = Omit<Head, 'headers' | 'ended'>;

/** RFC 9112 §3; version 0.9 had a method, a target and nothing else (w3.org, HTTP 0.9, 1991). */
function requestLine(line: string): StartLine | undefined {
  if (CONTROL.test(line)) return undefined;
  const [method = '', target = '', name, ...rest] = line.split(' ', 4);
  if (name === undefined && method === 'GET' && target.startsWith('/')) {
    return { protocol: 'HTTP', version: '0.9', method, target, status: 0, reason: '' };
  }
  const version = versionOf(name);
  if (!isMethod(method) || target === '' || version === undefined || rest.length > 0) return;
  return { ...version, method, target, status: 0, reason: '' };
}

/** RFC 9112 §4; many leave the reason out, and some the blank before it. */
function statusLine(line: string): StartLine | undefined {
  const version = versionOf(line.slice(0, line.indexOf(' ')));
  const found = / ([1-9]\d\d)(?: |$)/.exec(line.slice(0, 16));
  if (version === undefined || found === null || line.indexOf(' ') !== found.index) return;
  const reason = line.slice(found.index + 5, found.index + 5 + 80);
  return { ...version, method: '', target: '', status: Number(found[1]), reason };
}

/** A few servers write the name in lower case. */
function versionOf(name = ''): Pick<Head, 'protocol' | 'version'> | undefined {
  const found = /^(HTTP|RTSP|SIP)\/([1-9]\.\d)$/.exec(name.toUpperCase());
  const protocol = found?.[1];
  if (protocol !== 'HTTP' && protocol !== 'RTSP' && protocol !== 'SIP') return undefined;
  return { protocol, version: found?.[2] ?? '' };
}

function isMethod(text: string): boolean {
  return /^[A-Z][A-Z_-]{1,19}$/.test(text);
}

/** Whether an unfinished first line may still become one. */
function mayStart(text: string, side: Side): boolean {
  if (side === 'response')
    return ['HTTP/', 'RTSP/', 'SIP/'].some((name) => agrees(text.toUpperCase(), name));
  const [method = ''] = text.split(' ', 1);
  if (method.length === text.length) {
    return text.length <= METHOD_CAP && /^[A-Z]?[A-Z_-]{0,19}$/.test(text);
  }
  return isMethod(method) && !CONTROL.test(text.replace(/\r$/, ''));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a request line has none
const CONTROL = /[\u0000-\u001f\u007f]/;

function agrees(text: string, start: string): boolean {
  return text.startsWith(start) || start.startsWith(text);
}

interface Line {
  readonly text: string;
  readonly next: number;
}

/** Without CR LF, or LF alone as small devices have it (RFC 9112 §2.2). */
function lineAt(text: string, from: number): Line | undefined {
  const end = text.indexOf('\n', from);
  if (end === -1) return undefined;
  return { text: text.slice(from, text[end - 1] === '\r' ? end - 1 : end), next: end + 1 };
}

function readHeaders(
  text: string,
  from: number,
): { headers: Headers; ended: boolean; size: number } {
  const headers = new Map<string, string[]>();
  let size = from;
  for (let line = lineAt(text, from), fields = 0; line !== undefined; line = lineAt(text, size)) {
    size = line.next;
    if (line.text === '') return { headers, ended: true, size };
    fields += 1;
    if (fields <= FIELDS_CAP) addField(headers, line.text);
  }
  return { headers, ended: false, size };
}

/** A folded line (obsolete since RFC 9112 §5.2) is dropped: no field that is read here is folded. */
function addField(headers: Map<string, string[]>, line: string): void {
  const colon = line.indexOf(':');
  if (colon < 1 || colon > 128 || line.startsWith(' ') || line.startsWith('\t')) return;
  const name = line.slice(0, colon).trimEnd().toLowerCase();
  const value = line.slice(colon + 1, colon + 1 + VALUE_CAP).trim();
  const values = headers.get(name);
  if (values === undefined) headers.set(name, [value]);
  else values.push(value);
}

/** The first value of a field, or nothing. */
export function field(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.[0];
}

/** Whether one of the values of a list field is this token (RFC 9110 §5.6.1). */
export function hasToken(headers: Headers, name: string, token: string): boolean {
  const values = headers.get(name) ?? [];
  return values.some((value) =>
    value
      .toLowerCase()
      .split(',')
      .some((part) => part.trim() === token),
  );
}

/** `Basic realm="Boa"` -> scheme and realm (RFC 9110 §11.6.1), of the first challenge. */
export function challenge(
  headers: Headers,
): { readonly scheme: string; readonly realm: string } | undefined {
  const value = field(headers, 'www-authenticate');
  if (value === undefined) return undefined;
  const scheme = value.split(' ', 1)[0] ?? '';
  const realm = /realm="([^"]{0,255})"/i.exec(value)?.[1] ?? '';
  return { scheme, realm };
}
