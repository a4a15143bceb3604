import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import { mdnsFields } from './fields/dns.ts';
import type {
  Ask,
  Dialogue,
  FirstBytes,
  Peer,
  Protocol,
  Recognition,
  SearchSender,
  Sighting,
} from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { isAnnouncement, isLocal, isMulticastQuery, repeats } from './shared/dns-dialect.ts';
import type { DnsMessage } from './shared/dns-message.ts';
import {
  AUTHORITATIVE,
  CLASS,
  OPCODE,
  parseHeader,
  parseMessage,
  query,
  RESPONSE,
  TOP_BIT,
  TYPE,
} from './shared/dns-message.ts';
import type { DnsSdAnswer, Instance } from './shared/dns-sd.ts';
import { readServices } from './shared/dns-sd.ts';
import { detailsOfInstance, FAMILY_SOURCES, factsOfInstance } from './shared/dns-sd-families.ts';
import { amplification, detail, likely, proved, speaks } from './shared/facts.ts';

const PORT = 5353;
const DEPTH = 512;
const ALL_TYPES = '_services._dns-sd._udp.local';

/** Types that devices of homes announce, asked for by name since few answer the list of all types. */
const WANTED: readonly string[] = [
  ...['_hap._tcp', '_googlecast._tcp', '_hue._tcp', '_matter._tcp', '_matterc._udp'],
  ...['_meshcop._udp', '_esphomelib._tcp', '_shelly._tcp', '_http._tcp', '_https._tcp'],
  ...['_ipp._tcp', '_ipps._tcp', '_printer._tcp', '_pdl-datastream._tcp', '_uscan._tcp'],
  ...['_sonos._tcp', '_airplay._tcp', '_raop._tcp', '_spotify-connect._tcp', '_ewelink._tcp'],
  ...['_home-assistant._tcp', '_miio._udp', '_amzn-wplay._tcp', '_amzn-alexa._tcp'],
  ...['_androidtvremote2._tcp', '_nanoleafapi._tcp', '_elg._tcp', '_wled._tcp', '_axis-video._tcp'],
  ...['_mqtt._tcp', '_ssh._tcp', '_smb._tcp', '_rtsp._tcp', '_octoprint._tcp', '_workstation._tcp'],
];
/** Types that one device is asked for one after another: what it named, at most so many. */
const TYPES_CAP = 12;
/** Questions of one datagram: with these it stays below 512 bytes (RFC 1035 §4.2.1). */
const PER_DATAGRAM = 12;
/** TXT pairs of one instance that are shown. */
const TXT_CAP = 16;
/** Other addresses for which one answer may speak (a border router for its mesh). */
const OTHERS_CAP = 16;

export const mdns = {
  id: 'mdns',
  title: 'Multicast DNS',
  ports: [{ port: PORT, over: 'udp', iana: 'mdns' }],
  sources: ['RFC 6762', 'RFC 6763', ...FAMILY_SOURCES],
  depth: DEPTH,
  recognise,
  fields: mdnsFields,
  probe: { impact: 'reads', over: ['udp'], dialogue },
  search: { transport: 'udp', port: PORT, groups: ['224.0.0.251', 'ff02::fb'], questions, read },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseSide(client);
  const answered = parseSide(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  // Nobody answers half a question.
  if (asked.kind === 'more') return client.length > 0 && server.length > 0 ? NO : WAIT;
  if (isResponse(asked.value)) return unasked(asked.value, server);
  if (!isMulticastQuery(asked.value)) return NO;
  if (answered.kind === 'more') return likely([speaks('mdns')]);
  return isAnswer(answered.value, asked.value) ? proved([speaks('mdns')]) : NO;
}

/** To the group everybody speaks first: an announcement is the first word of its sender. */
function unasked(message: DnsMessage, server: Uint8Array): Recognition {
  return isLocalAnswer(message) && server.length === 0 ? likely([speaks('mdns')]) : NO;
}

/** As much of a message as is there; `more` while an answer's first record of the link may come. */
function parseSide(bytes: Uint8Array): Parsed<DnsMessage> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  if ((header.value.flags & OPCODE) !== 0) return bad('no query');
  const [, ...promised] = header.value.counts;
  const parsed = parseMessage(bytes);
  if (parsed.kind === 'bad' || bytes.length >= DEPTH) {
    return parsed.kind === 'more' ? bad('cut off') : parsed;
  }
  if (parsed.kind === 'more' || !isResponse(parsed.value)) return parsed;
  const missing = promised.reduce((sum, count) => sum + count, 0) - parsed.value.records.length;
  return missing > 0 && !isLocalAnswer(parsed.value) ? MORE : parsed;
}

function isResponse({ flags }: DnsMessage): boolean {
  return (flags & RESPONSE) !== 0;
}

/** RFC 6762 §18.4: authoritative, without which no answer counts; about the link. */
function isLocalAnswer({ flags, records }: DnsMessage): boolean {
  const isAuthoritative = (flags & AUTHORITATIVE) !== 0;
  return isAuthoritative && records.some(({ name }) => isLocal(name));
}

/** To everybody (§6) or, to whoever is no mDNS speaker, with id and question (§6.7). */
function isAnswer(answer: DnsMessage, asked: DnsMessage): boolean {
  if (!isResponse(answer) || !isLocalAnswer(answer)) return false;
  return isAnnouncement(answer) || (answer.id === asked.id && repeats(answer, asked));
}

