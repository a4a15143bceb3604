import { RecentMap } from '../../base/recent-map.ts';
import { join, u16, u32 } from '../../protocols/shared/bytes.ts';
import type {
  DnsMessage,
  DnsName,
  Question,
  ResourceRecord,
} from '../../protocols/shared/dns-message.ts';
import {
  AUTHORITATIVE,
  CLASS,
  nameIn,
  OPCODE,
  parseMessage,
  RESPONSE,
  TOP_BIT,
  TYPE,
} from '../../protocols/shared/dns-message.ts';

/** RFC 6763 §9: the question for all types; its answers are passed as far as the types are. */
const ALL_TYPES = '_services._dns-sd._udp.local';
/** Hosts of services that were passed: their addresses may be asked for. */
const HOSTS = 1024;
/** Octets of one message: below what an Ethernet frame carries (RFC 6762 §17). */
const SIZE = 1400;
/** Messages that one may become, since we do not compress names. */
const MESSAGES = 8;
/** Octets of an SRV record before its target (RFC 2782). */
const SRV_HEAD = 6;

/** What of mDNS is passed between two links: services of these types, and nothing that is not about them. */
export class MdnsFilter {
  readonly #types: readonly string[];
  readonly #hosts = new RecentMap<true>(HOSTS);

  /** @param types `_googlecast._tcp` */
  constructor(types: readonly string[]) {
    this.#types = types.map((type) => `${type.toLowerCase()}.local`);
  }

  /** A question of whoever looks for services, with what it may ask; undefined where that is nothing. */
  question(bytes: Uint8Array): Uint8Array | undefined {
    const message = messageOf(bytes);
    if (message === undefined || (message.flags & RESPONSE) !== 0) return undefined;
    const asked = message.questions.filter((question) => this.#mayAsk(question));
    if (asked.length === 0) return undefined;
    const parts = asked.flatMap((question) => [
      encodeName(question.name),
      u16(question.type),
      // Answers to the group, so that the relay hears them: without the bit of §5.4.
      u16(question.class & ~TOP_BIT),
    ]);
    return join(...[0, 0, asked.length, 0, 0, 0].map(u16), ...parts);
  }

  /** What a service says to the group: as many messages as it takes. */
  answers(bytes: Uint8Array): readonly Uint8Array[] {
    const message = messageOf(bytes);
    if (message === undefined || (message.flags & RESPONSE) === 0) return [];
    // Hosts come after the services that are on them: services first.
    const services = message.records.filter((record) => this.#isService(bytes, record));
    for (const record of services) {
      if (record.type !== TYPE.SRV) continue;
      this.#hosts.set(textOf(nameIn(bytes, record, SRV_HEAD)), true);
    }
    const hosts = message.records.filter((record) => this.#isHost(record));
    return packed([...services, ...hosts].map((record) => encodeRecord(bytes, record)));
  }

  #mayAsk({ name, type, class: kind }: Question): boolean {
    if ((kind & ~TOP_BIT) !== CLASS.IN) return false;
    const text = textOf(name);
    if (text === ALL_TYPES) return type === TYPE.PTR || type === TYPE.ANY;
    if (this.#isOurs(text)) return true;
    const isAddress = type === TYPE.A || type === TYPE.AAAA || type === TYPE.ANY;
    return isAddress && this.#hosts.get(text) === true;
  }

  #isService(bytes: Uint8Array, record: ResourceRecord): boolean {
    if ((record.class & ~TOP_BIT) !== CLASS.IN) return false;
    const name = textOf(record.name);
    if (record.type === TYPE.PTR) {
      const target = textOf(nameIn(bytes, record));
      return this.#isOurs(target) && (name === ALL_TYPES || this.#isOurs(name));
    }
    return (record.type === TYPE.SRV || record.type === TYPE.TXT) && this.#isOurs(name);
  }

  /** An address that can be reached over a router: link-local ones cannot (RFC 3927, RFC 4291). */
  #isHost({ name, type, class: kind, data }: ResourceRecord): boolean {
    if ((kind & ~TOP_BIT) !== CLASS.IN || this.#hosts.get(textOf(name)) !== true) return false;
    if (type === TYPE.A) return data.length === 4 && !(data[0] === 169 && data[1] === 254);
    return type === TYPE.AAAA && data.length === 16 && !isLinkLocal(data);
  }

  /** The type itself, an instance of it, or a subtype (RFC 6763 §7.1). */
  #isOurs(name: string): boolean {
    return this.#types.some((type) => name === type || name.endsWith(`.${type}`));
  }
}

function isLinkLocal(data: Uint8Array): boolean {
  return data[0] === 0xfe && ((data[1] ?? 0) & 0xc0) === 0x80;
}

function messageOf(bytes: Uint8Array): DnsMessage | undefined {
  const parsed = parseMessage(bytes);
  if (parsed.kind !== 'ok' || (parsed.value.flags & OPCODE) !== 0) return undefined;
  return parsed.value;
}

function textOf(name: DnsName): string {
  return name.join('.').toLowerCase();
}

/** Without compression; a label holds octets, each a character here. */
function encodeName(name: DnsName): Uint8Array {
  const labels = name.flatMap((label) => [
    [label.length],
    Uint8Array.from(label, (character) => character.charCodeAt(0) & 0xff),
  ]);
  return join(...labels, [0]);
}

/** Names in the data may point to what stood before: they are written out. */
function encodeRecord(bytes: Uint8Array, record: ResourceRecord): Uint8Array {
  const data = dataOf(bytes, record);
  // Of the time to live, in the six octets before the data with its length (RFC 1035 §4.1.3).
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ttl = view.getUint32(record.at - 6);
  const head = [u16(record.type), u16(record.class), u32(ttl), u16(data.length)];
  return join(encodeName(record.name), ...head, data);
}

function dataOf(bytes: Uint8Array, record: ResourceRecord): Uint8Array {
  if (record.type === TYPE.PTR) return encodeName(nameIn(bytes, record));
  if (record.type !== TYPE.SRV) return record.data;
  return join(record.data.subarray(0, SRV_HEAD), encodeName(nameIn(bytes, record, SRV_HEAD)));
}

function packed(records: readonly Uint8Array[]): readonly Uint8Array[] {
  const groups: Uint8Array[][] = [];
  let size = SIZE;
  for (const record of records) {
    if (size + record.length > SIZE) {
      if (groups.length === MESSAGES) break;
      groups.push([]);
      size = 12;
    }
    groups.at(-1)?.push(record);
    size += record.length;
  }
  return groups.map((group) => {
    const head = [0, RESPONSE | AUTHORITATIVE, 0, group.length, 0, 0];
    return join(...head.map(u16), ...group);
  });
}
