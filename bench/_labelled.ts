import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BANNER_CAP, untrusted } from '../src/base/untrusted.ts';
import type { Category } from '../src/model/core.ts';
import type { Evidence, Fact, Subject } from '../src/model/evidence.ts';
import { CAPTURES } from './_truth.ts';

/** One device of which its own project says what it is, and what was seen of it: one banner, one title. */
export interface Labelled {
  readonly id: string;
  readonly truth: Category;
  readonly evidence: readonly Evidence[];
}

/**
 * Words of the truth (recog's `hw.device`) that are one of our categories beyond doubt. Telephones,
 * conference systems, "appliances", power strips and the like are left out: they could be argued
 * into two.
 */
const CATEGORIES: Readonly<Record<Exclude<Category, 'wearable'>, readonly string[]>> = {
  infrastructure: [
    'Router',
    'WAP',
    'Switch',
    'Firewall',
    'Broadband Router',
    'ADSL Modem',
    'DSL Modem',
    'Cable Modem',
    'DOCSIS Cable Modem',
    'VPN',
    'Wireless Controller',
    'WLAN Repeater',
    'Security Appliance',
    'IPS',
  ],
  printer: ['Printer', 'Multifunction Device', 'Print Server', 'Scanner'],
  'smart-home': [
    'IP Camera',
    'Web Cam',
    'DVR',
    'Media Player',
    'Network Audio',
    'Smart TV',
    'Sensor',
    'Alarm Panel',
  ],
  industrial: ['PLC', 'Building Automation', 'Environment Control'],
  'general-purpose': ['Laptop', 'Desktop', 'Mobile Phone', 'Tablet', 'NAS', 'Storage'],
};

const BY_WORD: ReadonlyMap<string, Category> = new Map(
  (['infrastructure', 'printer', 'smart-home', 'industrial', 'general-purpose'] as const).flatMap(
    (category) => CATEGORIES[category].map((word) => [word, category] as const),
  ),
);

interface Seen {
  readonly protocol: string;
  readonly port: number;
  readonly facts: (text: string) => readonly Fact[];
}

function detail(name: string): (text: string) => readonly Fact[] {
  return (text) => [{ kind: 'detail', name, value: untrusted(text, BANNER_CAP) }];
}

/** As our own parsers state it where they read such a text. */
const KINDS: ReadonlyMap<string, Seen> = new Map<string, Seen>([
  ['http_header.server', { protocol: 'http', port: 80, facts: detail('server') }],
  ['html_title', { protocol: 'http', port: 80, facts: detail('title') }],
  [
    'http_header.wwwauth',
    {
      protocol: 'http',
      port: 80,
      facts: (text) => detail('realm')(/realm="([^"]*)"/i.exec(text)?.[1] ?? ''),
    },
  ],
  ['snmp.sys_description', { protocol: 'snmp', port: 161, facts: detail('sysDescr') }],
  ['ftp.banner', { protocol: 'ftp', port: 21, facts: detail('banner') }],
  ['telnet_banners', { protocol: 'telnet', port: 23, facts: detail('banner') }],
  ['smtp.banner', { protocol: 'smtp', port: 25, facts: detail('banner') }],
  ['ssh.banner', { protocol: 'ssh', port: 22, facts: detail('software') }],
  ['sip_header.server', { protocol: 'sip', port: 5060, facts: detail('product') }],
  ['sip_header.user_agent', { protocol: 'sip', port: 5060, facts: detail('product') }],
  ['rtsp_header.server', { protocol: 'rtsp', port: 554, facts: detail('server') }],
  ['mdns.device-info.txt', { protocol: 'mdns', port: 5353, facts: detail('txt') }],
  ['dhcp_vendor_class', { protocol: 'dhcp', port: 68, facts: detail('dhcp-vendor-class') }],
  ['x509.subject', { protocol: 'tls', port: 443, facts: (text) => certificate(text, '') }],
  ['x509.issuer', { protocol: 'tls', port: 443, facts: (text) => certificate('', text) }],
  [
    'hp_pjl_id',
    {
      protocol: 'jetdirect',
      port: 9100,
      facts: (text) => [{ kind: 'attribute', name: 'model', value: untrusted(text) }],
    },
  ],
]);

function certificate(subject: string, issuer: string): readonly Fact[] {
  const facts = {
    subject: untrusted(subject),
    issuer: untrusted(issuer),
    names: [],
    notBefore: 0,
    notAfter: 0,
    selfSigned: false,
    key: 'rsa',
    bits: 2048,
    signature: 'sha256WithRSAEncryption',
    fingerprint: '',
  };
  const tls = { versions: ['TLSv1.2'], cipher: '', clientCertificate: false, certificate: facts };
  return [{ kind: 'tls', tls }];
}

interface TruthLine {
  readonly id: string;
  readonly kind: string;
  readonly hw_device?: string | readonly string[];
}

/** What recog's authors say of texts that our parsers read as well. */
export function labelledTexts(): readonly Labelled[] {
  const texts = new Map(
    lines<{ id: string; text?: string }>('device_input').map(({ id, text }) => [id, text]),
  );
  return lines<TruthLine>('device').flatMap(({ id, kind, hw_device: word }) => {
    const seen = KINDS.get(kind);
    const truth = typeof word === 'string' ? BY_WORD.get(word) : BY_WORD.get(word?.[0] ?? '');
    const text = texts.get(id);
    if (seen === undefined || truth === undefined || text === undefined) return [];
    return [{ id, truth, evidence: evidenceOf(seen, text) }];
  });
}

function evidenceOf({ protocol, port, facts }: Seen, text: string): readonly Evidence[] {
  const subject: Subject = { address: '192.0.2.1', transport: 'tcp', port };
  const all: readonly Fact[] = [{ kind: 'speaks', protocol, version: 'unknown' }, ...facts(text)];
  return all.map((fact, index) => ({
    id: index + 1,
    at: 1_793_606_400_000,
    source: 'active',
    observer: 'bench',
    subject,
    certainty: 'proved',
    fact,
  }));
}

function lines<T>(name: string): readonly T[] {
  return readFileSync(join(CAPTURES, `truth/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line));
}