/** Groups of questions for everybody: all types, then the types that matter by name. */
function questions(): readonly Uint8Array[] {
  const names = [ALL_TYPES, ...WANTED.map((type) => `${type}.local`)];
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < names.length; at += PER_DATAGRAM) {
    datagrams.push(ask(0, names.slice(at, at + PER_DATAGRAM)));
  }
  return datagrams;
}

/** PTR questions that want their answers sent to the asker alone, sparing the link (§5.4). */
function ask(id: number, names: readonly string[]): Uint8Array {
  return query(
    id,
    0,
    names.map((name) => ({ name, type: TYPE.PTR, class: CLASS.IN | TOP_BIT })),
  );
}

function read(datagram: Uint8Array, sender: SearchSender): readonly Sighting[] {
  const parsed = parseMessage(datagram);
  if (parsed.kind !== 'ok' || !isResponse(parsed.value) || !isLocalAnswer(parsed.value)) return [];
  const answer = readServices(datagram, parsed.value);
  return [
    ...(sender.port === PORT
      ? [{ ...serviceAt(sender.address), facts: [speaks('mdns'), ...typeDetails(answer)] }]
      : []),
    ...sightings(answer, sender.address),
  ];
}

function serviceAt(address: string): Pick<Sighting, 'address' | 'transport' | 'port'> {
  return { address, transport: 'udp', port: PORT };
}

function typeDetails({ types }: DnsSdAnswer): readonly Fact[] {
  return types.map((type) => detail('service type', type));
}

/** What the instances say, each about the addresses of its host. */
function sightings(answer: DnsSdAnswer, sender: string): readonly Sighting[] {
  const own: Fact[] = answer.instances.length === 0 ? hostFacts(answer.hosts) : [];
  const found: Sighting[] = own.length === 0 ? [] : [{ address: sender, facts: own }];
  for (const instance of answer.instances) {
    for (const address of subjectsOf(instance, sender)) {
      found.push({ address, facts: deviceFacts(instance) });
      if (instance.port === 0) continue;
      const { transport, port } = instance;
      found.push({ address, transport, port, facts: serviceFacts(instance) });
    }
    if (found.length > 4 * OTHERS_CAP + 2 * answer.instances.length) break;
  }
  return found.filter(({ facts }) => facts.length > 0);
}

/** The sender, unless the service's host has addresses and the sender's is not among them. */
function subjectsOf({ addresses }: Instance, sender: string): readonly string[] {
  const [bare = ''] = sender.split('%', 1);
  const family = bare.includes(':');
  const same = addresses.filter((address) => address.includes(':') === family);
  if (same.length === 0 || same.includes(bare)) return [sender];
  return same.filter((address) => !address.startsWith('fe80:')).slice(0, OTHERS_CAP);
}

/** A host that names itself, and nothing else. */
function hostFacts(hosts: readonly string[]): Fact[] {
  const [host, ...others] = hosts;
  return host === undefined || others.length > 0 ? [] : [identifier(host)];
}

function deviceFacts(instance: Instance): readonly Fact[] {
  const { type, transport, port, host } = instance;
  return [
    ...(port === 0
      ? []
      : [{ kind: 'advertises', service: untrusted(type), transport, port } as const]),
    ...(host === '' ? [] : [identifier(host)]),
    ...factsOfInstance(instance),
  ];
}

function identifier(host: string): Fact {
  return { kind: 'identifier', scheme: 'mdns', value: untrusted(host.toLowerCase()) };
}

function serviceFacts(instance: Instance): readonly Fact[] {
  const texts = [...instance.txt].slice(0, TXT_CAP);
  return [
    detail('instance', `${instance.name}.${instance.type}`),
    ...detailsOfInstance(instance),
    ...texts.map(([key, value]) => detail('txt', `${key}=${value}`)),
  ];
}

/**
 * Asks one device for the types of its services, then for the instances of each. Asked from another
 * port than 5353, it answers as to any resolver (§6.7), so no link is flooded by it.
 */
function* dialogue(peer: Peer): Dialogue {
  const id = new Reader(peer.nonce).u16();
  const send = ask(id, [ALL_TYPES]);
  const received = yield* answerTo(send);
  if (received === undefined) return [];
  const types = readServices(received.bytes, received.message).types;
  const facts: Fact[] = [
    speaks('mdns'),
    ...types.map((type) => detail('service type', type)),
    ...amplification(send, received.bytes),
  ];
  for (const type of types.slice(0, TYPES_CAP)) {
    const answer = yield* answerTo(ask(id, [`${type}.local`]));
    if (answer === undefined) continue;
    const { instances } = readServices(answer.bytes, answer.message);
    const mine = instances.filter((one) => subjectsOf(one, peer.address)[0] === peer.address);
    facts.push(...mine.flatMap(deviceFacts), ...mine.map(instanceDetail));
  }
  return facts;
}

/** `Living Room._googlecast._tcp`: which of its services, since all are told by one port here. */
function instanceDetail({ name, type }: Instance): Fact {
  return detail('instance', `${name}.${type}`);
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly message: DnsMessage;
}

function* answerTo(send: Uint8Array): Generator<Ask, Answer | undefined, Uint8Array> {
  const asked = parseMessage(send);
  const bytes = yield { send, complete: (received) => received.length > 0 };
  const parsed = parseMessage(bytes);
  if (asked.kind !== 'ok' || parsed.kind !== 'ok') return undefined;
  return isAnswer(parsed.value, asked.value) ? { bytes, message: parsed.value } : undefined;
}
