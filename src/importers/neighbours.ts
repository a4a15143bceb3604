import { formatAddress, parseAddress, parseMac } from '../base/address.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { decode, firstLines, Problems, textLines } from './text-lines.ts';

/** The kernel's word for how sure it is of an entry (Linux include/uapi/linux/neighbour.h, NUD_*). */
export type NeighbourState =
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'PERMANENT'
  | 'INCOMPLETE'
  | 'FAILED'
  | 'NOARP'
  /** A table without states (`/proc/net/arp`, `arp -a`): the MAC is known, its age is not. */
  | 'COMPLETE';

export interface Neighbour {
  /** Canonical; link-local IPv6 with its zone. */
  readonly address: string;
  readonly device: string;
  readonly mac?: string;
  readonly state: NeighbourState;
}

const STATES: ReadonlySet<string> = new Set<NeighbourState>([
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'PERMANENT',
  'INCOMPLETE',
  'FAILED',
  'NOARP',
]);
/** States in which somebody has answered under that MAC, now or earlier. */
const KNOWN: ReadonlySet<NeighbourState> = new Set<NeighbourState>([
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'PERMANENT',
  'COMPLETE',
]);

export const neighbours = {
  id: 'neighbours',
  title: 'Neighbour table of a router or computer (ip neigh, ip -j neigh, /proc/net/arp, arp -an)',
  sources: ['iproute2 ip-neighbour(8)', 'Linux net/ipv4/arp.c (arp_seq_show)', 'net-tools arp(8)'],
  recognise: (start) => {
    const lines = firstLines(start, 3);
    if (isJson(lines[0] ?? '')) return lines.join('').includes('"dst"');
    return lines.some((line) => isArpHeader(line) || parseNeighbour(line) !== undefined);
  },
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const evidence: NewEvidence[] = [];
  const entries = isJson(decode(document.subarray(0, 64)).trimStart())
    ? jsonEntries(decode(document), problems)
    : textEntries(document, problems);
  for (const entry of entries) evidence.push(...evidenceOf(entry, options));
  return { evidence, problems: problems.all };
}

function* textEntries(document: Uint8Array, problems: Problems): Generator<Neighbour> {
  for (const { number, text } of textLines(document, problems)) {
    if (isArpHeader(text)) continue;
    const entry = parseNeighbour(text);
    if (entry === undefined) problems.add(number, 'is no entry of a neighbour table');
    else yield entry;
  }
}

/**
 * The entries of `ip -j neigh` are flat objects, so each is read by itself: one that is damaged
 * costs no other. (`JSON.parse` over the whole would lose all of them.)
 */
function* jsonEntries(text: string, problems: Problems): Generator<Neighbour> {
  let line = 1;
  let from = 0;
  for (let open = text.indexOf('{'); open !== -1; open = text.indexOf('{', from)) {
    line += countLines(text, from, open);
    const close = text.indexOf('}', open);
    const end = close === -1 ? text.length : close + 1;
    const entry = end - open > 4096 ? undefined : jsonEntry(text.slice(open, end));
    if (entry === undefined) problems.add(line, 'is no entry of ip -j neigh');
    else if (entry !== 'empty') yield entry;
    line += countLines(text, open, end);
    from = end;
  }
}

function jsonEntry(text: string): Neighbour | 'empty' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  // iproute2 prints `{}` for an entry that the filter left out.
  if (Object.keys(fields).length === 0) return 'empty';
  const state: unknown = Array.isArray(fields['state']) ? fields['state'][0] : undefined;
  return neighbour(word(fields['dst']), word(fields['dev']), word(fields['lladdr']), word(state));
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** One line of `ip neigh`, `/proc/net/arp` or `arp -an`. */
export function parseNeighbour(line: string): Neighbour | undefined {
  const words = line.trim().split(/\s+/);
  if (words[1] === 'dev') return ipLine(words);
  if (words[1]?.startsWith('0x') === true) return procLine(words);
  return words[2] === 'at' ? arpLine(words) : undefined;
}

