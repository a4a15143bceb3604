import type { IncomingMessage } from 'node:http';
import { headerOf } from './peer.ts';
import { Refusal } from './refusal.ts';

/** Octets; a policy of 5,000 rules is a third of it. */
const LARGEST = 1024 * 1024;
const DEEPEST = 32;

const JSON_ONLY = /^application\/(?:json|[a-z0-9.-]+\+json)(?:\s*;\s*charset=utf-8)?$/i;

/** Names by which a careless merge would write into every object. */
const POISON: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * @returns undefined where nothing was sent
 * @throws Refusal 400, 413, 415
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  checkMedia(request);
  return jsonIn(await readOctets(request));
}

/**
 * What a body says.
 *
 * @returns undefined where there is none
 * @throws Refusal 400
 */
export function jsonIn(octets: Uint8Array): unknown {
  const text = textIn(octets);
  if (text === '') return undefined;
  if (depthOf(text) > DEEPEST) throw bad(`It is nested more than ${DEEPEST} deep`);
  const value = parse(text);
  if (hasPoison(value)) throw bad('It has a name that is none of ours: __proto__ or the like');
  return value;
}

/** A form and `text/plain` are what a foreign page can send without asking (Fetch, 2.2.2). */
function checkMedia(request: IncomingMessage): void {
  const media = headerOf(request, 'content-type');
  const isBare = media === undefined && isEmpty(request);
  const isPlain = request.headers['content-encoding'] === undefined;
  if (isBare || (media !== undefined && JSON_ONLY.test(media) && isPlain)) return;
  throw new Refusal(415, 'E_REQUEST', 'The body is not JSON', {
    remedy: 'Send it as it is, with Content-Type: application/json',
  });
}

function isEmpty({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
}

async function readOctets(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LARGEST) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textIn(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (cause) {
    throw bad('It is no UTF-8', cause);
  }
}

/** Counted before it is parsed, in one pass and without recursion. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** @returns where its closing quote is, or the end of what was sent */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw bad('It is no JSON', cause);
  }
}

function hasPoison(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one !== 'object' || one === null) continue;
    if (!Array.isArray(one) && Object.keys(one).some((key) => POISON.has(key))) return true;
    for (const inner of Object.values(one)) left.push(inner);
  }
  return false;
}

function bad(why: string, cause?: unknown): Refusal {
  return new Refusal(400, 'E_REQUEST', `The body cannot be read. ${why}`, {
    remedy: 'Send JSON as the OpenAPI document describes it: GET /api/v1/openapi.json',
    cause,
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'E_REQUEST', 'The body is larger than 1 MiB', {
    remedy: 'Send less at once.',
    // What is still on its way is not read.
    headers: { connection: 'close' },
  });
}
