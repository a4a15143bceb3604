import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { NOTHING } from '../shared/bytes.ts';
import { FieldList } from '../shared/field-list.ts';
import type { Head, Side } from '../shared/http-head.ts';
import { field, hasToken, parseHead } from '../shared/http-head.ts';
import { maskTarget } from '../shared/mask.ts';
import { textOf } from '../shared/text.ts';
import { http2Fields } from './http2.ts';
import { controlFields } from './igd-control.ts';
import { laterTlsFields } from './tls.ts';

/** Requests of one connection that are read. */
const HEADS_CAP = 64;
/** Characters of a target that are looked at. */
const TARGET_CAP = 1024;
/** Octets of the line that tells a chunk's size (RFC 9112 §7.1). */
const CHUNK_LINE_CAP = 128;

export function httpFields(first: FirstBytes): readonly Field[] {
  return http2Fields(first) ?? version1Fields(first);
}

function version1Fields(first: FirstBytes): readonly Field[] {
  const requests = headsOf(first.client, 'request');
  const responses = headsOf(first.server, 'response', requests);
  const asked = new FieldList();
  const answered = new FieldList();
  for (const head of requests) addRequest(head, asked);
  for (const head of responses) addResponse(head, answered);
  const tunnelled = requests.some(({ method }) => method === 'CONNECT');
  return [
    ...asked.all,
    ...answered.all,
    ...controlFields(first),
    ...(tunnelled ? laterTlsFields(first) : []),
  ];
}

function addRequest({ method, target, headers }: Head, fields: FieldList): void {
  fields.add('http.method', method);
  fields.add('http.path', readable(target.slice(0, TARGET_CAP)));
  for (const host of headers.get('host') ?? []) fields.add('http.host', host);
  for (const agent of headers.get('user-agent') ?? []) fields.add('http.user_agent', agent);
}

function addResponse({ status, headers }: Head, fields: FieldList): void {
  fields.add('http.status', status);
  fields.add('http.server', field(headers, 'server'));
}

/** Masked before, for a secret may hold an encoded `&`; and after, for what was encoded as a whole. */
function readable(target: string): string {
  return maskTarget(decoded(maskTarget(target)));
}

/** RFC 3986 §2.1, where the octet is a printable one of ASCII; what is not stays as it was sent. */
function decoded(target: string): string {
  return target.replace(/%([2-7][0-9a-f])/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code === 0x7f ? whole : String.fromCharCode(code);
  });
}

/** Heads of the messages of one side, each found behind the body of the one before. */
export function headsOf(
  stream: Uint8Array,
  side: Side,
  requests: readonly Head[] = [],
): readonly Head[] {
  const heads: Head[] = [];
  let rest: Uint8Array | undefined = withoutBlanks(stream);
  while (rest !== undefined && rest.length > 0 && heads.length < HEADS_CAP) {
    const parsed = parseHead(rest, side);
    if (parsed.kind !== 'ok') break;
    heads.push(parsed.value);
    const method = requests[finals(heads) - 1]?.method ?? '';
    rest = behindBody(rest.subarray(parsed.size), parsed.value, side, method);
  }
  return heads;
}

/** RFC 9112 §2.2: empty lines before a start line are passed over. */
function withoutBlanks(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((octet) => octet !== 0x0d && octet !== 0x0a);
  return start === -1 ? NOTHING : bytes.subarray(start);
}

/** Answers that are no interim ones (RFC 9110 §15.2): each belongs to a request. */
function finals(heads: readonly Head[]): number {
  return heads.filter(({ status }) => status >= 200).length;
}

/** Where the next message begins; undefined where this one goes on to the end, or to another protocol. */
function behindBody(
  rest: Uint8Array,
  head: Head,
  side: Side,
  answerTo: string,
): Uint8Array | undefined {
  if (!head.ended || becomesTunnel(head, answerTo)) return undefined;
  const size = hasNoBody(head, answerTo) ? 0 : bodySize(rest, head, side);
  return size === undefined ? undefined : withoutBlanks(rest.subarray(size));
}

/** RFC 9110 §9.3.6, §15.2.2. */
function becomesTunnel({ method, status }: Head, answerTo: string): boolean {
  return method === 'CONNECT' || status === 101 || (status === 200 && answerTo === 'CONNECT');
}

/** RFC 9112 §6.3, rules 1 and 2. */
function hasNoBody({ status }: Head, answerTo: string): boolean {
  const interim = status >= 100 && status < 200;
  return interim || status === 204 || status === 304 || answerTo === 'HEAD';
}

/** RFC 9112 §6.3, rules 4 to 8. */
function bodySize(rest: Uint8Array, { headers }: Head, side: Side): number | undefined {
  if (hasToken(headers, 'transfer-encoding', 'chunked')) return chunkedSize(rest);
  const length = field(headers, 'content-length');
  if (length === undefined) return side === 'request' ? 0 : undefined;
  return /^\d{1,15}$/.test(length) ? Math.min(Number(length), rest.length) : undefined;
}

/** RFC 9112 §7.1: sizes in hex, each before its data, up to one of 0. */
function chunkedSize(bytes: Uint8Array): number | undefined {
  for (let at = 0; at < bytes.length; ) {
    const line = lineAt(bytes, at);
    const size = Number.parseInt(line?.text ?? '', 16);
    if (line === undefined || !(size >= 0)) return undefined;
    if (size === 0) return trailersEnd(bytes, line.next);
    at = line.next + size + 2;
  }
  return undefined;
}

/** RFC 9112 §7.1.2: fields behind the last chunk, up to an empty line. */
function trailersEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let line = lineAt(bytes, from); line !== undefined; line = lineAt(bytes, line.next)) {
    if (line.text === '') return line.next;
  }
  return undefined;
}

function lineAt(
  bytes: Uint8Array,
  from: number,
): { readonly text: string; readonly next: number } | undefined {
  const window = bytes.subarray(from, from + CHUNK_LINE_CAP);
  const end = window.indexOf(0x0a);
  if (end === -1) return undefined;
  return { text: textOf(window.subarray(0, end)).trim(), next: from + end + 1 };
}
