import { untrusted } from '../../src/base/untrusted.ts';
import type { Category, Severity } from '../../src/model/core.ts';
import type { Belief, Device } from '../../src/model/device.ts';
import type { AttributeName, Evidence } from '../../src/model/evidence.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Cell, LedgerRow, Verdict } from '../../src/model/ledger.ts';
import type { ScanRecord } from '../../src/model/scan.ts';
import type { Service } from '../../src/model/service.ts';
import type { Site } from '../../src/model/site.ts';

/** 2026-11-25T14:03:07Z */
export const AT = 1_795_615_387_000;

export function belief(value: string, parts: Partial<Belief> = {}): Belief {
  return {
    value: untrusted(value),
    certainty: 'proved',
    source: 'active',
    evidence: [3, 4],
    ...parts,
  };
}

export function device(
  id: string,
  name: string,
  category: Category | 'unknown',
  attributes: Partial<Record<AttributeName, string>>,
  parts: Partial<Device> = {},
): Device {
  const number = Number.parseInt(id, 36) % 200;
  return {
    id: `PTL-D-${id}`,
    keys: [`mac:02:00:00:00:00:${number.toString(16).padStart(2, '0')}`],
    addresses: [`192.168.1.${number}`],
    macs: [`02:00:00:00:00:${number.toString(16).padStart(2, '0')}`],
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, [belief(value)]]),
    ),
    name: untrusted(name),
    category,
    robustness: 'unknown',
    robustnessReason: '',
    firstSeen: AT - 86_400_000,
    lastSeen: AT,
    conflicts: [],
    ...parts,
  };
}

export function service(
  id: string,
  port: number,
  protocol: string,
  parts: Partial<Service> = {},
): Service {
  return {
    device: `PTL-D-${id}`,
    transport: 'tcp',
    port,
    state: 'open',
    protocol,
    version: 'unknown',
    over: parts.transport ?? 'tcp',
    access: 'unknown',
    certainty: 'proved',
    details: [],
    sources: ['active'],
    firstSeen: AT - 3_600_000,
    lastSeen: AT,
    evidence: [1, 2],
    ...parts,
  };
}

const UNKNOWN: Cell = { answer: 'unknown', because: 'No traffic was watched yet' };

export function row(
  { device: owner, transport, port, protocol, state }: Service,
  verdict: Verdict,
  needed: Cell['answer'],
  advice: string,
): LedgerRow {
  return {
    device: owner,
    direction: 'to-device',
    transport,
    port,
    protocol,
    open: {
      answer: state === 'open' ? 'yes' : 'no',
      because: 'It was asked',
      evidence: [1],
      at: AT,
    },
    used: UNKNOWN,
    needed: {
      answer: needed,
      because: 'The dossier says so',
      citation: 'Hue developer guide, 2024',
    },
    allowed: { answer: 'unknown', because: 'No firewall was read' },
    verdict,
    advice,
  };
}

function finding(
  id: string,
  severity: Severity,
  on: Service,
  summary: string,
  impact: string,
  remedy: string,
): Finding {
  return {
    id: `PTL-F-${id}`,
    rule: 'cleartext',
    threat: 'interception',
    severity,
    certainty: 'proved',
    device: on.device,
    transport: on.transport,
    port: on.port,
    summary,
    impact,
    remedy,
    evidence: [1, 2],
    clauses: ['ETSI EN 303 645 5.5-1', 'IEC 62443-4-2 CR 4.1'],
    sources: ['OASIS MQTT 3.1.1 §5.4'],
  };
}

const udp = { transport: 'udp' } as const satisfies Partial<Service>;

