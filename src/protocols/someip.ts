import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { likely, speaks, undecided } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const HEADER = 16;
/** Bytes of a question after which nobody waits for its answer: a datagram or segment. */
const DEPTH = 1460;
const PROTOCOL_VERSION = 1;
/** Kinds of message by who sends them (PRS_SOMEIP_00055); 0x20 marks a segment (SOME/IP-TP). */
const ASKED = [0x00, 0x01, 0x02];
const ANSWERED = [0x80, 0x81];
const SEGMENT = 0x20;
/** Service discovery has a service and method of its own (PRS_SOMEIPSD_00151). */
const DISCOVERY = 0xffff_8100;
const LAST_RETURN_CODE = 0x5e;

/** Cars. There is no probe: a method that nobody documents may do anything. */
export const someip = {
  id: 'someip',
  title: 'SOME/IP',
  ports: [
    { port: 30_490, over: 'udp' },
    { port: 30_490, over: 'tcp' },
  ],
  sources: [
    'AUTOSAR PRS SOME/IP Protocol R22-11 §4.1',
    'AUTOSAR PRS SOME/IP Service Discovery §4.1',
  ],
  depth: DEPTH,
  recognise,
  overhear,
} as const satisfies Protocol;

interface Message {
  readonly service: number;
  readonly request: number;
  readonly kind: number;
}

function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client, ASKED);
  if (isAnsweredHalf(first, asked)) return NO;
  // Service discovery is told by its number alone; another call needs its answer.
  const known = asked.kind === 'ok' && asked.value.service === DISCOVERY;
  if (asked.kind === 'ok' && first.server.length === 0 && !known) {
    return undecided(first, DEPTH);
  }
  return pair(first, DEPTH, {
    asked,
    answered: parseHeader(first.server, known ? ASKED : ANSWERED),
    facts: (mine, theirs) => {
      if (mine === undefined) return undefined;
      const same =
        theirs === undefined ||
        (mine.service === theirs.service && (known || mine.request === theirs.request));
      return same ? [speaks('someip', String(PROTOCOL_VERSION))] : undefined;
    },
  });
}

/** Notifications and calls that want no answer: the length of the datagram speaks for them. */
function overhear({ client, server, transport }: Overheard): Recognition {
  if (transport !== 'udp' || server.length > 0) return NO;
  const said = parseHeader(client, ASKED);
  return said.kind === 'ok' ? likely([speaks('someip', String(PROTOCOL_VERSION))]) : NO;
}

/** Service and method, length of what follows it, client and session, versions, kind, return code. */
function parseHeader(bytes: Uint8Array, kinds: readonly number[]): Parsed<Message> {
  const reader = new Reader(bytes);
  const service = reader.u32();
  const length = reader.u32();
  const request = reader.u32();
  const version = reader.u8();
  reader.skip(1);
  const kind = reader.u8();
  const code = reader.u8();
  if (bytes.length >= 8 && (length < 8 || length > 0x10000)) return bad('no such length');
  if (bytes.length > 12 && version !== PROTOCOL_VERSION) return bad('another version');
  if (reader.failed) return MORE;
  const known = kinds.includes(kind & ~SEGMENT);
  const fits = kinds === ASKED ? code === 0 : code <= LAST_RETURN_CODE;
  if (!known || !fits || service === 0) return bad('no message');
  return { kind: 'ok', value: { service, request, kind }, size: HEADER };
}
