import { Reader } from '../base/reader.ts';
import type { Endpoint } from '../model/flow.ts';
import type { DhcpMessage, Observation } from '../model/observation.ts';
import { ASKED, mappingOf, natPmpFields, pcpFields } from '../protocols/fields/port-mapping.ts';
import { OPTION, readDhcp } from '../protocols/shared/dhcp-message.ts';
import { parseMessage, RESPONSE } from '../protocols/shared/dns-message.ts';
import { trimmed, utf8 } from '../protocols/shared/strings.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import { ipText, macText } from './address-text.ts';
import { namedAddresses } from './dns-answers.ts';

const ROUTER_ADVERTISEMENT = 134;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** RFC 4861 §4.4: it answers a question. */
const SOLICITED = 0x40;
const PREFIX_INFORMATION = 3;
const PREFIXES = 8;

/** RFC 2132 §9.6. */
const DHCP_MESSAGES = 'discover offer request decline ack nak release inform'.split(' ');
/** RFC 8415 §7.3. */
const DHCPV6_MESSAGES =
  'solicit advertise request confirm renew rebind reply release decline reconfigure information-request'.split(
    ' ',
  );
const ROUTER = 3;
const RESOLVERS = 6;
const SERVER = 54;
const REQUESTED = 50;
/** RFC 8415 §21.2, §21.3; RFC 3646 §3. */
const CLIENT_ID = 1;
const REQUESTED_OPTIONS = 6;
const RESOLVERS_6 = 23;
const ADDRESSES = 64;
const NAME_CAP = 255;

interface Ends {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** What single frames and datagrams say of the link: who has which address, names, leases. */
export class LinkObserver {
  readonly #text: AddressText;
  readonly #tell: (observation: Observation) => void;

  constructor(text: AddressText, tell: (observation: Observation) => void) {
    this.#text = text;
    this.#tell = tell;
  }

  /** RFC 826, for IPv4 over Ethernet. */
  arp({ view, bytes, payload: at, payloadCaptured, time, frame }: Packet): void {
    if (payloadCaptured < 28 || view.getUint32(at + 2) !== 0x08000604) return;
    if (view.getUint32(at) !== 0x00010800) return;
    const sender = view.getInt32(at + 14);
    const target = view.getInt32(at + 24);
    const isRequest = view.getUint16(at + 6) === 1;
    const isGratuitous = sender === target;
    const address = this.#text.ipv4(sender);
    this.#tell({
      kind: 'binding',
      at: milli(time),
      frame,
      mac: macText(bytes.subarray(at + 8, at + 14)),
      address,
      via: isRequest && !isGratuitous ? 'asking' : this.#viaOf(isGratuitous),
      ...(isRequest && !isGratuitous ? { target: this.#text.ipv4(target) } : {}),
    });
  }

  /** Whether an answer was asked for is for the detector to know, who saw the questions. */
  #viaOf(isGratuitous: boolean): 'asked' | 'unasked' {
    return isGratuitous ? 'unasked' : 'asked';
  }

  /** RFC 4861: what neighbours and routers say of themselves. */
  icmpv6(packet: Packet): void {
    const { sourcePort: type, payloadCaptured } = packet;
    if (packet.hops !== 255 || packet.sourceMac < 0) return;
    if (type === ROUTER_ADVERTISEMENT && payloadCaptured >= 8) this.#advertisement(packet);
    else if (type === NEIGHBOUR_ADVERTISEMENT && payloadCaptured >= 16) this.#neighbour(packet);
    else if (type === NEIGHBOUR_SOLICITATION && payloadCaptured >= 16) this.#solicitation(packet);
  }

