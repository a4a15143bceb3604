import type { Fact } from '../../model/evidence.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO, WAIT } from '../protocol.ts';
import { likely, proved } from './facts.ts';
import type { Head, Side } from './http-head.ts';
import { hasToken, mayBeginHead, parseHead } from './http-head.ts';

/** Bytes of each side that tell the protocols of HTTP's form apart. */
export const DIALECT_DEPTH = 512;

export type Dialect = 'http' | 'websocket' | 'ssdp' | 'rtsp' | 'sip';

const LESS_THAN = 0x3c;

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
  // Version 0.9 answers with the page itself.
  if (asked.head?.version === '0.9' && server[0] === LESS_THAN)
    return { ...sides, dialect: 'http' };
  return { ...sides, dialect: together(asked, answered, client.length > 0) };
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
  const both = first.client.length > 0 && first.server.length > 0;
  return both ? proved(factsOf(sides)) : likely(factsOf(sides));
}

/** What waits for the rest of its headers has settled on HTTP's own protocols already. */
function mayBecome(dialect: Dialect, { client, server }: Sides): boolean {
  const settled = (client ?? server)?.protocol;
  return settled === undefined || !['rtsp', 'sip'].includes(dialect);
}

/** A client that has not spoken says nothing; one that spoke must be agreed with. */
function together(asked: Half, answered: Half, spoke: boolean): Leaning {
  if (asked.dialect === undefined || answered.dialect === undefined) return undefined;
  if (asked.dialect === 'more') return spoke ? 'more' : answered.dialect;
  if (answered.dialect === 'more' || asked.dialect === answered.dialect) return asked.dialect;
  return upgraded(asked, answered);
}

/**
 * A server refuses an upgrade in plain HTTP (RFC 6455 §4.2.2). Browsers send so many headers that
 * either side's word for the upgrade may stand beyond what is looked at.
 */
function upgraded(asked: Half, answered: Half): Leaning {
  const switches = answered.head?.status === 101;
  if (asked.dialect === 'websocket' && answered.dialect === 'http') {
    return switches ? 'websocket' : 'http';
  }
  const isCut = asked.dialect === 'http' && asked.head?.ended === false;
  return isCut && answered.dialect === 'websocket' ? 'websocket' : undefined;
}

interface Half {
  readonly dialect: Leaning;
  readonly head: Head | undefined;
}

function leaning(bytes: Uint8Array, side: Side): Half {
  const parsed = parseHead(bytes, side, DIALECT_DEPTH);
  if (parsed.kind === 'more') return { dialect: 'more', head: undefined };
  if (parsed.kind === 'bad') {
    return side === 'request' ? unasked(bytes) : { dialect: undefined, head: undefined };
  }
  const head = parsed.value;
  const settled = dialectOfHead(head, side);
  const waits = settled === 'http' && !head.ended && bytes.length < DIALECT_DEPTH;
  return { dialect: waits ? 'more' : settled, head };
}

/**
 * An answer to a search comes from where no question went, so its sender speaks first; and only
 * HTTP's targets grow so long that a start line is longer than what may be looked at.
 */
function unasked(bytes: Uint8Array): Half {
  if (!mayBeginHead(bytes)) return { dialect: undefined, head: undefined };
  if (isLongTarget(bytes)) return { dialect: 'http', head: undefined };
  const answer = leaning(bytes, 'response');
  const may = answer.dialect === 'ssdp' || answer.dialect === 'more';
  return may ? answer : { dialect: undefined, head: undefined };
}

function isLongTarget(bytes: Uint8Array): boolean {
  if (bytes.length < DIALECT_DEPTH) return false;
  const text = String.fromCharCode(...bytes.subarray(0, DIALECT_DEPTH));
  return /^(?:GET|POST|PUT|HEAD|PATCH|DELETE) \/[!-~]{400,}$/.test(text);
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
  const isUpgrade = headers.has('sec-websocket-key') || hasToken(headers, 'upgrade', 'websocket');
  return isUpgrade ? 'websocket' : 'http';
}

/** UPnP Device Architecture 2.0 §1.3.3; RFC 6455 §4.2.2. */
function ofResponse({ status, headers }: Head): Dialect {
  if (headers.has('st') && headers.has('usn')) return 'ssdp';
  const accepts = headers.has('sec-websocket-accept') || hasToken(headers, 'upgrade', 'websocket');
  return status === 101 && accepts ? 'websocket' : 'http';
}
