import type { Parsed } from '../../base/reader.ts';
import { bad, MORE } from '../../base/reader.ts';
import { NOTHING } from './bytes.ts';
import type { Head } from './http-head.ts';
import { field, HEAD_CAP, hasToken, parseHead } from './http-head.ts';
import { utf8 } from './strings.ts';

/** An answer to GET, as far as it was read. */
export interface Page {
  readonly head: Head;
  /** UTF-8, at most `BODY_CAP` bytes of it; a body in another encoding than identity is left out. */
  readonly body: string;
  /** Text of the title element; empty where there is none. */
  readonly title: string;
  /** The connection can carry another question. */
  readonly reusable: boolean;
}

/** Bytes of a body that are read: what a device says of itself stands at its start. */
export const BODY_CAP = 65_536;
/** Bytes of an answer after which nothing more is waited for. */
const ANSWER_CAP = HEAD_CAP + BODY_CAP;
/** Interim answers (RFC 9110 §15.2) before the one that counts. */
const INTERIM_CAP = 4;
const CHUNKS_CAP = 4096;

/**
 * The answer to GET. `more` as long as its end has not come; a caller that hears no more takes
 * `readPage`, which makes do with what there is.
 */
export function parsePage(bytes: Uint8Array): Parsed<Page> {
  const answer = findAnswer(bytes);
  if (answer.kind !== 'ok') return answer;
  const { head, body } = answer.value;
  if (!head.ended && bytes.length < ANSWER_CAP) return MORE;
  const content = readBody(head, body);
  if (!content.whole && bytes.length < ANSWER_CAP) return MORE;
  return { kind: 'ok', value: page(head, content), size: bytes.length };
}

/** The same of an answer that will not go on: the connection ended or fell silent. */
export function readPage(bytes: Uint8Array): Page | undefined {
  const answer = findAnswer(bytes);
  if (answer.kind !== 'ok') return undefined;
  const { head, body } = answer.value;
  return page(head, readBody(head, body));
}

interface Answer {
  readonly head: Head;
  readonly body: Uint8Array;
}

function findAnswer(bytes: Uint8Array): Parsed<Answer> {
  let rest = bytes;
  for (let interim = 0; interim <= INTERIM_CAP; interim += 1) {
    const parsed = parseHead(rest, 'response');
    if (parsed.kind !== 'ok') return parsed;
    const { value: head, size } = parsed;
    if (head.protocol !== 'HTTP') return bad(`it is ${head.protocol}`);
    rest = rest.subarray(size);
    const isInterim = head.status < 200 && head.status !== 101;
    if (!isInterim) return { kind: 'ok', value: { head, body: rest }, size };
    if (!head.ended) return MORE;
  }
  return bad('only interim answers');
}

interface Content {
  readonly bytes: Uint8Array;
  /** Whether its end was seen. */
  readonly whole: boolean;
}

/** RFC 9112 §6.3; a length that contradicts itself counts as none. */
function readBody(head: Head, body: Uint8Array): Content {
  const { headers, status } = head;
  if (!head.ended) return { bytes: NOTHING, whole: false };
  if (status === 204 || status === 304 || status === 101) return { bytes: NOTHING, whole: true };
  if (hasToken(headers, 'transfer-encoding', 'chunked')) return dechunk(body);
  const lengths = new Set(headers.get('content-length'));
  const [length = ''] = lengths;
  if (lengths.size !== 1 || !/^\d{1,15}$/.test(length)) {
    return { bytes: body.subarray(0, BODY_CAP), whole: body.length >= BODY_CAP };
  }
  const wanted = Math.min(Number(length), BODY_CAP);
  return { bytes: body.subarray(0, wanted), whole: body.length >= wanted };
}

/** RFC 9112 §7.1: at most so many chunks, and at most `BODY_CAP` bytes. */
function dechunk(body: Uint8Array): Content {
  const out = new Uint8Array(Math.min(body.length, BODY_CAP));
  let size = 0;
  let at = 0;
  for (let chunks = 0; chunks < CHUNKS_CAP && size < BODY_CAP; chunks += 1) {
    const end = body.subarray(at, at + 64).indexOf(0x0a);
    const line = end === -1 ? '' : String.fromCharCode(...body.subarray(at, at + end));
    const length = chunkSize(line);
    if (length === 0) return { bytes: out.subarray(0, size), whole: true };
    if (length === undefined) break;
    const chunk = body.subarray(at + end + 1, at + end + 1 + length);
    const kept = chunk.subarray(0, BODY_CAP - size);
    out.set(kept, size);
    size += kept.length;
    at += end + 1 + length + 2;
  }
  return { bytes: out.subarray(0, size), whole: size >= BODY_CAP };
}

function chunkSize(line: string): number | undefined {
  const digits = /^[0-9a-fA-F]{1,8}/.exec(line)?.[0];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function page(head: Head, content: Content): Page {
  const encoding = field(head.headers, 'content-encoding') ?? 'identity';
  const body = encoding === 'identity' ? utf8(content.bytes, BODY_CAP) : '';
  const stays =
    head.version === '1.1'
      ? !hasToken(head.headers, 'connection', 'close')
      : hasToken(head.headers, 'connection', 'keep-alive');
  const delimited =
    head.headers.has('content-length') || head.headers.has('transfer-encoding') || body === '';
  return { head, body, title: titleIn(body), reusable: stays && delimited && content.whole };
}

/** By substring search only: no page can make it slow. */
export function titleIn(body: string): string {
  const lower = body.toLowerCase();
  const open = lower.indexOf('<title');
  const start = open === -1 ? -1 : lower.indexOf('>', open);
  const end = start === -1 ? -1 : lower.indexOf('</title', start);
  if (end === -1) return '';
  return unescaped(body.slice(start + 1, Math.min(end, start + 1 + 1024)))
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&nbsp;', ' '],
]);

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES.get(entity) ?? entity);
}