const MQTT = service('BR0K', 1883, 'mqtt', {
  version: '3.1.1',
  access: 'open',
  details: [{ name: 'product', value: untrusted('mosquitto 2.0.11') }],
});
const MQTTS = service('BR0K', 8883, 'mqtt', { over: 'tls', access: 'credentials' });
const TELNET = service('CAM1', 23, 'telnet', { access: 'credentials' });
const RTSP = service('CAM1', 554, 'rtsp', { access: 'credentials' });
const CAMERA_WEB = service('CAM1', 80, 'http', {
  details: [{ name: 'title', value: untrusted('NETSurveillance WEB') }],
});
const S7 = service('P1C0', 102, 's7comm', { access: 'open' });
const ODD = service('P1C0', 8102, 's7comm');
const HUE_WEB = service('HVE1', 80, 'http');
const HUE_TLS = service('HVE1', 443, 'http', { over: 'tls' });
const COAP = service('C0AP', 5683, 'coap', { ...udp, access: 'open' });
const RAW = service('PR1N', 9100, 'unknown', { certainty: 'hint' });
const IPP = service('PR1N', 631, 'ipp');
const CUSTOM = service('N0NE', 8765, 'unknown', {
  unrecognised: {
    question: '0d0a',
    start: '55aa',
    framing: 'length-u16',
    lengthAt: 2,
    entropy: 3.2,
    length: 24,
  },
});
const SSDP = service('HVE1', 1900, 'ssdp', udp);
const GONE = service('N0NE', 2323, 'telnet', { state: 'closed' });

export const SERVICES: readonly Service[] = [
  MQTT,
  MQTTS,
  TELNET,
  RTSP,
  CAMERA_WEB,
  S7,
  ODD,
  HUE_WEB,
  HUE_TLS,
  COAP,
  RAW,
  IPP,
  CUSTOM,
  SSDP,
  GONE,
];

export const SCAN: ScanRecord = {
  id: 'PTL-S-91B7',
  startedAt: AT - 240_000,
  endedAt: AT - 60_000,
  targets: ['192.168.1.0/24'],
  tcpPorts: '22-23,80,102,443,554,631,1883,8000-9000',
  udpPorts: '1900,5683',
  pace: 'polite',
  outcome: 'complete',
  budget: {
    devices: 7,
    connections: 1204,
    datagrams: 88,
    bytesSent: 40_112,
    bytesReceived: 192_551,
    maxParallel: 1,
    maxPerSecond: 2,
    maxPerSecondOverall: 64,
  },
  notes: ['192.168.1.58 is a printer: it got only its own protocols’ read requests.'],
};

export const SITE: Site = {
  at: AT,
  devices: [
    device('BR0K', 'Broker in the cellar', 'infrastructure', {
      vendor: 'Raspberry Pi Ltd',
      kind: 'broker',
      os: 'Linux',
    }),
    device('CAM1', 'Front camera', 'smart-home', {
      vendor: 'Hikvision',
      model: 'DS-2CD2143G2-I',
      firmware: '5.5.82',
      kind: 'camera',
      name: 'front-camera',
    }),
    device(
      'P1C0',
      'PLC Boiler 2',
      'industrial',
      { vendor: 'Siemens', model: 'S7-1200 CPU 1214C', kind: 'plc', serial: 'S C-X4U421302009' },
      {
        robustness: 'fragile',
        robustnessReason: 'controllers of this class stop on unexpected bytes',
      },
    ),
    device('HVE1', 'Hue bridge', 'smart-home', { vendor: 'Signify', model: 'BSB002', kind: 'hub' }),
    device('C0AP', 'Garden sensor', 'smart-home', { kind: 'sensor' }),
    device('PR1N', 'Office printer', 'printer', { vendor: 'HP', model: 'LaserJet M404' }),
    device('N0NE', '192.168.1.99', 'unknown', {}, { conflicts: ['Two MACs claim 192.168.1.99'] }),
  ],
  services: SERVICES,
  ledger: [
    row(MQTT, 'encrypt', 'yes', 'Use MQTT over TLS (port 8883) and close 1883/tcp'),
    row(MQTTS, 'fine', 'yes', 'Nothing to do'),
    row(TELNET, 'close', 'no', 'Switch telnet off in the camera’s settings'),
    row(RTSP, 'fine', 'yes', 'Nothing to do'),
    row(CAMERA_WEB, 'encrypt', 'unknown', 'Use HTTPS'),
    row(S7, 'fine', 'yes', 'Nothing to do'),
    row(ODD, 'look', 'no', 'Find out why S7 answers on 8102/tcp'),
    row(HUE_WEB, 'close', 'unknown', 'Close it: nobody has used it'),
    row(HUE_TLS, 'fine', 'yes', 'Nothing to do'),
    row(COAP, 'unknown', 'unknown', 'Watch the traffic to know whether it is used'),
    row(CUSTOM, 'look', 'unknown', 'Give the protocol a name: portolan devices name'),
    row(GONE, 'unknown', 'unknown', 'Nothing to do'),
    {
      ...row(IPP, 'broken', 'yes', 'The printer should offer IPP'),
      open: { answer: 'no', because: 'It refused' },
      port: 443,
    },
    { ...row(HUE_TLS, 'decide', 'unknown', 'Say whether it may'), direction: 'from-device' },
  ],
  findings: [
    finding(
      'CAMT',
      'critical',
      TELNET,
      'Front camera offers telnet on 23/tcp',
      'Whoever reads along on this network gets the password, and worms of the Mirai family try this port first.',
      'Switch telnet off in the camera’s settings, under Network, Advanced.',
    ),
    finding(
      'S70P',
      'high',
      S7,
      'PLC Boiler 2 answers S7 to everybody on 102/tcp',
      'Anybody on the network can read and stop the controller.',
      'Set the protection level to "complete" and allow only the engineering station.',
    ),
    finding(
      'MQTT',
      'medium',
      MQTT,
      'Broker in the cellar takes MQTT in the clear on 1883/tcp',
      'Readings and commands can be read and changed on the way.',
      'Use MQTT over TLS (port 8883) and close 1883/tcp.',
    ),
    finding(
      'SSDP',
      'low',
      SSDP,
      'Hue bridge answers SSDP on 1900/udp',
      'One forged question brings a larger answer to somebody else.',
      'Block 1900/udp from outside the segment.',
    ),
    finding(
      'CUST',
      'info',
      CUSTOM,
      '192.168.1.99 speaks an unknown protocol on 8765/tcp',
      'What is not known cannot be judged.',
      'Find out what it is and give it a name.',
    ),
  ],
  scans: [SCAN, { ...SCAN, id: 'PTL-S-0001', startedAt: AT - 86_400_000, notes: [] }],
};

