import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { natPmpFields } from './fields/port-mapping.ts';
import type { Dialogue, FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';
import { OUTSIDE } from './shared/upnp-igd.ts';

/** Gateway of the local link, which answers there. */
const PORT = 5351;
/** What is asked for: the outside address, a mapping for UDP, one for TCP (RFC 6886 §3). */
const REQUEST_SIZES = [2, 12, 12];
const RESPONSE_SIZES = [12, 16, 16];
/** Bit that an answer adds to the code of its question. */
const ANSWER = 128;
/** Highest result code (§3.5). */
const UNSUPPORTED_OPCODE = 5;
const DEPTH = 17;

/** What a server of PCP alone answers: its own version, and that it knows no other (RFC 6887 §9). */
const PCP_VERSION = 2;
const UNSUPPORTED_VERSION = 1;

/** Its mappings cannot be listed: the probe reads the outside address, and nothing is asked for. */
export const natPmp = {
  id: 'nat-pmp',
  title: 'NAT Port Mapping Protocol',
  ports: [{ port: PORT, over: 'udp', iana: 'nat-pmp' }],
  sources: ['RFC 6886 §3', 'RFC 6887 §9, appendix A'],
  depth: DEPTH,
  recognise,
  overhear,
  fields: natPmpFields,
  probe: { impact: 'reads', over: ['udp'], dialogue },
} as const satisfies Protocol;

/** Two octets of zero are everybody's: the answer tells. */
function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseRequest(client);
  const answered = parseResponse(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return client.length > 0 && server.length > 0 ? NO : WAIT;
  if (answered.kind === 'more') return client.length + server.length < DEPTH ? WAIT : NO;
  return answered.value === asked.value ? proved([speaks('nat-pmp', '0')]) : NO;
}

/** Asks for the outside address (§3.2), which makes no mapping. */
function* dialogue(): Dialogue {
  const received = yield {
    send: Uint8Array.of(0, 0),
    complete: (bytes) => parseResponse(bytes).kind !== 'more' || speaksPcp(bytes),
  };
  if (speaksPcp(received)) return [speaks('pcp', '2')];
  const answer = parseResponse(received);
  if (answer.kind !== 'ok' || answer.value !== 0) return [];
  const address = received.length === 12 ? formatIpv4(received.subarray(8)) : undefined;
  return [speaks('nat-pmp', '0'), ...(address === undefined ? [] : [detail(OUTSIDE, address)])];
}

function speaksPcp(bytes: Uint8Array): boolean {
  const [version, code = 0, , result] = bytes;
  return version === PCP_VERSION && code >= ANSWER && result === UNSUPPORTED_VERSION;
}

/** Nothing for 0.0.0.0, which says that there is no uplink. */
function formatIpv4(octets: Uint8Array): string | undefined {
  return octets.every((octet) => octet === 0) ? undefined : [...octets].join('.');
}

/** A question alone, to where such questions go; or one for a mapping, whose fields are constrained. */
function overhear({ client, server, transport, serverPort }: Overheard): Recognition {
  const asked = parseRequest(client);
  if (transport !== 'udp' || server.length > 0 || asked.kind !== 'ok') return NO;
  const facts = [speaks('nat-pmp', '0')];
  if (serverPort === PORT) return { kind: 'yes', certainty: 'likely', facts };
  return asked.value > 0 ? likely(facts) : NO;
}

/** Version 0 and an opcode; for a mapping a reserved 0, the inside port, the outside one, seconds. */
function parseRequest(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const opcode = reader.u8();
  const reserved = reader.u16();
  const port = reader.u16();
  const size = REQUEST_SIZES[opcode];
  if (version !== 0 || size === undefined) return bad('no request');
  if (bytes.length < size) return MORE;
  if (bytes.length > size || (size > 2 && (reserved !== 0 || port === 0))) return bad('no request');
  return { kind: 'ok', value: opcode, size };
}

/** The opcode with its highest bit set, a result code, seconds since the mappings were made. */
function parseResponse(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const opcode = reader.u8() - ANSWER;
  const result = reader.u16();
  if (version !== 0 || (bytes.length > 1 && opcode < 0)) return bad('no response');
  if (result > UNSUPPORTED_OPCODE) return bad('no such result');
  if (reader.failed) return MORE;
  const size = result === 0 ? RESPONSE_SIZES[opcode] : 8;
  if (size === undefined) return bad('no such opcode');
  if (bytes.length < size) return MORE;
  // Whoever refuses may send the whole all the same.
  const whole = bytes.length === size || (result !== 0 && bytes.length === RESPONSE_SIZES[opcode]);
  return whole ? { kind: 'ok', value: opcode, size: bytes.length } : bad('no such size');
}
