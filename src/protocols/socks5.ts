import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { access, likely, proved, speaks, undecided } from './shared/facts.ts';

const VERSION = 5;
/** Methods (RFC 1928 §3). */
const NO_AUTHENTICATION = 0;
const USERNAME = 2;
const NONE_ACCEPTED = 0xff;
const DEPTH = 16;

export const socks5 = {
  id: 'socks5',
  title: 'SOCKS 5',
  ports: [{ port: 1080, over: 'tcp', iana: 'socks' }],
  sources: ['RFC 1928 §3', 'RFC 1929'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

/** Two bytes of answer are weak, so the method chosen must be one of those that were offered. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseOffer(first.client);
  const [version, method] = first.server;
  if (asked.kind === 'bad' || (version !== undefined && version !== VERSION)) return NO;
  if (asked.kind === 'more') return undecided(first, DEPTH);
  if (method === undefined) return likely([speaks('socks5', '5')]);
  const chosen = method === NONE_ACCEPTED || asked.value.includes(method);
  return chosen ? proved([speaks('socks5', '5')]) : NO;
}

/** Offers to come without a name, then only with one, and goes no further: no name is told. */
function* dialogue(): Dialogue {
  const complete = (received: Uint8Array): boolean => received.length >= 2;
  const free = yield { send: Uint8Array.of(VERSION, 2, NO_AUTHENTICATION, USERNAME), complete };
  if (!chooses(free, [NO_AUTHENTICATION, USERNAME, NONE_ACCEPTED])) return [];
  // Two bytes might be chance: the same server must now refuse the first method.
  const named = yield { send: Uint8Array.of(VERSION, 1, USERNAME), complete, reconnect: true };
  if (!chooses(named, [USERNAME, NONE_ACCEPTED])) return [];
  const level = free[1] === NO_AUTHENTICATION ? 'open' : 'credentials';
  return [speaks('socks5', '5'), access(level)];
}

function chooses(answer: Uint8Array, methods: readonly number[]): boolean {
  const [version, method] = answer;
  return answer.length === 2 && version === VERSION && methods.some((known) => known === method);
}

function parseOffer(bytes: Uint8Array): Parsed<Uint8Array> {
  const [version, count] = bytes;
  if (version !== undefined && version !== VERSION) return bad('no version 5');
  if (count === undefined) return MORE;
  if (count === 0 || count > 8) return bad('no methods');
  if (bytes.length < 2 + count) return MORE;
  const methods = bytes.subarray(2, 2 + count);
  // Methods above 9 are private and unused (IANA socks-methods); each is offered once.
  const known = methods.every((method) => method <= 9) && new Set(methods).size === count;
  return known ? { kind: 'ok', value: methods, size: 2 + count } : bad('no such method');
}