/** `fe80::1 dev eth0 lladdr aa:… router STALE`; flags and, with `-s`, counters may stand between. */
function ipLine(words: readonly string[]): Neighbour | undefined {
  const at = words.indexOf('lladdr');
  const mac = at === -1 ? '' : (words[at + 1] ?? '');
  return neighbour(
    words[0] ?? '',
    words[2] ?? '',
    mac,
    words.findLast((each) => STATES.has(each)) ?? '',
  );
}

/** `192.0.2.1 0x1 0x2 aa:… * eth0`: flag 0x2 is ATF_COM (complete), 0x4 ATF_PERM. */
function procLine(words: readonly string[]): Neighbour | undefined {
  const [address = '', , flags = '', mac = '', , device = ''] = words;
  if (!/^0x[0-9a-fA-F]{1,8}$/.test(flags)) return undefined;
  const bits = Number(flags);
  if ((bits & 0x4) !== 0) return neighbour(address, device, mac, 'PERMANENT');
  return neighbour(address, device, mac, (bits & 0x2) === 0 ? 'INCOMPLETE' : 'COMPLETE');
}

/** `? (192.0.2.1) at aa:… [ether] on eth0`, BSD and net-tools alike. */
function arpLine(words: readonly string[]): Neighbour | undefined {
  const [, bracketed = '', , mac = ''] = words;
  if (!bracketed.startsWith('(') || !bracketed.endsWith(')')) return undefined;
  const on = words.indexOf('on');
  const device = on === -1 ? '' : (words[on + 1] ?? '');
  const known = mac.includes(':');
  return neighbour(
    bracketed.slice(1, -1),
    device,
    known ? padded(mac) : '',
    known ? 'COMPLETE' : 'INCOMPLETE',
  );
}

/** BSD prints octets without a leading zero (`0:1c:42:0:0:8`). */
function padded(mac: string): string {
  return mac
    .split(':')
    .map((octet) => octet.padStart(2, '0'))
    .join(':');
}

function neighbour(
  place: string,
  device: string,
  hardware: string,
  state: string,
): Neighbour | undefined {
  const [bare = ''] = place.split('%', 1);
  const address = parseAddress(bare);
  if (address === undefined || !isState(state) || !isDeviceName(device)) return undefined;
  const text = formatAddress(address);
  // fe80::/10 means something only together with its link (RFC 4007 §6).
  const linkLocal = address.family === 6 && address.value >> 118n === 0x3fan;
  const mac = parseMac(hardware);
  return {
    address: linkLocal ? `${text}%${device}` : text,
    device,
    state,
    ...(mac === undefined || mac === '00:00:00:00:00:00' ? {} : { mac }),
  };
}

function isState(text: string): text is NeighbourState {
  return text === 'COMPLETE' || STATES.has(text);
}

/** Narrower than the kernel (`dev_valid_name`), since the name becomes part of an address. */
function isDeviceName(text: string): boolean {
  return /^[\w.@:-]{1,15}$/.test(text);
}

function evidenceOf(entry: Neighbour, options: ImportOptions): readonly NewEvidence[] {
  if (entry.mac === undefined || !KNOWN.has(entry.state)) return [];
  return [
    {
      at: options.at,
      source: 'import',
      observer: options.observer,
      subject: { address: entry.address, mac: entry.mac },
      certainty: entry.state === 'REACHABLE' ? 'proved' : 'likely',
      fact: { kind: 'present', via: 'neighbour' },
    },
  ];
}

function isJson(start: string): boolean {
  return start.startsWith('[');
}

function isArpHeader(line: string): boolean {
  return line.startsWith('IP address') && line.includes('HW address');
}

/** Looks at `from` to `to` only: a search for the next line end would read a long line again and again. */
function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 0x0a) lines += 1;
  return lines;
}
