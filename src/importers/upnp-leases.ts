import { formatAddress, parseAddress } from '../base/address.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Instant } from '../model/core.ts';
import type { MappingFact } from '../model/evidence.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { mappingEvidence } from './mapping.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

export const upnpLeases = {
  id: 'upnp-leases',
  title:
    'Port mappings and pinholes of miniupnpd (/var/lib/misc/upnp.leases, OpenWrt /var/run/miniupnpd.leases)',
  sources: [
    'miniupnpd upnpredirect.c (lease_file_add)',
    'miniupnpd.conf(5), lease_file, lease_file6',
  ],
  recognise: (start) => {
    const lines = firstLines(start, 3);
    return lines.length > 0 && lines.every((line) => typeof parse(line) === 'object');
  },
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const facts: MappingFact[] = [];
  for (const { number, text } of textLines(document, problems)) {
    const lease = parse(text);
    if (typeof lease === 'string') problems.add(number, lease);
    else facts.push(...factOf(lease, options.at));
  }
  return { evidence: mappingEvidence(facts, options), problems: problems.all };
}

interface Lease {
  readonly fact: Omit<MappingFact, 'leaseSeconds'>;
  /** Seconds since 1970; 0 for one without end. */
  readonly end: number;
}

/** Both forms: of IPv4 between colons, of IPv6 (which holds colons) between semicolons. */
function parse(line: string): Lease | string {
  return line.includes(';') ? pinhole(line.split(';')) : mapping(line.split(':'));
}

/** `TCP:8443:192.0.2.20:554:1796215652:IPCam` */
function mapping([protocol, outside, place, inside, end, ...words]: readonly string[]):
  | Lease
  | string {
  const transport = transportOf(protocol);
  const [outsidePort, insidePort] = [portOf(outside), portOf(inside)];
  const insideAddress = addressOf(place);
  if (transport === undefined) return 'does not begin with TCP or UDP';
  if (outsidePort === undefined || insidePort === undefined) return 'has no two ports';
  if (insideAddress === undefined || insideAddress.includes(':')) return 'names no address inside';
  if (!isTime(end)) return 'has no time of its end';
  const by = untrusted(words.join(':'));
  const where = { transport, outsidePort, insideAddress, insidePort } as const;
  return {
    fact: { kind: 'mapping', ...where, by, description: by, via: 'import' },
    end: Number(end),
  };
}

/** `TCP;2001:db8::20;8554;;0;1;1795615200;IGD2 pinhole`: inside, then who may come in, number, end. */
function pinhole(parts: readonly string[]): Lease | string {
  const [protocol, place, port, remote = '', , number = '', end, ...words] = parts;
  const transport = transportOf(protocol);
  const insidePort = portOf(port);
  const insideAddress = addressOf(place);
  const remoteHost = addressOf(remote);
  if (transport === undefined) return 'does not begin with TCP or UDP';
  if (insidePort === undefined || insideAddress === undefined) return 'names no place inside';
  if (!/^\d{1,10}$/.test(number) || !isTime(end)) return 'has no number and no time of its end';
  const by = untrusted(words.join(';'));
  const where = { transport, outsidePort: insidePort, insideAddress, insidePort } as const;
  const hole = { via: 'pinhole', pinhole: Number(number) } as const;
  const host = remoteHost === undefined ? {} : { remoteHost };
  return {
    fact: { kind: 'mapping', ...where, by, description: by, ...hole, ...host },
    end: Number(end),
  };
}

/** The daemon drops what has run out when it starts, and so do we. */
function factOf({ fact, end }: Lease, at: Instant): readonly MappingFact[] {
  if (end === 0) return [{ ...fact, leaseSeconds: 0 }];
  const left = Math.ceil(end - at / 1000);
  return left > 0 ? [{ ...fact, leaseSeconds: left }] : [];
}

function transportOf(text: string | undefined): 'tcp' | 'udp' | undefined {
  if (text === 'TCP') return 'tcp';
  return text === 'UDP' ? 'udp' : undefined;
}

function portOf(text: string | undefined): number | undefined {
  const number = /^\d{1,5}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return number <= 65_535 ? number : undefined;
}

function addressOf(text = ''): string | undefined {
  const address = parseAddress(text);
  return address === undefined || text.includes('%') ? undefined : formatAddress(address);
}

function isTime(text: string | undefined): text is string {
  return /^\d{1,10}$/.test(text ?? '');
}