  #neighbour({ bytes, payload, time, frame, sourceMac }: Packet): void {
    this.#tell({
      kind: 'binding',
      at: milli(time),
      frame,
      mac: macText(bytes.subarray(sourceMac, sourceMac + 6)),
      address: ipText(bytes.subarray(payload, payload + 16)),
      via: ((bytes[payload - 4] ?? 0) & SOLICITED) === 0 ? 'unasked' : 'asked',
    });
  }

  #solicitation({ bytes, payload, source, time, frame, sourceMac }: Packet): void {
    const sender = bytes.subarray(source, source + 16);
    // Whoever looks whether an address is free has none yet (RFC 4862 §5.4).
    if (sender.every((octet) => octet === 0)) return;
    this.#tell({
      kind: 'binding',
      at: milli(time),
      frame,
      mac: macText(bytes.subarray(sourceMac, sourceMac + 6)),
      address: ipText(sender),
      via: 'asking',
      target: ipText(bytes.subarray(payload, payload + 16)),
    });
  }

  #advertisement(packet: Packet): void {
    const { bytes, view, payload, payloadCaptured, source, sourceMac, time, frame } = packet;
    this.#tell({
      kind: 'router-advertisement',
      at: milli(time),
      frame,
      mac: macText(bytes.subarray(sourceMac, sourceMac + 6)),
      address: ipText(bytes.subarray(source, source + 16)),
      prefixes: prefixesIn(bytes.subarray(payload + 8, payload + payloadCaptured)),
      lifetime: view.getUint16(payload - 2),
    });
  }

  /** Whether a datagram of UDP may say something of it: hardly any does. */
  hears({ sourcePort: from, destinationPort: to }: Packet): boolean {
    if (from === 53 || to === 53 || from === 5351) return true;
    return to === 67 || to === 68 || to === 546 || to === 547;
  }

  /** A datagram of UDP with its payload. */
  datagram(packet: Packet, ends: Ends): void {
    const { sourcePort, destinationPort } = packet;
    if (sourcePort === 53 || destinationPort === 53) this.#lookup(packet);
    else if (destinationPort === 67 || destinationPort === 68) this.#dhcp(packet);
    else if (destinationPort === 546 || destinationPort === 547) this.#dhcpv6(packet);
    else if (sourcePort === 5351) this.#mapping(packet, ends);
  }

  #lookup(packet: Packet): void {
    const { sourcePort, payloadLength, time, frame } = packet;
    const message = payloadOf(packet);
    const parsed = parseMessage(message);
    if (parsed.kind !== 'ok') return;
    const { flags, questions } = parsed.value;
    const [question] = questions;
    if (question === undefined) return;
    const isAnswer = (flags & RESPONSE) !== 0;
    if (isAnswer !== (sourcePort === 53)) return;
    const [from, to] = this.#endsOf(packet);
    // Only what the question leads to: other records are about others (name servers, for one).
    const named = isAnswer ? namedAddresses(message, parsed.value) : undefined;
    const addresses = (named?.addresses ?? []).slice(0, ADDRESSES).map(({ address }) => address);
    this.#tell({
      kind: 'lookup',
      at: milli(time),
      frame,
      client: isAnswer ? to : from,
      resolver: isAnswer ? from : to,
      name: question.name.join('.').toLowerCase(),
      type: question.type,
      ...(isAnswer ? { rcode: flags & 15 } : {}),
      addresses,
      octets: payloadLength,
    });
  }

  #dhcp(packet: Packet): void {
    const message = readDhcp(payloadOf(packet));
    if (message?.mac === undefined) return;
    const { options, offeredAddress, clientAddress, operation } = message;
    const kind = DHCP_MESSAGES[(options.get(OPTION.messageType)?.[0] ?? 0) - 1];
    if (kind === undefined) return;
    const address = [offeredAddress, options.get(REQUESTED), clientAddress]
      .map(ipv4In)
      .find(Boolean);
    const [from] = this.#endsOf(packet);
    const isAnswer = operation === 2;
    this.#tell(
      compact({
        kind: 'dhcp',
        at: milli(packet.time),
        frame: packet.frame,
        family: 4,
        message: kind,
        clientMac: message.mac,
        serverMac: isAnswer ? from.mac : undefined,
        server: isAnswer ? (ipv4In(options.get(SERVER)) ?? from.address) : undefined,
        address,
        router: ipv4In(options.get(ROUTER)),
        resolvers: addressesIn(options.get(RESOLVERS), 4),
        hostName: textIn(options.get(OPTION.hostName)),
        fingerprint: options.get(OPTION.parameters)?.join(','),
      }),
    );
  }

  #dhcpv6(packet: Packet): void {
    const payload = payloadOf(packet);
    const kind = DHCPV6_MESSAGES[(payload[0] ?? 0) - 1];
    if (kind === undefined) return;
    const [from, to] = this.#endsOf(packet);
    const isAnswer = packet.destinationPort === 546;
    const options = optionsOf(payload.subarray(4));
    const asked = options.get(REQUESTED_OPTIONS);
    const client = duidMac(options.get(CLIENT_ID)) ?? (isAnswer ? to.mac : from.mac);
    if (client === undefined) return;
    this.#tell(
      compact({
        kind: 'dhcp',
        at: milli(packet.time),
        frame: packet.frame,
        family: 6,
        message: kind,
        clientMac: client,
        serverMac: isAnswer ? from.mac : undefined,
        server: isAnswer ? from.address : undefined,
        resolvers: addressesIn(options.get(RESOLVERS_6), 16),
        fingerprint: asked === undefined ? undefined : numbersIn(asked).join(','),
      }),
    );
  }

  /** Answers name both ports, and come only where a router listens. */
  #mapping(packet: Packet, { source, destination }: Ends): void {
    const said = { client: payloadOf(packet).subarray(0, 0), server: payloadOf(packet) };
    const isPcp = (said.server[0] ?? 0) === 2;
    for (const field of isPcp ? pcpFields(said) : natPmpFields(said)) {
      const mapping = mappingOf(field);
      if (mapping === undefined || field.name !== ASKED) continue;
      this.#tell({
        kind: 'mapping',
        at: milli(packet.time),
        frame: packet.frame,
        client: source,
        router: destination,
        via: isPcp ? 'pcp' : 'nat-pmp',
        transport: mapping.transport,
        outsidePort: mapping.outsidePort,
        insideAddress: mapping.insideAddress === '' ? source.address : mapping.insideAddress,
        insidePort: mapping.insidePort,
      });
    }
  }

  /** Of the packet itself: from, to. */
  #endsOf(packet: Packet): readonly [Endpoint, Endpoint] {
    const { bytes, source, destination, family, sourceMac, destinationMac } = packet;
    const size = family === 4 ? 4 : 16;
    const end = (at: number, port: number, mac: number): Endpoint => {
      const address =
        size === 4
          ? this.#text.ipv4(packet.view.getInt32(at))
          : ipText(bytes.subarray(at, at + 16));
      const hasMac = mac >= 0 && ((bytes[mac] ?? 1) & 1) === 0;
      return hasMac
        ? { address, port, mac: macText(bytes.subarray(mac, mac + 6)) }
        : { address, port };
    };
    return [
      end(source, packet.sourcePort, sourceMac),
      end(destination, packet.destinationPort, destinationMac),
    ];
  }
}

