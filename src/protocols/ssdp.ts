import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import { ssdpFields } from './fields/sip.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { ascii } from './shared/bytes.ts';
import { amplification, detail, speaks } from './shared/facts.ts';
import { DIALECT_DEPTH, recogniseAs } from './shared/http-dialect.ts';
import type { Head, Headers } from './shared/http-head.ts';
import { field, parseHead } from './shared/http-head.ts';
import { uuid } from './shared/page-words.ts';
import { hostHeader, parseHttpUrl } from './shared/url.ts';

const PORT = 1900;
const GROUPS = ['239.255.255.250', 'ff02::c'] as const;
/** Answers of one device that are read: one for each device and service that it has. */
const ANSWERS_CAP = 64;

/** Everything, and what some devices answer to alone: roots, Roku, DIAL, gateways. */
const TARGETS = [
  'ssdp:all',
  'upnp:rootdevice',
  'roku:ecp',
  'urn:dial-multiscreen-org:service:dial:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
] as const;

export const ssdp = {
  id: 'ssdp',
  title: 'SSDP (UPnP discovery)',
  ports: [{ port: PORT, over: 'udp', iana: 'ssdp' }],
  sources: [
    'UPnP Device Architecture 2.0 §1.2, §1.3',
    'Roku developer documentation, External Control Protocol: SSDP',
    'DIAL Protocol Specification 2.2.1 §5',
  ],
  depth: DIALECT_DEPTH,
  recognise,
  fields: ssdpFields,
  probe: { impact: 'reads', over: ['udp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: GROUPS, questions, read },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return recogniseAs('ssdp', first, ({ server }) => [
    speaks('ssdp', '1.0'),
    ...(server === undefined ? [] : productOf(server.headers)),
  ]);
}

/**
 * Asks this device alone for everything that it offers (§1.3.2, unicast), which also measures how
 * much one small datagram makes it send: there is no end to wait for but silence.
 */
function* dialogue(peer: Peer): Dialogue {
  const send = search('ssdp:all', hostHeader(peer));
  const received = yield { send, complete: () => false };
  const answers = heads(received).filter(isAnswer);
  if (answers.length === 0) return [];
  const headers = answers.map((answer) => answer.headers);
  const targets = new Set(headers.flatMap((one) => field(one, 'st') ?? []));
  const locations = new Set(headers.flatMap((one) => field(one, 'location') ?? []));
  return [
    speaks('ssdp', '1.0'),
    ...headers.slice(0, 1).flatMap(productOf),
    ...[...targets].map((target) => detail('st', target)),
    ...[...locations].slice(0, 4).map((location) => detail('location', location)),
    ...headers.slice(0, 1).flatMap(identityOf),
    ...amplification(send, received),
  ];
}

/** To a group with MX, the seconds over which answers are spread; to one device without (§1.3.2). */
function search(target: string, host: string, seconds?: number): Uint8Array {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${host}`,
    'MAN: "ssdp:discover"',
    ...(seconds === undefined ? [] : [`MX: ${seconds}`]),
    `ST: ${target}`,
    'USER-AGENT: portolan UPnP/2.0 portolan/1',
  ];
  return ascii(`${lines.join('\r\n')}\r\n\r\n`);
}

function questions(): readonly Uint8Array[] {
  return TARGETS.map((target) => search(target, `${GROUPS[0]}:${PORT}`, 2));
}

/** An answer, or the announcement of a device that has just come (§1.2.2). */
function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  const [head] = heads(datagram);
  if (head === undefined || !(isAnswer(head) || isAlive(head))) return [];
  const { headers } = head;
  const location = field(headers, 'location') ?? '';
  const facts = [
    ...productOf(headers),
    ...details('st', field(headers, 'st') ?? field(headers, 'nt')),
    ...details('location', location),
  ];
  const spoken = port === PORT ? [speaks('ssdp', '1.0')] : [];
  const own = { address, facts: [...identityOf(headers), ...advertised(location)] };
  const service: Sighting = { address, transport: 'udp', port: PORT, facts: [...spoken, ...facts] };
  const isUrl = parseHttpUrl(location) !== undefined;
  return [isUrl ? { ...own, description: location } : own, service];
}

/** The datagrams of an answer come joined: each begins where the head before it ended. */
function heads(bytes: Uint8Array): readonly Head[] {
  const found: Head[] = [];
  for (let rest = bytes; rest.length > 0 && found.length < ANSWERS_CAP; ) {
    const side = rest[0] === NOTIFY ? 'request' : 'response';
    const parsed = parseHead(rest, side, 4096);
    if (parsed.kind !== 'ok') break;
    found.push(parsed.value);
    rest = rest.subarray(parsed.size);
  }
  return found;
}

/** `N`, with which NOTIFY begins and no status line does. */
const NOTIFY = 0x4e;

function isAnswer({ protocol, status, headers }: Head): boolean {
  return protocol === 'HTTP' && status === 200 && headers.has('st') && headers.has('usn');
}

function isAlive({ method, headers }: Head): boolean {
  return method === 'NOTIFY' && field(headers, 'nts') === 'ssdp:alive' && headers.has('usn');
}

function productOf(headers: Headers): readonly Fact[] {
  return details('server', field(headers, 'server'));
}

function details(name: string, text: string | undefined): readonly Fact[] {
  return text === undefined || text === '' ? [] : [detail(name, text)];
}

/** `uuid:2f40…::upnp:rootdevice` names the device, whatever its address (§1.3.3). */
function identityOf(headers: Headers): readonly Fact[] {
  const [name = ''] = (field(headers, 'usn') ?? '').split('::', 1);
  return name.startsWith('uuid:') ? uuid(name) : [];
}

function advertised(location: string): readonly Fact[] {
  const url = parseHttpUrl(location);
  if (url === undefined) return [];
  return [{ kind: 'advertises', service: untrusted('upnp'), transport: 'tcp', port: url.port }];
}
