import { dossiers } from '../../src/knowledge/dossiers/index.ts';
import { productMatches } from '../../src/knowledge/known-vulnerabilities.ts';
import { dossiersFor } from '../../src/ledger/dossiers.ts';
import { buildLedger } from '../../src/ledger/ledger.ts';
import type { Carrier } from '../../src/model/core.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { NO } from '../../src/protocols/protocol.ts';
import { judge } from '../../src/risk/judge.ts';
import type { Story } from '../evidence.ts';
import { START } from '../evidence.ts';
import { believe } from '../inventory/build.ts';
import { lookup } from './lookup.ts';

/** Usual ports as in the specifications: rules are tested apart from the protocols that there are. */
const PORTS: Readonly<Record<string, readonly (readonly [number, Carrier])[]>> = {
  MQTT: [
    [1883, 'tcp'],
    [8883, 'tls'],
  ],
  HTTP: [
    [80, 'tcp'],
    [443, 'tls'],
  ],
  IMAP: [
    [143, 'tcp'],
    [993, 'tls'],
  ],
  CoAP: [
    [5683, 'udp'],
    [5684, 'dtls'],
  ],
  Modbus: [
    [502, 'tcp'],
    [802, 'tls'],
  ],
  SNMP: [[161, 'udp']],
  SMTP: [
    [25, 'tcp'],
    [465, 'tls'],
  ],
  DNS: [
    [53, 'udp'],
    [853, 'tls'],
  ],
  OPCUA: [[4840, 'tcp']],
  SSH: [[22, 'tcp']],
  Telnet: [
    [23, 'tcp'],
    [2323, 'tcp'],
  ],
  ADB: [[5555, 'tcp']],
  VNC: [[5900, 'tcp']],
};

const PROTOCOLS = new Map<string, Protocol>(
  Object.entries(PORTS).map(([title, ports]) => {
    const id = title.toLowerCase();
    const protocol: Protocol = {
      id,
      title,
      ports: ports.map(([port, over]) => ({ port, over })),
      sources: [],
      depth: 0,
      recognise: () => NO,
    };
    return [id, protocol];
  }),
);

/** The findings on what a story tells, with the ledger between. */
export function judged(story: Story, at = START + 60_000): readonly Finding[] {
  const subjects = believe(story).folded();
  const ledger = buildLedger(subjects, {
    dossiers: [],
    encryptedForm: () => undefined,
    isMisplaced: () => false,
  });
  return judge(at, subjects, ledger, {
    protocol: (id) => PROTOCOLS.get(id),
    vulnerabilities: (device, services) => productMatches(device, services, lookup),
    factoryLogin: (device, services) =>
      dossiersFor(device, services, dossiers.all).find(({ factoryLogin }) => factoryLogin)
        ?.factoryLogin,
  });
}
