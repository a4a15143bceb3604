import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import type {
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { ascii, hexOf } from './shared/bytes.ts';
import type { Leaf } from './shared/elements.ts';
import { DOCUMENT_CAP, leaves } from './shared/elements.ts';
import { amplification, detail, speaks } from './shared/facts.ts';
import { attributes, uuid } from './shared/page-words.ts';
import { pair } from './shared/pair.ts';
import { utf8 } from './shared/strings.ts';
import { textOf } from './shared/text.ts';
import { parseHttpUrl } from './shared/url.ts';

const PORT = 3702;
const DEPTH = 1024;
const GROUPS = ['239.255.255.250', 'ff02::c'] as const;
const DISCOVERY = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
/** The version of 2009, which devices of Microsoft's DPWS 1.1 speak. */
const NAMESPACES = [DISCOVERY, 'http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01'];
const ONVIF_SCOPE = 'onvif://www.onvif.org/';
/** What comes first; answers come from where no question went, so they may too (§5). */
const QUESTIONS = ['Probe', 'Resolve', 'Hello', 'Bye'];
const ANSWERS = ['ProbeMatches', 'ResolveMatches'];
/** Scopes and addresses of one device that are shown. */
const SHOWN_CAP = 24;

export const wsDiscovery = {
  id: 'ws-discovery',
  title: 'WS-Discovery',
  ports: [{ port: PORT, over: 'udp', iana: 'ws-discovery' }],
  sources: [
    'WS-Discovery (2005-04) §5',
    'OASIS WS-Discovery 1.1',
    'ONVIF Core Specification §7 (scopes)',
  ],
  depth: DEPTH,
  recognise,
  probe: { impact: 'reads', over: ['udp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: GROUPS, questions, read },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseEnvelope(first.client, [...QUESTIONS, ...ANSWERS]),
    answered: parseEnvelope(first.server, ANSWERS),
    facts: () => [speaks('ws-discovery')],
  });
}

/** A SOAP envelope with one of these actions of WS-Discovery, as soon as that much has come. */
function parseEnvelope(bytes: Uint8Array, actions: readonly string[]): Parsed<null> {
  const text = textOf(bytes, DEPTH).replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  if (!mayBeEnvelope(text)) return bad('no envelope of SOAP');
  const named = NAMESPACES.some((space) =>
    actions.some((action) => hasAction(text, space, action)),
  );
  if (named) return { kind: 'ok', value: null, size: bytes.length };
  return bytes.length < DEPTH ? MORE : bad('no action of WS-Discovery');
}

/** Whether the root element is an `Envelope`, whatever its prefix, as far as it has come. */
function mayBeEnvelope(text: string): boolean {
  if ('<?xml'.startsWith(text)) return true;
  const declared = text.startsWith('<?xml');
  const end = declared ? text.indexOf('?>') : -2;
  if (declared && end === -1) return text.length < 256;
  const root = text.slice(end + 2).trimStart();
  const name = /^<([\w:-]{0,48})/.exec(root)?.[1];
  if (name === undefined) return root === '';
  const isWhole = root.length > name.length + 1;
  if (isWhole) return /^(?:[\w-]+:)?Envelope$/.test(name);
  return !name.includes(':') || 'Envelope'.startsWith(name.slice(name.indexOf(':') + 1));
}

/** With what ends it: `Probe` is not `ProbeMatches`. */
function hasAction(text: string, space: string, action: string): boolean {
  const at = text.indexOf(`${space}/${action}`);
  const end = at === -1 ? '' : text.charAt(at + space.length + 1 + action.length);
  return end !== '' && /[\s<]/.test(end);
}

/** Asks this device alone who it is. */
function* dialogue({ nonce }: Peer): Dialogue {
  const send = probe(nonce, undefined);
  const received = yield { send, complete: (bytes) => utf8(bytes, 65_536).includes('Envelope>') };
  const matches = readMatches(received);
  if (matches.length === 0) return [];
  return [
    speaks('ws-discovery'),
    ...matches.flatMap(detailsOf),
    ...matches.flatMap(identityOf),
    ...amplification(send, received),
  ];
}

/** Everything, and by name what ONVIF cameras answer to (ONVIF Core Specification §7.3). */
function questions(nonce: Uint8Array): readonly Uint8Array[] {
  const other = Uint8Array.from(nonce, (byte) => byte ^ 0x55);
  return [probe(nonce, undefined), probe(other, 'dn:NetworkVideoTransmitter')];
}

/** WS-Discovery §5.2; the message's id is a random UUID (RFC 9562 §5.4). */
function probe(nonce: Uint8Array, types: string | undefined): Uint8Array {
  const inner =
    types === undefined
      ? '<d:Probe/>'
      : '<d:Probe><d:Types xmlns:dn="http://www.onvif.org/ver10/network/wsdl">' +
        `${types}</d:Types></d:Probe>`;
  return ascii(
    '<?xml version="1.0" encoding="UTF-8"?>' +
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
      `xmlns:a="${ADDRESSING}" xmlns:d="${DISCOVERY}"><s:Header>` +
      `<a:Action>${DISCOVERY}/Probe</a:Action><a:MessageID>uuid:${randomUuid(nonce)}</a:MessageID>` +
      '<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>' +
      `</s:Header><s:Body>${inner}</s:Body></s:Envelope>`,
  );
}

function randomUuid(nonce: Uint8Array): string {
  const bytes = Uint8Array.from(nonce.subarray(0, 16));
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** What one target service says of itself (§5.3). */
interface Match {
  readonly endpoint: string;
  readonly types: readonly string[];
  readonly scopes: readonly string[];
  readonly addresses: readonly string[];
}

function readMatches(bytes: Uint8Array): readonly Match[] {
  const all = leaves(utf8(bytes, DOCUMENT_CAP));
  const action = all.find(({ name }) => name === 'Action')?.text ?? '';
  if (
    !NAMESPACES.some((space) => action === `${space}/ProbeMatches` || action === `${space}/Hello`)
  ) {
    return [];
  }
  const wanted = ['ProbeMatch/', 'Hello/'];
  const inside = all.filter(({ path }) => wanted.some((part) => path.includes(part)));
  // One match for each endpoint: what follows an endpoint's address belongs to it.
  const starts = inside.flatMap(({ path }, at) =>
    path.endsWith('EndpointReference/Address') ? [at] : [],
  );
  return starts.slice(0, 8).map((start, index) => matchOf(inside.slice(start, starts[index + 1])));
}

function matchOf(part: readonly Leaf[]): Match {
  const words = (name: string): readonly string[] => {
    const text = part.find((leaf) => leaf.name === name)?.text ?? '';
    return text
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, SHOWN_CAP);
  };
  return {
    endpoint: part[0]?.text ?? '',
    types: words('Types'),
    scopes: words('Scopes'),
    addresses: words('XAddrs'),
  };
}

function read(datagram: Uint8Array, { address, port }: SearchSender): readonly Sighting[] {
  return readMatches(datagram).flatMap((match): readonly Sighting[] => [
    { address, facts: [...identityOf(match), ...advertised(match)] },
    {
      address,
      transport: 'udp',
      port: PORT,
      facts: [...(port === PORT ? [speaks('ws-discovery')] : []), ...detailsOf(match)],
    },
  ]);
}

function detailsOf({ types, scopes, addresses }: Match): readonly Fact[] {
  return [
    ...types.map((type) => detail('type', type)),
    ...scopes.map((scope) => detail('scope', scope)),
    ...addresses.map((url) => detail('address', url)),
  ];
}

/** `onvif://www.onvif.org/hardware/IPC-122`: category and value, percent-encoded (ONVIF Core §7.3.2.2). */
function identityOf({ endpoint, scopes, types }: Match): readonly Fact[] {
  const scope = (category: string): string | undefined => {
    const start = `${ONVIF_SCOPE}${category}/`;
    const found = scopes.find((one) => one.toLowerCase().startsWith(start.toLowerCase()));
    return found === undefined ? undefined : decoded(found.slice(start.length));
  };
  const isCamera = types.some((type) => type.endsWith('NetworkVideoTransmitter'));
  const isPrinter = types.some((type) => type.endsWith('PrintDeviceType'));
  const isComputer = types.some((type) => type.endsWith('Computer'));
  const kind = isCamera ? 'camera' : isPrinter ? 'printer' : isComputer ? 'computer' : undefined;
  return [
    ...attributes({
      model: scope('hardware'),
      vendor: scope('manufacturer') ?? scope('mfr'),
      name: scope('name'),
      kind,
    }),
    ...uuid(endpoint),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stranger's bytes are no error of ours.
  }
}

/** Where its web services are; they want SOAP by POST, so nothing is fetched from there. */
function advertised({ addresses, types }: Match): readonly Fact[] {
  const ports = new Set(addresses.flatMap((url) => parseHttpUrl(url)?.port ?? []));
  const isOnvif = types.some((type) => type.endsWith('NetworkVideoTransmitter'));
  const service = untrusted(isOnvif ? 'onvif' : 'dpws');
  return [...ports].map((port) => ({ kind: 'advertises', service, transport: 'tcp', port }));
}