function payloadOf({ bytes, payload, payloadCaptured }: Packet): Uint8Array {
  return bytes.subarray(payload, payload + payloadCaptured);
}

/** Of nobody: 0.0.0.0. */
function ipv4In(octets: Uint8Array | undefined): string | undefined {
  if (octets === undefined || octets.length < 4) return undefined;
  const address = octets.subarray(0, 4);
  return address.every((octet) => octet === 0) ? undefined : ipText(address);
}

function addressesIn(octets: Uint8Array | undefined, size: number): readonly string[] {
  const count = Math.min(8, Math.floor((octets?.length ?? 0) / size));
  return Array.from({ length: count }, (_, index) =>
    ipText((octets ?? new Uint8Array(0)).subarray(index * size, (index + 1) * size)),
  );
}

function textIn(octets: Uint8Array | undefined): string | undefined {
  return octets === undefined ? undefined : trimmed(utf8(octets, NAME_CAP));
}

/** RFC 4861 §4.6.2: as `2001:db8::/64`. */
function prefixesIn(options: Uint8Array): readonly string[] {
  const reader = new Reader(options);
  const prefixes: string[] = [];
  while (reader.left >= 8 && prefixes.length < PREFIXES) {
    const type = reader.u8();
    const length = reader.u8() * 8;
    if (length === 0) break;
    const body = reader.take(length - 2);
    if (type !== PREFIX_INFORMATION || body.length < 30) continue;
    prefixes.push(`${ipText(body.subarray(14, 30))}/${body[0] ?? 0}`);
  }
  return prefixes;
}

function optionsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new Reader(bytes);
  const options = new Map<number, Uint8Array>();
  while (reader.left >= 4 && options.size < 64) {
    const code = reader.u16();
    const value = reader.take(reader.u16());
    if (!reader.failed) options.set(code, value);
  }
  return options;
}

function numbersIn(octets: Uint8Array): readonly number[] {
  const reader = new Reader(octets.subarray(0, 128));
  const numbers: number[] = [];
  while (reader.left > 1) numbers.push(reader.u16());
  return numbers;
}

/** RFC 8415 §11.2, §11.4: of Ethernet. */
function duidMac(duid: Uint8Array | undefined): string | undefined {
  const reader = new Reader(duid ?? new Uint8Array(0));
  const [type, hardware] = [reader.u16(), reader.u16()];
  if (type === 1) reader.skip(4);
  const address = reader.rest();
  return (type === 1 || type === 3) && hardware === 1 && address.length === 6
    ? macText(address)
    : undefined;
}

/** Without what is not known. */
function compact(message: Loose<DhcpMessage>): DhcpMessage {
  const { serverMac, server, address, router, hostName, fingerprint, frame, ...certain } = message;
  return {
    ...certain,
    ...(frame === undefined ? {} : { frame }),
    ...(serverMac === undefined ? {} : { serverMac }),
    ...(server === undefined ? {} : { server }),
    ...(address === undefined ? {} : { address }),
    ...(router === undefined ? {} : { router }),
    ...(hostName === undefined ? {} : { hostName }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

type Loose<T> = {
  readonly [Key in keyof T]: T[Key] | (undefined extends T[Key] ? undefined : never);
};

function milli(time: number): number {
  return Math.floor(time / 1000);
}
