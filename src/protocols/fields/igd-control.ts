import { untrusted } from '../../base/untrusted.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import type { Head, Side } from '../shared/http-head.ts';
import { field, parseHead } from '../shared/http-head.ts';
import {
  addressOf,
  known,
  mappingEntry,
  portOf,
  secondsOf,
  transportOf,
} from '../shared/port-mapping.ts';
import type { SoapMessage } from '../shared/soap.ts';
import { readSoap } from '../shared/soap.ts';
import type { HeardMapping } from './port-mapping.ts';
import { ASKED, ENDED, mappingField } from './port-mapping.ts';

/** Messages of one side that are read. */
const MESSAGES_CAP = 16;
/** Octets of a body that are read: a call has a few hundred. */
const BODY_CAP = 8192;

/**
 * Port mappings that somebody was given, or had taken away, by UPnP over HTTP: what was called and
 * answered with 200. Calls and answers are in order, one after the other on each connection.
 */
export function controlFields({ client, server }: FirstBytes): readonly Field[] {
  const calls = messagesIn(client, 'request');
  if (!calls.some(({ head }) => head.headers.has('soapaction'))) return [];
  const answers = messagesIn(server, 'response').filter(({ head }) => head.status >= 200);
  return calls.flatMap(({ head, body }, index) => {
    const answer = answers[index];
    if (!head.headers.has('soapaction') || answer?.head.status !== 200) return [];
    const call = readSoap(body);
    return call === undefined ? [] : fieldsOf(call, readSoap(answer.body));
  });
}

function fieldsOf({ action, values }: SoapMessage, answer: SoapMessage | undefined): Field[] {
  switch (action) {
    case 'AddPortMapping':
    case 'AddAnyPortMapping': {
      const entry = mappingEntry(values);
      if (typeof entry === 'string') return [];
      // The second may give another port than the one that was asked for.
      const reserved = portOf(answer?.values.get('NewReservedPort'));
      return [mappingField(ASKED, { ...entry, outsidePort: reserved ?? entry.outsidePort })];
    }
    case 'AddPinhole':
      return of(ASKED, pinhole(values, answer));
    case 'DeletePortMapping':
      return of(ENDED, deleted(values));
    default:
      return [];
  }
}

function of(name: typeof ASKED | typeof ENDED, heard: HeardMapping | undefined): Field[] {
  return heard === undefined ? [] : [mappingField(name, heard)];
}

const TRANSPORTS: Readonly<Record<string, 'tcp' | 'udp'>> = { '6': 'tcp', '17': 'udp' };

/** WANIPv6FirewallControl:1 §2.5.3; port 0 is every port. */
function pinhole(
  values: ReadonlyMap<string, string>,
  answer: SoapMessage | undefined,
): HeardMapping | undefined {
  const transport = TRANSPORTS[values.get('Protocol') ?? ''];
  const port = portOf(values.get('InternalPort'));
  const insideAddress = addressOf(values.get('InternalClient'));
  if (transport === undefined || port === undefined || insideAddress === undefined)
    return undefined;
  return {
    transport,
    outsidePort: port,
    insideAddress,
    insidePort: port,
    via: 'pinhole',
    by: untrusted('UPnP'),
    ...known({
      remoteHost: addressOf(values.get('RemoteHost')),
      leaseSeconds: secondsOf(values.get('LeaseTime')),
      pinhole: secondsOf(answer?.values.get('UniqueID')),
    }),
  };
}

/** WANIPConnection:1 §2.4.17: it names the outside alone. */
function deleted(values: ReadonlyMap<string, string>): HeardMapping | undefined {
  const transport = transportOf(values.get('NewProtocol') ?? '');
  const outsidePort = portOf(values.get('NewExternalPort'));
  if (transport === undefined || outsidePort === undefined) return undefined;
  const by = untrusted('UPnP');
  return { transport, outsidePort, insideAddress: '', insidePort: 0, via: 'upnp-igd', by };
}

interface Message {
  readonly head: Head;
  readonly body: Uint8Array;
}

/** Messages with a length, each behind the body of the one before (RFC 9112 §6.2). */
function messagesIn(stream: Uint8Array, side: Side): readonly Message[] {
  const found: Message[] = [];
  let rest = stream;
  while (rest.length > 0 && found.length < MESSAGES_CAP) {
    const parsed = parseHead(rest, side);
    if (parsed.kind !== 'ok' || !parsed.value.ended) break;
    const body = rest.subarray(parsed.size);
    const length = lengthOf(parsed.value, body);
    found.push({ head: parsed.value, body: body.subarray(0, Math.min(length, BODY_CAP)) });
    rest = body.subarray(length);
  }
  return found;
}

/** Without a length an answer goes on to the end, and a call has no body. */
function lengthOf({ headers, status }: Head, body: Uint8Array): number {
  const text = field(headers, 'content-length');
  if (text === undefined) return status === 0 ? 0 : body.length;
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), body.length) : body.length;
}
