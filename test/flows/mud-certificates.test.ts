import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { PassiveEngine } from '../../src/flows/engine.ts';
import { mudUrls } from '../../src/io/site/mud-urls.ts';
import { openSession } from '../../src/io/site/session.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import { protocols } from '../../src/protocols/index.ts';
import { Authority, hasOpenssl } from '../io/mud/certificates.ts';
import type { Said } from './talk.ts';
import { ACK, packetOf, SYN } from './talk.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-mud-certificates-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const URL = 'https://lumen.example/mud/bulb-v2.json';
/** RFC 8520 §11 */
const NAMES_FILE = `1.3.6.1.5.5.7.1.25=ASN1:IA5STRING:${URL}`;
const DEVICE = { address: '192.168.20.10', mac: '02:00:00:00:00:10', hops: 64 };
/** Behind some routers: its packets have made a few hops. */
const OTHER = { address: '203.0.113.7', mac: '02:00:00:00:00:01', hops: 57 };

interface Pair {
  readonly key: string;
  readonly certificate: string;
}

/** Both sides of a handshake between openssl and Node, as they went over the wire. */
async function overheard(
  server: TlsOptions,
  client: readonly string[],
): Promise<readonly (readonly ['client' | 'server', Buffer])[]> {
  const tls = createTlsServer(server, (socket) => socket.end('hello'));
  tls.on('tlsClientError', () => {});
  const heard: (readonly ['client' | 'server', Buffer])[] = [];
  const proxy = createServer((near) => {
    const far = connect(portOf(tls), '127.0.0.1');
    near.on('data', (bytes) => heard.push(['client', bytes])).pipe(far);
    far.on('data', (bytes) => heard.push(['server', bytes])).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
  });
  for (const one of [tls, proxy]) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
  }
  const words = ['s_client', '-connect', `127.0.0.1:${portOf(proxy)}`, ...client];
  const openssl = spawn('openssl', words, { stdio: ['pipe', 'ignore', 'ignore'] });
  openssl.stdin.end();
  await once(openssl, 'exit');
  for (const one of [tls, proxy]) one.close();
  return heard;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** As large as they are on the usual cable. */
function segments(heard: readonly (readonly ['client' | 'server', Buffer])[]) {
  const next = { client: 1, server: 1 };
  return heard.flatMap(([side, bytes]) =>
    Array.from({ length: Math.ceil(bytes.length / 1400) }, (_, place) => {
      const tcp = bytes.subarray(place * 1400, (place + 1) * 1400);
      const other = side === 'client' ? 'server' : 'client';
      const segment = { side, tcp, sequence: next[side], acknowledgement: next[other] };
      next[side] += tcp.length;
      return segment;
    }),
  );
}

/** @param end false: the connection goes on, and nobody waits for its end */
function evidenceOf(
  heard: readonly (readonly ['client' | 'server', Buffer])[],
  asker: typeof DEVICE,
  answerer: typeof DEVICE,
  end: boolean,
): readonly NewEvidence[] {
  const evidence: NewEvidence[] = [];
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'test',
    onEvidence: (one) => evidence.push(one),
  });
  const [there, back] = [
    {
      hops: asker.hops,
      from: `${asker.address}:40000`,
      to: `${answerer.address}:8883`,
      macs: [asker.mac, answerer.mac],
    },
    {
      hops: answerer.hops,
      from: `${answerer.address}:8883`,
      to: `${asker.address}:40000`,
      macs: [answerer.mac, asker.mac],
    },
  ] as const;
  const said = [
    { ...there, tcp: '', flags: SYN, sequence: 0 },
    { ...back, tcp: '', flags: SYN | ACK, sequence: 0, acknowledgement: 1 },
    ...segments(heard).map(
      ({ side, ...segment }): Said => ({ ...(side === 'client' ? there : back), ...segment }),
    ),
  ];
  for (const [index, one] of said.entries()) engine.packet(packetOf(one, index + 1));
  if (end) engine.end();
  return evidence;
}

function given(evidence: readonly NewEvidence[]): unknown {
  const world = {
    env: {},
    dataFolder: ':memory:',
    configFile: 'none',
    now: () => 0,
    warn: () => {},
  };
  const session = openSession(world);
  try {
    session.add(evidence);
    return Object.fromEntries(mudUrls(session));
  } finally {
    session.close();
  }
}

const wanted = hasOpenssl || process.env['CI'] !== undefined;
describe.skipIf(!wanted)(`a certificate${wanted ? '' : ' (install openssl)'}`, () => {
  const authority = wanted ? new Authority(ROOT, 'lumen') : undefined;
  const issued = (name: string, ...extensions: readonly string[]): Pair =>
    authority?.issue(name, extensions) ?? { key: '', certificate: '' };
  const bulb = issued('bulb', NAMES_FILE);
  const signed = issued(
    'signed',
    NAMES_FILE,
    '1.3.6.1.5.5.7.1.30=ASN1:SEQUENCE:signer',
    '[signer]',
    'one=SET:names',
    '[names]',
    'one=SEQUENCE:name',
    '[name]',
    'type=OID:2.5.4.3',
    'value=UTF8:Lumen',
  );
  const plain = issued('plain', 'basicConstraints=CA:FALSE');
  const serves = (pair: Pair, more: TlsOptions = {}): TlsOptions => ({
    key: readFileSync(pair.key),
    cert: readFileSync(pair.certificate),
    ...more,
  });
  const shows = ({ key, certificate }: Pair): readonly string[] => [
    ...['-cert', certificate, '-key', key],
  ];
  const found = { [DEVICE.mac]: { url: URL, via: 'certificate' } };

  test.each<[string, TlsOptions, readonly string[], 'client' | 'server', object]>([
    ['of a device that serves names its file', serves(bulb), ['-tls1_2'], 'server', found],
    [
      'of a device that connects names its file, where it is asked for one',
      serves(plain, { requestCert: true, rejectUnauthorized: false }),
      ['-tls1_2', ...shows(bulb)],
      'client',
      found,
    ],
    [
      'says who signs that file, too',
      serves(signed),
      ['-tls1_2'],
      'server',
      { [DEVICE.mac]: { ...found[DEVICE.mac], signer: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ],
    ['without the extension says nothing', serves(plain), ['-tls1_2'], 'server', {}],
    ['of somebody outside is nothing to us', serves(bulb), ['-tls1_2'], 'client', {}],
    ['is encrypted in TLS 1.3', serves(bulb), ['-tls1_3'], 'server', {}],
  ])('%s', async (_, server, client, side, expected) => {
    const heard = await overheard(server, client);
    const ends = side === 'server' ? ([OTHER, DEVICE] as const) : ([DEVICE, OTHER] as const);
    // While the connection lasts as well as at its end.
    for (const end of [false, true])
      expect(given(evidenceOf(heard, ...ends, end))).toEqual(expected);
  });
});
