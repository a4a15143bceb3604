import type { Fact } from '../../model/evidence.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO, WAIT } from '../protocol.ts';
import { likely, proved } from './facts.ts';
import type { Head, Side } from './http-head.ts';
import { hasToken, parseHead } from './http-head.ts';

/** Bytes of each side that tell the protocols of HTTP's form apart. */
export const DIALECT_DEPTH = 512;

export type Dialect = 'http' | 'websocket' | 'ssdp' | 'rtsp' | 'sip';

/** What a side is: `more` while it may be several of them, undefined where it is none. */
export type Leaning = Dialect | 'more' | undefined;

export interface Sides {
  readonly dialect: Leaning;
  readonly client: Head | undefined;
  readonly server: Head | undefined;
}

/**
 * Which of the protocols that share HTTP's form two sides speak. One place decides for all of them,
 * so that no two claim the same bytes.
 */
export function dialectOf({ client, server }: FirstBytes): Sides {
  const asked = leaning(client, 'request');
  const answered = leaning(server, 'response');
  const sides = { client: asked.head, server: answered.head };
  return { ...sides, dialect: together(asked.dialect, answered.dialect, client.length > 0) };
}

/** The verdict of one of them, with the facts that it reads from the heads. */
export function recogniseAs(
  dialect: Dialect,
  first: FirstBytes,
  factsOf: (sides: Sides) => readonly Fact[],
): Recognition {
  const sides = dialectOf(first);
  if (sides.dialect === 'more') return mayBecome(dialect, sides) ? WAIT : NO;
  if (sides.dialect !== dialect) return NO;
  const both = first.client.length > 0 && sides.server !== undefined;
  return both ? proved(factsOf(sides)) : likely(factsOf(sides));
}

/** What waits for the rest of its headers has settled on HTTP's own protocols already. */
function mayBecome(dialect: Dialect, { client, server }: Sides): boolean {
  const settled = (client ?? server)?.protocol;
  return settled === undefined || !['rtsp', 'sip'].includes(dialect);
}

/** A client that has not spoken says nothing; one that spoke must be agreed with. */
function together(asked: Leaning, answered: Leaning, spoke: boolean): Leaning {
  if (asked === undefined || answered === undefined) return undefined;
  if (asked === 'more') return spoke ? 'more' : answered;
  if (answered === 'more' || asked === answered) return asked;
  // A server refuses an upgrade in plain HTTP (RFC 6455 §4.2.2), and answers a search in it.
  return asked === 'websocket' && answered === 'http' ? 'http' : undefined;
}

function leaning(bytes: Uint8Array, side: Side): { dialect: Leaning; head: Head | undefined } {
  const parsed = parseHead(bytes, side, DIALECT_DEPTH);
  if (parsed.kind === 'more') return { dialect: 'more', head: undefined };
  if (parsed.kind === 'bad') return { dialect: longTarget(bytes, side), head: undefined };
  const head = parsed.value;
  const settled = dialectOfHead(head, side);
  const waits = settled === 'http' && !head.ended && bytes.length < DIALECT_DEPTH;
  return { dialect: waits ? 'more' : settled, head };
}

/** A start line that is longer than what may be looked at: only HTTP's targets grow so long. */
function longTarget(bytes: Uint8Array, side: Side): Leaning {
  if (side === 'response' || bytes.length < DIALECT_DEPTH) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, DIALECT_DEPTH));
  const isTarget = /^(?:GET|POST|PUT|HEAD|PATCH|DELETE) \/[!-~]{400,}$/.test(text);
  return isTarget ? 'http' : undefined;
}

/** Which of them a head is of, taken for itself. */
export function dialectOfHead(head: Head, side: Side): Dialect {
  if (head.protocol === 'RTSP') return 'rtsp';
  if (head.protocol === 'SIP') return 'sip';
  return side === 'request' ? ofRequest(head) : ofResponse(head);
}

/** UPnP Device Architecture 2.0 §1.2.2, §1.3.2; RFC 6455 §4.1. */
function ofRequest({ method, target, headers }: Head): Dialect {
  if ((method === 'M-SEARCH' || method === 'NOTIFY') && target === '*') return 'ssdp';
  return hasToken(headers, 'upgrade', 'websocket') ? 'websocket' : 'http';
}

/** UPnP Device Architecture 2.0 §1.3.3; RFC 6455 §4.2.2. */
function ofResponse({ status, headers }: Head): Dialect {
  if (headers.has('st') && headers.has('usn')) return 'ssdp';
  return status === 101 && hasToken(headers, 'upgrade', 'websocket') ? 'websocket' : 'http';
}