export const EVIDENCE: readonly Evidence[] = [1, 2, 3, 4].map((id) => ({
  id,
  at: AT - 100_000,
  source: 'active',
  observer: 'PTL-S-91B7',
  subject: { address: '192.168.1.9', transport: 'tcp', port: 1883 },
  certainty: 'proved',
  fact: { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' },
  proof: {
    request: '100c00044d5154540402000a0000',
    response: '20020000',
    control: { request: '47455420', response: '' },
  },
}));

export const OPTIONS = {
  version: '0.1.0',
  limits: [
    'A UDP port that does not answer may be open.',
    'Devices behind a hub (Zigbee, Thread, Bluetooth) are not seen by a scan.',
  ],
  evidence: (id: number): Evidence | undefined => EVIDENCE.find((one) => one.id === id),
};

/** The same site with `text` wherever a stranger's text can stand, and in our sentences about it. */
export function hostileSite(text: string): Site {
  const foreign = untrusted(text);
  return {
    ...SITE,
    devices: SITE.devices.map((one) => ({
      ...one,
      name: foreign,
      attributes: Object.fromEntries(
        (['vendor', 'model', 'firmware', 'serial', 'name', 'kind', 'os', 'hardware'] as const).map(
          (name) => [name, [belief(text)]],
        ),
      ),
      conflicts: [text],
      robustnessReason: text,
    })),
    services: SITE.services.map((one) => ({
      ...one,
      protocol: one.protocol === 'unknown' ? text : one.protocol,
      version: text,
      details: [
        { name: 'product', value: foreign },
        { name: text, value: foreign },
      ],
    })),
    ledger: SITE.ledger.map((one) => ({
      ...one,
      advice: text,
      needed: { ...one.needed, because: text, citation: text },
    })),
    findings: SITE.findings.map((one) => ({
      ...one,
      summary: text,
      impact: text,
      remedy: text,
      clauses: [text],
      sources: [text],
    })),
    scans: SITE.scans.map((one) => ({
      ...one,
      targets: [text],
      notes: [text],
      authorisation: text,
    })),
  };
}
