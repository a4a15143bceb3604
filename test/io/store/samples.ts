import { untrusted } from '../../../src/base/untrusted.ts';
import type { Fact, NewEvidence } from '../../../src/model/evidence.ts';
import type { ScanRecord } from '../../../src/model/scan.ts';

/** One of each kind of fact, with text that breaks careless storage. */
const NASTY = untrusted('"; DROP TABLE evidence;-- \u0000\ud800\u202e é 🚪');

const SIGNATURE = {
  question: '0d0a',
  start: '55aa..00',
  framing: 'length-u16',
  lengthAt: 2,
  entropy: 3.25,
  length: 24,
} as const;

export const FACTS: readonly Fact[] = [
  { kind: 'present', via: 'arp' },
  { kind: 'open' },
  { kind: 'swept', transport: 'tcp', closed: '22,80', silent: '8000-9000' },
  { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' },
  { kind: 'unrecognised', signature: SIGNATURE },
  { kind: 'access', level: 'open' },
  { kind: 'attribute', name: 'name', value: NASTY },
  { kind: 'identifier', scheme: 'uuid', value: NASTY },
  { kind: 'detail', name: 'title', value: NASTY },
  {
    kind: 'tls',
    tls: {
      versions: ['TLSv1', 'TLSv1.3'],
      cipher: 'TLS_AES_128_GCM_SHA256',
      alpn: untrusted('h2'),
      clientCertificate: false,
      certificate: {
        subject: NASTY,
        issuer: NASTY,
        names: [NASTY],
        notBefore: 1,
        notAfter: 2,
        selfSigned: true,
        key: 'rsa',
        bits: 1024,
        signature: 'sha1WithRSAEncryption',
        fingerprint: 'ab'.repeat(32),
      },
    },
  },
  {
    kind: 'tls',
    tls: { versions: [], cipher: '', clientCertificate: true },
  },
  { kind: 'amplification', sent: 18, received: 700 },
  { kind: 'advertises', service: NASTY, transport: 'udp', port: 5353 },
  {
    kind: 'mapping',
    transport: 'tcp',
    outsidePort: 8080,
    insideAddress: '192.168.1.9',
    insidePort: 80,
    by: NASTY,
  },
  { kind: 'distress', after: 'three connections' },
  { kind: 'tarpit', ports: 900 },
  { kind: 'called', name: NASTY },
  { kind: 'corrected', name: 'vendor', value: NASTY },
  { kind: 'treat-as', robustness: 'fragile' },
  { kind: 'same', key: 'mac:02:00:00:00:00:01' },
  { kind: 'not-same', key: 'uuid:x' },
  { kind: 'child', id: '0x00158d', name: NASTY },
  { kind: 'named-protocol', protocol: 'boiler-link', signature: SIGNATURE },
  { kind: 'needed', transport: 'tcp', port: 1883, needed: false },
  { kind: 'retract', evidence: 3 },
];

export function evidenceOf(fact: Fact, parts: Partial<NewEvidence> = {}): NewEvidence {
  return {
    at: 1_767_225_600_000.25,
    source: 'active',
    observer: 'PTL-S-7F3K',
    subject: { address: 'fe80::1%eth0' },
    certainty: 'proved',
    fact,
    ...parts,
  };
}

export const EVIDENCE: readonly NewEvidence[] = [
  ...FACTS.map((fact) => evidenceOf(fact)),
  evidenceOf(
    { kind: 'speaks', protocol: 'mqtt', version: 'unknown' },
    {
      subject: {
        address: '192.168.1.9',
        mac: '02:00:00:00:00:01',
        transport: 'tcp',
        port: 8883,
        over: 'tls',
      },
      certainty: 'likely',
      proof: { request: '10', response: '20', control: { request: 'ff', response: '' } },
    },
  ),
];

export const SCAN: ScanRecord = {
  id: 'PTL-S-91B7',
  startedAt: 1_767_225_600_000,
  targets: ['192.168.1.0/24'],
  tcpPorts: '22,80,8000-9000',
  udpPorts: '5683',
  pace: 'polite',
  outcome: 'running',
  budget: {
    devices: 3,
    connections: 120,
    datagrams: 40,
    bytesSent: 4000,
    bytesReceived: 90_000,
    maxParallel: 1,
    maxPerSecond: 2,
    maxPerSecondOverall: 60,
  },
  notes: ['192.168.1.9 is a printer: only its own protocols were asked'],
};
