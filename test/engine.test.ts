import { describe, expect, test } from 'vitest';
import type { Registry } from '../src/base/registry.ts';
import { registry } from '../src/base/registry.ts';
import { untrusted } from '../src/base/untrusted.ts';
import type { EngineTools } from '../src/engine.ts';
import { Engine } from '../src/engine.ts';
import type { ScanRecord } from '../src/model/scan.ts';
import { modbus } from '../src/protocols/modbus.ts';
import { mqtt } from '../src/protocols/mqtt.ts';
import type { Protocol } from '../src/protocols/protocol.ts';
import { HOUR, START, Story } from './evidence.ts';

const PROTOCOLS: Registry<Protocol> = registry([mqtt, modbus]);

const TOOLS: EngineTools = {
  vendorOf: (mac) => (mac.startsWith('00:1b:1b') ? 'Siemens AG' : undefined),
  protocols: PROTOCOLS,
  dossiers: [],
  sameSignature: (a, b) => a.start === b.start,
};

const A = '192.168.1.5';
const B = '192.168.1.6';

function story(): Story {
  return new Story()
    .present(A, '00:17:88:01:02:03')
    .speaks(A, 1883, 'mqtt', { version: '3.1.1' })
    .about(A, 1883, { kind: 'access', level: 'open' })
    .present(B, '00:1b:1b:01:02:03')
    .speaks(B, 443, 'mqtt');
}

describe('the site', () => {
  const site = new Engine(TOOLS, story().evidence).site(START + HOUR, []);

  test('has devices, services, the ledger and findings that fit together', () => {
    const ids = new Set(site.devices.map(({ id }) => id));
    expect(ids.size).toBe(2);
    for (const { device } of [...site.services, ...site.ledger, ...site.findings]) {
      expect(ids).toContain(device);
    }
    expect(site.ledger.map(({ port, verdict }) => `${port} ${verdict}`)).toEqual([
      '1883 encrypt',
      '443 look',
    ]);
    expect(site.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['open-access', 'cleartext', 'wrong-protocol']),
    );
  });

  test('names the encrypted form of the protocol in the advice', () => {
    expect(site.ledger[0]?.advice).toContain('MQTT over TLS, port 8883');
  });

  test('carries the time that it was asked for, and the scans as they are', () => {
    const scans: readonly ScanRecord[] = [];
    expect(new Engine(TOOLS, []).site(START, scans)).toEqual({
      at: START,
      devices: [],
      services: [],
      ledger: [],
      findings: [],
      scans,
    });
  });
});

test('replayed it believes what it believed live', () => {
  const { evidence } = story();
  const live = new Engine(TOOLS, []);
  for (const one of evidence) {
    expect(live.step({ kind: 'evidence', evidence: [one] })).toEqual([]);
    live.known(A);
  }
  expect(JSON.stringify(live.site(START, []))).toBe(
    JSON.stringify(new Engine(TOOLS, evidence).site(START, [])),
  );
});

test('a controller maker’s card is enough to be careful before the first packet', () => {
  const engine = new Engine(TOOLS, new Story().present(B, '00:1b:1b:01:02:03').evidence);
  expect(engine.known(B)).toEqual({
    mac: '00:1b:1b:01:02:03',
    robustness: 'fragile',
    reason: 'it looks like a controller, by Siemens AG',
    category: 'industrial',
  });
});

describe('hints for a port', () => {
  const advertises = (service: string, port: number): Story =>
    new Story().tell(
      { address: A },
      { kind: 'advertises', service: untrusted(service), transport: 'tcp', port },
    );

  test.each<[string, Story, number, readonly string[]]>([
    ['what it spoke before', story(), 1883, ['mqtt']],
    ['what mDNS announces there', advertises('_mqtt._tcp.local', 8500), 8500, ['mqtt']],
    ['under another name of the same', advertises('_secure-mqtt._tcp', 8501), 8501, ['mqtt']],
    ['not what it announces elsewhere', advertises('_mqtt._tcp', 8500), 8501, []],
    ['not what nobody knows', advertises('_<script>._tcp', 8500), 8500, []],
  ])('%s', (_, told, port, expected) => {
    expect(new Engine(TOOLS, told.evidence).hints(A, port)).toEqual(expected);
  });
});
