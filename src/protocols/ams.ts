import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { detail, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Bytes of the AMS header after those of AMS/TCP. */
const HEADER = 32;
const MESSAGE_CAP = 0x100000;
/** Read device info … notification, read write (Beckhoff, "ADS commands"); 0 is not one. */
const COMMAND_CAP = 9;
const RESPONSE = 0x0001;
const ADS_COMMAND = 0x0004;
/** First octets of what finds devices and adds routes over UDP. */
const DISCOVERY = [0x03, 0x66, 0x14, 0x71];

/** There is no probe: a controller answers those whom it has a route to, and adding one changes it. */
export const ams = {
  id: 'ams',
  title: 'Beckhoff ADS',
  ports: [
    { port: 48_898, over: 'tcp', iana: 'ads' },
    { port: 48_899, over: 'udp', iana: 'ads' },
    { port: 8016, over: 'tls', iana: 'ads-s' },
  ],
  sources: [
    'Beckhoff Information System, TwinCAT ADS: AMS/TCP packet, AMS header, ADS commands',
    'https://github.com/Beckhoff/ADS (AmsLib, router discovery)',
    'IANA service-names-port-numbers',
  ],
  depth: 38,
  fragile: true,
  recognise,
} as const satisfies Protocol;

interface Message {
  readonly response: boolean;
  /** Net ids, six octets in dotted form. */
  readonly target: string;
  readonly source: string;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, ams.depth, {
    asked: parseStart(first.client),
    answered: parseStart(first.server),
    facts: (asked, answered) => {
      if (asked?.response === true && answered === undefined) return undefined;
      const station = asked?.target || answered?.source;
      return [speaks('ams'), ...(station ? [detail('net-id', station)] : [])];
    },
  });
}

function parseStart(bytes: Uint8Array): Parsed<Message> {
  return begins(bytes, DISCOVERY) === 'no' ? parseMessage(bytes) : parseDiscovery(bytes);
}

/** Reserved 0, length; target and source; command, flags, length of the data, error, invoke id. */
function parseMessage(bytes: Uint8Array): Parsed<Message> {
  const reader = new Reader(bytes);
  const reserved = reader.u16();
  const length = reader.u32le();
  const target = netId(reader);
  const source = netId(reader);
  const command = reader.u16le();
  const flags = reader.u16le();
  const size = reader.u32le();
  reader.skip(8);
  if (reserved !== 0 || (bytes.length > 6 && bytes[6] === 0)) return bad('no net id');
  if (bytes.length >= 6 && (length < HEADER || length > MESSAGE_CAP)) return bad('no such length');
  if (reader.failed) return MORE;
  const known = command >= 1 && command <= COMMAND_CAP && (flags & ADS_COMMAND) !== 0;
  if (!known || size !== length - HEADER) return bad('no AMS header');
  const response = (flags & RESPONSE) !== 0;
  return { kind: 'ok', value: { response, target, source }, size: reader.offset };
}

/** Six octets, and two of the port, which is left out. */
function netId(reader: Reader): string {
  const id = reader.take(6).join('.');
  reader.skip(2);
  return id;
}

/** The magic, 0, a service whose highest bit marks its answer, and who sends it. */
function parseDiscovery(bytes: Uint8Array): Parsed<Message> {
  const reader = new Reader(bytes);
  reader.skip(4);
  const reserved = reader.u32le();
  const service = reader.u16le();
  const answer = reader.u16le();
  const source = netId(reader);
  if (reserved !== 0) return bad('not reserved');
  if (reader.failed) return MORE;
  if (service === 0 || service > 0x20 || (answer & 0x7fff) !== 0) return bad('no such service');
  return { kind: 'ok', value: { response: answer !== 0, target: '', source }, size: 20 };
}
