import type { Answerer, Groups } from '../serve.ts';
import { u16, u32 } from '../serve.ts';

export interface Announcement {
  /** `_hue._tcp`. */
  readonly type: string;
  /** Instance name, at most 63 bytes. */
  readonly name: string;
  readonly port: number;
  readonly txt: Readonly<Record<string, string>>;
}

export interface Announcer {
  /** Without `.local`. */
  readonly hostname: string;
  readonly address: string;
  readonly announcements: readonly Announcement[];
}

export const MDNS_GROUPS: Groups = { ipv4: '224.0.0.251', ipv6: 'ff02::fb', replyToGroup: true };
export const MDNS_PORT = 5353;

const TYPE = { A: 1, PTR: 12, TXT: 16, SRV: 33, ANY: 255 } as const;
const ALL_TYPES = '_services._dns-sd._udp.local';

interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly data: Buffer;
}

/** Answers mDNS questions (RFC 6762) for its own DNS-SD services (RFC 6763), and nothing else. */
export function dnsSd(announcer: Announcer): Answerer {
  const records = recordsOf(announcer);
  return (datagram, from) => {
    const questions = parse(datagram);
    if (questions === undefined) return [];
    const answers = records.filter((record) =>
      questions.some(
        ({ name, type }) =>
          name === record.name.toLowerCase() && (type === record.type || type === TYPE.ANY),
      ),
    );
    if (answers.length === 0) return [];
    const wanted = new Set(answers);
    const extra = records.filter((record) => !wanted.has(record) && belongs(record, answers));
    // §6.7: a resolver that is no mDNS speaker gets its id and its question back.
    const legacy = from.port !== MDNS_PORT;
    return [
      Buffer.concat([
        u16(legacy ? datagram.readUInt16BE(0) : 0),
        u16(0x8400),
        u16(legacy ? questions.length : 0),
        u16(answers.length),
        u16(0),
        u16(extra.length),
        ...(legacy ? questions.map(({ bytes }) => bytes) : []),
        ...[...answers, ...extra].map((record) => encode(record, legacy)),
      ]),
    ];
  };
}

/** With a PTR come its SRV and TXT, and with an SRV the address (RFC 6763 §12). */
function belongs(record: DnsRecord, answers: readonly DnsRecord[]): boolean {
  if (record.type === TYPE.A)
    return !answers.some(({ type, name }) => type === TYPE.PTR && name === ALL_TYPES);
  return (
    record.type !== TYPE.PTR &&
    answers.some(({ type, data }) => type === TYPE.PTR && data.equals(encodeName(record.name)))
  );
}

function recordsOf({ hostname, address, announcements }: Announcer): DnsRecord[] {
  const target = `${hostname}.local`;
  const own = announcements.flatMap(({ type, name, port, txt }): DnsRecord[] => {
    const instance = `${name.replaceAll('.', ' ')}.${type}.local`;
    const texts = Object.entries(txt).map(([key, value]) => Buffer.from(`${key}=${value}`));
    const packed = texts.map((bytes) => Buffer.concat([Buffer.from([bytes.length]), bytes]));
    return [
      { name: ALL_TYPES, type: TYPE.PTR, data: encodeName(`${type}.local`) },
      { name: `${type}.local`, type: TYPE.PTR, data: encodeName(instance) },
      {
        name: instance,
        type: TYPE.SRV,
        data: Buffer.concat([u32(0), u16(port), encodeName(target)]),
      },
      { name: instance, type: TYPE.TXT, data: Buffer.concat(packed) },
    ];
  });
  const host = { name: target, type: TYPE.A, data: Buffer.from(address.split('.').map(Number)) };
  return [...own, host];
}

function encode({ name, type, data }: DnsRecord, legacy: boolean): Buffer {
  // The top bit of the class says "forget older ones": only for what one host alone owns (§10.2).
  const unique = type !== TYPE.PTR && !legacy ? 0x8000 : 0;
  const seconds = legacy ? 10 : 120;
  return Buffer.concat([
    encodeName(name),
    u16(type),
    u16(unique | 1),
    u32(seconds),
    u16(data.length),
    data,
  ]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...labels, Buffer.from([0])]);
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** As asked, for repeating; the unicast bit cleared. */
  readonly bytes: Buffer;
}

/** Undefined for what is no plain query: a response, another opcode, a name that runs over the end. */
function parse(datagram: Buffer): readonly Question[] | undefined {
  if (datagram.length < 17 || (datagram.readUInt16BE(2) & 0xf800) !== 0) return undefined;
  const count = datagram.readUInt16BE(4);
  if (count < 1 || count > 64) return undefined;
  const questions: Question[] = [];
  let at = 12;
  for (let index = 0; index < count; index += 1) {
    const name = readName(datagram, at);
    if (name === undefined || name.end + 4 > datagram.length) return undefined;
    if ((datagram.readUInt16BE(name.end + 2) & 0x7fff) !== 1) return undefined;
    const type = datagram.readUInt16BE(name.end);
    const bytes = Buffer.concat([encodeName(name.text), u16(type), u16(1)]);
    questions.push({ name: name.text.toLowerCase(), type, bytes });
    at = name.end + 4;
  }
  return questions;
}

/** Follows at most one pointer: names in a question have nothing before them but other questions. */
function readName(datagram: Buffer, start: number): { text: string; end: number } | undefined {
  const first = readLabels(datagram, start);
  if (first.stop < 0xc0)
    return first.stop === 0 ? { ...first, text: join(first.labels) } : undefined;
  if (first.end + 1 > datagram.length) return undefined;
  const rest = readLabels(datagram, datagram.readUInt16BE(first.end - 1) & 0x3fff);
  if (rest.stop !== 0) return undefined;
  return { text: join([...first.labels, ...rest.labels]), end: first.end + 1 };
}

function join(labels: readonly string[]): string {
  return labels.join('.');
}

/** Up to the byte that is no length of a label, 0 where the name ends; `end` is behind it. */
function readLabels(
  datagram: Buffer,
  start: number,
): { labels: string[]; stop: number; end: number } {
  const labels: string[] = [];
  let at = start;
  let length = datagram[at] ?? 64;
  while (length > 0 && length < 64) {
    labels.push(datagram.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
    length = datagram[at] ?? 64;
  }
  return { labels, stop: length, end: at + 1 };
}
