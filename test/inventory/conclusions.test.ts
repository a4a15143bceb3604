import { expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { IdentifyTools } from '../../src/identify/identifier.ts';
import { conclusionsOf } from '../../src/identify/index.ts';
import { Conclusions } from '../../src/inventory/conclusions.ts';
import type { Certainty } from '../../src/model/core.ts';
import type { Evidence, Fact } from '../../src/model/evidence.ts';

const TOOLS: IdentifyTools = {
  vendorOf: (mac) => (mac.startsWith('24:0a:c4') ? 'Espressif Inc.' : undefined),
};

const FACTS: readonly Fact[] = [
  { kind: 'present', via: 'arp' },
  { kind: 'present', via: 'lease' },
  { kind: 'open' },
  { kind: 'access', level: 'open' },
  { kind: 'access', level: 'credentials' },
  { kind: 'swept', transport: 'tcp', closed: '1-9', silent: '' },
  { kind: 'swept', transport: 'udp', closed: '', silent: '161' },
  { kind: 'speaks', protocol: 'modbus', version: 'unknown' },
  { kind: 'speaks', protocol: 'rtsp', version: '1.0' },
  { kind: 'detail', name: 'server', value: untrusted('Hikvision-Webs') },
  { kind: 'detail', name: 'title', value: untrusted('Hikvision-Webs') },
  { kind: 'detail', name: 'sysDescr', value: untrusted('Linux router 5.10') },
  { kind: 'attribute', name: 'vendor', value: untrusted('Siemens') },
  { kind: 'attribute', name: 'name', value: untrusted('ESP_1A2B3C') },
  { kind: 'attribute', name: 'kind', value: untrusted('printer') },
  { kind: 'identifier', scheme: 'mdns', value: untrusted('printer.local') },
  { kind: 'advertises', service: untrusted('_ipp._tcp'), transport: 'tcp', port: 631 },
];
const MACS = [undefined, '24:0a:c4:00:00:01', '02:00:00:00:00:01', '00:11:22:33:44:55'];
const CERTAINTIES: readonly Certainty[] = ['hint', 'likely', 'proved'];

test('what is remembered is what would be worked out, whatever was said before', () => {
  const remembered = new Conclusions();
  const all = FACTS.flatMap((fact) =>
    MACS.flatMap((mac) => CERTAINTIES.map((certainty) => said(fact, mac, certainty))),
  );
  for (const evidence of [...all, ...all.toReversed()]) {
    expect(remembered.of(evidence, TOOLS)).toEqual(conclusionsOf(evidence, TOOLS));
  }
});

function said(fact: Fact, mac: string | undefined, certainty: Certainty): Evidence {
  const subject = { address: '192.0.2.1', ...(mac === undefined ? {} : { mac }) };
  return { id: 1, at: 0, source: 'active', observer: 'test', subject, certainty, fact };
}
