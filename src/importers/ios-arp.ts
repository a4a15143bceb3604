import { parseMac } from '../base/address.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { canonicalAddress } from './lease.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

const MINUTE = 60_000;

export const iosArp = {
  id: 'ios-arp',
  title: 'ARP table of a Cisco IOS router or switch (show ip arp)',
  sources: ['Cisco IOS IP Addressing Services Command Reference, show ip arp'],
  recognise: (start) => firstLines(start, 6).some((line) => isHeader(line)),
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const evidence: NewEvidence[] = [];
  for (const { number, text } of textLines(document, problems)) {
    if (isHeader(text) || isPrompt(text)) continue;
    const entry = entryOf(text, options);
    if (entry === undefined) problems.add(number, 'is no entry of show ip arp');
    else if (entry !== 'incomplete') evidence.push(entry);
  }
  return { evidence, problems: problems.all };
}

/** `Protocol  Address          Age (min)  Hardware Addr   Type   Interface` */
function isHeader(line: string): boolean {
  return line.startsWith('Protocol') && /Address\s+Age ?\(min\)\s*Hardware Addr/.test(line);
}

/** `router#show ip arp`, where a session was copied whole. */
function isPrompt(line: string): boolean {
  return /^[\w.()-]{1,80}[#>]/.test(line);
}

/** `Internet  192.0.2.9  12  0000.5e00.5309  ARPA  Vlan10`; no age is an address of its own. */
function entryOf(line: string, options: ImportOptions): NewEvidence | 'incomplete' | undefined {
  const [protocol, place = '', age = '', hardware = ''] = line.split(/\s+/);
  const address = canonicalAddress(place);
  if (protocol !== 'Internet' || address === undefined || !/^(?:-|\d{1,7})$/.test(age)) {
    return undefined;
  }
  if (hardware === 'Incomplete') return 'incomplete';
  const mac = parseMac(hardware);
  if (mac === undefined) return undefined;
  return {
    at: Math.max(0, options.at - (age === '-' ? 0 : Number(age) * MINUTE)),
    source: 'import',
    observer: options.observer,
    subject: { address, mac },
    certainty: 'likely',
    fact: { kind: 'present', via: 'neighbour' },
  };
}
