import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { detectors } from '../../../src/detectors/index.ts';
import { Monitor } from '../../../src/detectors/monitor.ts';
import { TlsProfiles } from '../../../src/io/alerts/tls-profiles.ts';
import { observationSchema } from '../../../src/io/capture/observation-schema.ts';
import { MudLibrary } from '../../../src/io/mud/library.ts';
import type { Session } from '../../../src/io/site/session.ts';
import { openSession } from '../../../src/io/site/session.ts';
import type { World } from '../../../src/io/world.ts';
import type { Observation } from '../../../src/model/observation.ts';
import { Story } from '../../evidence.ts';
import { ACK, play, SYN } from '../../flows/talk.ts';
import { hasOpenssl } from '../mud/certificates.ts';

const schema = observationSchema(z.never());
const URL = 'https://lumen.example/mud/bulb-v2.json';
const NAME = 'mq.lumen.example';
const FILE = join(import.meta.dirname, '../../fixtures/mud/good/tls-profile.json');
const TEXT = readFileSync(FILE, 'utf8');
const BULB = { address: '192.168.20.10', mac: '02:00:00:00:00:10' };
const ROUTER_MAC = '02:00:00:00:00:01';
const ROOT = mkdtempSync(join(tmpdir(), 'portolan-tls-profiles-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const POLICY = `version: 1
endpoints:
  bulb: { device: ID, state: observing }
rules:
  - { id: cloud, from: bulb, to: "name:${NAME}", service: tcp/8883, action: allow,
      origin: { kind: mud, ref: "${URL}" } }
`;

let folder = '';
let now = Date.UTC(2026, 10, 25);
let warnings: string[] = [];
let session: Session;
let world: World;

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'data-'));
  warnings = [];
  world = {
    ...{ env: { PORTOLAN_DATA: folder }, dataFolder: undefined, configFile: 'none' },
    now: () => now,
    warn: () => {},
  };
  session = openSession(world);
  session.add(new Story(now).present(BULB.address, BULB.mac).evidence);
});
afterEach(() => session.close());

function profiles(): TlsProfiles {
  return new TlsProfiles({ world, session, warn: (text) => warnings.push(text) });
}

function save(text = POLICY): void {
  const id = session.site().devices[0]?.id ?? '';
  writeFileSync(join(folder, 'policy.yaml'), text.replace('ID', id));
}

function keep(place: 'in-use' | 'waiting', text = TEXT): void {
  const about = { url: URL, at: now, signature: 'good', freshUntil: now } as const;
  new MudLibrary(folder).put(place, { ...about, source: 'file' }, Buffer.from(text));
}

test('a file that rules of the device came from is asked, by MAC and by address', () => {
  keep('in-use');
  save();
  const { of } = profiles();
  expect(of(BULB.mac)?.map(({ name }) => name)).toEqual([NAME]);
  expect(of(BULB.address)).toEqual(of(BULB.mac));
  expect(of('192.168.20.11')).toBeUndefined();
  expect(warnings).toEqual([]);
});

test.each<[string, 'in-use' | 'waiting' | undefined, string | undefined]>([
  ['a file that waits for a yes', 'waiting', POLICY],
  ['a file that no rule came from', 'in-use', POLICY.replace('kind: mud', 'kind: manual')],
  ['rules whose file is not kept', undefined, POLICY],
  ['a file beside which there is no policy', 'in-use', undefined],
])('%s is not', (_, place, policy) => {
  if (place !== undefined) keep(place);
  if (policy !== undefined) save(policy);
  expect(profiles().of(BULB.mac)).toBeUndefined();
  expect(warnings).toEqual([]);
});

test('a file that comes into use meanwhile is asked soon after; a newer one of it within ten minutes', () => {
  const { of } = profiles();
  expect(of(BULB.mac)).toBeUndefined();
  keep('in-use');
  save();
  now += 6_000;
  expect(of(BULB.mac)?.[0]?.profiles[0]?.groups).toEqual([29, 23]);
  keep('in-use', TEXT.replace(/29,\s+23/, '29'));
  now += 600_000;
  expect(of(BULB.mac)?.[0]?.profiles[0]?.groups).toEqual([29]);
});

test('what cannot be read is told once, and what was read before stands', () => {
  const { of } = profiles();
  keep('in-use');
  save();
  expect(of(BULB.mac)).toHaveLength(1);
  save('version: 1\nrules: none\n');
  for (let times = 0; times < 3; times += 1) {
    now += 6_000;
    expect(of(BULB.mac)).toHaveLength(1);
  }
  expect(warnings).toEqual([expect.stringContaining('Alerts do not ask the MUD files: ')]);
});

const wanted = hasOpenssl || process.env['CI'] !== undefined;
describe.skipIf(!wanted)(`what openssl says${wanted ? '' : ' (install openssl)'}`, () => {
  let server: Server;

  beforeAll(async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(ROOT, name));
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const how = [...made, '-nodes', '-subj', `/CN=${NAME}`, '-keyout', `${key}`, '-out', `${cert}`];
    execFileSync('openssl', how, { stdio: 'ignore' });
    server = createTlsServer({
      key: readFileSync(`${key}`),
      cert: readFileSync(`${cert}`),
      ALPNProtocols: ['mqtt', 'h2'],
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  /** Both sides of a handshake, as they went over the wire. */
  async function overheard(options: readonly string[]): Promise<readonly Buffer[]> {
    const heard: [Buffer[], Buffer[]] = [[], []];
    const proxy = createServer((near) => {
      const far = connect(portOf(server), '127.0.0.1');
      near.on('data', (bytes) => heard[0].push(bytes)).pipe(far);
      far.on('data', (bytes) => heard[1].push(bytes)).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const where = ['-connect', `127.0.0.1:${portOf(proxy)}`, '-servername', NAME];
    const client = spawn('openssl', ['s_client', ...where, ...options], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    client.stdin.end();
    await once(client, 'exit');
    proxy.close();
    return heard.map((parts) => Buffer.concat(parts));
  }

  /** Has the bulb say it to a server outside. */
  function happened([asked, answered]: readonly Buffer[]): readonly Observation[] {
    const observations: Observation[] = [];
    const there = {
      ...{ from: `${BULB.address}:40000`, to: '203.0.113.7:8883' },
      macs: [BULB.mac, ROUTER_MAC] as const,
    };
    const back = { from: there.to, to: there.from, macs: [ROUTER_MAC, BULB.mac] as const };
    const first = asked?.subarray(0, 1_200) ?? Buffer.alloc(0);
    const [after, flight] = [1 + first.length, answered?.subarray(0, 1_400) ?? Buffer.alloc(0)];
    play(
      [
        { ...there, tcp: '', flags: SYN, sequence: 0 },
        { ...back, tcp: '', flags: SYN | ACK, sequence: 0, acknowledgement: 1 },
        { ...there, tcp: first, sequence: 1, acknowledgement: 1 },
        { ...back, tcp: flight, sequence: 1, acknowledgement: after },
      ],
      { onObservation: (one) => observations.push(one) },
    );
    // As they come from the process that captures.
    return observations
      .filter(({ kind }) => kind !== 'closed')
      .map((one) => schema.parse(JSON.parse(JSON.stringify(one))));
  }

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'as the profile has it',
      ['-alpn', 'mqtt', '-groups', 'X25519:P-256', '-sigalgs', 'ECDSA+SHA256'],
      [],
    ],
    [
      'with other software',
      ['-alpn', 'h2', '-groups', 'X448:P-256', '-sigalgs', 'ECDSA+SHA256:RSA+SHA256'],
      ['application protocol "h2"', 'group 30', 'signature algorithm 0x0401'],
    ],
  ])('%s', async (_, options, expected) => {
    const only = ['-min_protocol', 'TLSv1.2', '-ciphersuites', 'TLS_AES_128_GCM_SHA256'];
    const said = await overheard([...only, '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256', ...options]);
    keep('in-use', listed(TEXT));
    save();
    const monitor = new Monitor({ detectors: detectors.all, tlsProfileOf: profiles().of });
    const signals = happened(said)
      .flatMap((one) => monitor.see(one))
      .filter(({ type }) => type === 'tls_profile_violation');
    const [signal] = signals;
    expect(signals).toHaveLength(expected.length === 0 ? 0 : 1);
    for (const one of expected) expect(signal?.summary).toContain(one);
    if (signal !== undefined) expect(signal.devices).toEqual([BULB.mac]);
  });
});

/** With what openssl sends besides: the suite of TLS 1.2 and its usual extensions. */
function listed(text: string): string {
  return text
    .replace(/4865,\s+4866/, '4865, 49195')
    .replace(/10,\s+11,\s+13/, '0, 10, 11, 13, 16, 22, 23, 35, 43, 45, 49, 51');
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
