import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { hexOf } from './shared/bytes.ts';
import { likely, speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const HEADER = 28;
/** Before the header where NAT is traversed (RFC 3948 §2.2). */
const MARKER = 4;
const DEPTH = HEADER + MARKER;
const LENGTH_CAP = 65_507;
/** Payloads that may come first, and exchanges, of each version (RFC 2408 §3.1, RFC 7296 §3.1). */
const ONE = {
  payloads: [1, 4, 5, 8, 11, 12],
  exchanges: [1, 2, 3, 4, 5, 6, 32, 33],
  /** Flags: the lower three bits are used, in version 2 the next three. */
  reserved: 0xf8,
};
const TWO = {
  payloads: [0, 33, 34, 35, 37, 40, 41, 42, 43, 46, 53],
  exchanges: [34, 35, 36, 37, 38, 43, 44],
  reserved: 0xc7,
};

/** There is no probe: a proposal makes a gateway compute a key for whoever asks. */
export const ike = {
  id: 'ike',
  title: 'IKE (IPsec key exchange)',
  ports: [
    { port: 500, over: 'udp', iana: 'isakmp' },
    { port: 4500, over: 'udp', iana: 'ipsec-nat-t' },
  ],
  sources: ['RFC 7296 §3.1', 'RFC 2408 §3.1', 'RFC 3948 §2.2', 'IANA ikev2-parameters'],
  depth: DEPTH,
  recognise,
  overhear,
} as const satisfies Protocol;

interface Header {
  readonly initiator: string;
  readonly version: number;
}

/** Version 2 and version 1 both begin with a responder that is not known yet. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client, true);
  if (isAnsweredHalf(first, asked)) return NO;
  return pair(first, DEPTH, {
    asked,
    answered: parseHeader(first.server, false),
    facts: (mine, theirs) => {
      const apart = mine && theirs && mine.initiator !== theirs.initiator;
      return apart ? undefined : [speaks('ike', String((theirs ?? mine)?.version))];
    },
  });
}

/** What comes later, whose responder is known: the header alone, in a datagram of its length. */
function overhear({ client, server, transport }: Overheard): Recognition {
  if (transport !== 'udp') return NO;
  const heard = [client, server].filter(({ length }) => length > 0);
  const parsed = heard.map((bytes) => parseHeader(bytes, false));
  const [first] = parsed;
  return first?.kind === 'ok' && parsed.every(({ kind }) => kind === 'ok')
    ? likely([speaks('ike', String(first.value.version))])
    : NO;
}

/** Cookies or SPIs, first payload, version, exchange, flags, message id, length of the whole. */
function parseHeader(bytes: Uint8Array, initial: boolean): Parsed<Header> {
  const marked = bytes.length >= MARKER && bytes.subarray(0, MARKER).every((octet) => octet === 0);
  const reader = new Reader(marked ? bytes.subarray(MARKER) : bytes);
  const initiator = hexOf(reader.take(8));
  const responder = reader.rest();
  if (initial && responder.subarray(0, 8).some((octet) => octet !== 0)) return bad('not initial');
  const rest = new Reader(responder.subarray(8));
  const payload = rest.u8();
  const version = rest.u8();
  const exchange = rest.u8();
  const flags = rest.u8();
  rest.skip(4);
  const length = rest.u32();
  if (rest.failed) return MORE;
  const valid = isHeader(payload, version, exchange, flags) && !/^0+$/.test(initiator);
  if (!valid || length < HEADER || length > LENGTH_CAP) return bad('no header');
  return { kind: 'ok', value: { initiator, version: version >> 4 }, size: HEADER };
}

function isHeader(payload: number, version: number, exchange: number, flags: number): boolean {
  const form = version === 0x10 ? ONE : version === 0x20 ? TWO : undefined;
  if (form === undefined) return false;
  const known = form.payloads.includes(payload) && form.exchanges.includes(exchange);
  return known && (flags & form.reserved) === 0;
}
