import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { speaks } from '../../src/protocols/shared/facts.ts';
import type { ClientHello } from '../../src/protocols/shared/tls-client-hello.ts';
import {
  ALL_TLS_VERSIONS,
  buildClientHello,
  parseClientHello,
  TLS_VERSIONS,
} from '../../src/protocols/shared/tls-client-hello.ts';
import { ja3, ja3Text, ja4, ja4Raw } from '../../src/protocols/shared/tls-fingerprint.ts';
import { readServerFlight } from '../../src/protocols/shared/tls-records.ts';
import { parseClientStart, summarise, tls } from '../../src/protocols/tls.ts';
import { exchanges } from './exchanges/tls.ts';
import { bytes } from './fixtures.ts';
import { converse, peer, play } from './play.ts';

const NONCE = Uint8Array.from({ length: 32 }, (_, index) => index);
const HELLO = bytes(exchanges[0]?.client ?? '');
/** One suite, no session, a challenge of 16 bytes. */
const V2 = `801c 01 0301 0003 0000 0010 010080 ${'5a'.repeat(16)}`;
const ALERT_40 = '15 0301 0002 0228';

describe('tls.recognise', () => {
  test.each([
    ['a ClientHello alone', exchanges[0]?.client ?? '', '', 'likely'],
    ['a ServerHello alone', '', exchanges[0]?.server ?? '', 'likely'],
    ['a refusal', exchanges[0]?.client ?? '', ALERT_40, 'proved'],
    ['the first byte', '16', '', 'more'],
    ['DTLS', '16fefd 0000 000000000000 0030 01', '', 'no'],
    ['a version 4', '160401', '', 'no'],
    ['a record of length 0', '1603010000', '', 'no'],
    ['a record longer than any', '160301ffff', '', 'no'],
    ['a client that refuses what was not heard', ALERT_40, '', 'likely'],
    ['records of a session that began before', '1703030020', '1703030030', 'likely'],
    ['a record too short for cipher text', '1703030008', '', 'no'],
    ['the answer heard first', exchanges[0]?.server ?? '', exchanges[0]?.client ?? '', 'proved'],
    ['a greeting of SSL 2.0', V2, '', 'likely'],
    ['the same, answered in SSL 3.0', V2, exchanges[0]?.server ?? '', 'proved'],
    ['the same, answered in SSL 2.0', V2, '8012 04 00 01 0002 0001 0003 0003', 'proved'],
    ['an answer whose lengths do not add up', V2, '8013 04 00 01 0002 0001 0003 0003', 'no'],
    ['a greeting of SSL 2.0 whose lengths do not', V2.replace('801c', '801d'), '', 'no'],
    ['a client that sends a Certificate', '16 0301 0040 0b 000030', '', 'no'],
    ['an alert that is encrypted', exchanges[0]?.client ?? '', '1503030013', 'no'],
    ['a session id longer than any', `16030100500100004c0303${'00'.repeat(32)}21`, '', 'no'],
  ])('%s', (_, client, server, expected) => {
    const verdict = tls.recognise({
      client: bytes(client).subarray(0, tls.depth),
      server: bytes(server).subarray(0, tls.depth),
    });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });

  test('does not call a version what only a part of the answer says', () => {
    const [exchange] = exchanges;
    const server = bytes(exchange?.server ?? '').subarray(0, 60);
    expect(tls.recognise({ client: HELLO, server })).toEqual({
      kind: 'yes',
      certainty: 'proved',
      facts: [speaks('tls')],
    });
  });
});

describe('tls.probe', () => {
  test('a server that answers', () => {
    expect(play(tls.probe.dialogue(peer(443)), [exchanges[0]?.server ?? '']).slice(0, 1)).toEqual([
      speaks('tls', '1.3'),
    ]);
  });

  test('a server that refuses is greeted as old clients do, and told by its alert', () => {
    const { facts, sent } = converse(tls.probe.dialogue(peer(443)), [ALERT_40, ALERT_40, ALERT_40]);
    expect(facts[0]).toEqual(speaks('tls'));
    expect(sent.map((one) => one.slice(18, 22))).toEqual(['0303', '0301', '0300']);
  });

  test('a server of old versions alone', () => {
    const { facts } = converse(tls.probe.dialogue(peer(443)), [
      ALERT_40,
      exchanges[2]?.server ?? '',
    ]);
    expect(facts[0]).toEqual(speaks('tls', '1.0'));
  });

  test.each([
    ['HTTP', '485454502f312e3120343030'],
    ['lengths that lie, then silence', '160303ffff02ffffff'],
    ['silence', ''],
  ])('asks no more after %s', (_, answer) => {
    const { facts, sent } = converse(tls.probe.dialogue(peer(443)), [answer]);
    expect(facts).toEqual([]);
    expect(sent).toHaveLength(1);
  });
});

describe('buildClientHello', () => {
  test.each(ALL_TLS_VERSIONS)('%s is read back as what it offers', (version) => {
    const hello = buildClientHello({ version, nonce: NONCE, serverName: 'lamp.example' });
    expect(parseClientStart(hello).kind).toBe('ok');
    const parsed = parseClientHello(hello.subarray(9));
    expect(parsed.kind).toBe('ok');
    if (parsed.kind !== 'ok') return;
    expect(parsed.size).toBe(hello.length - 9);
    expect(parsed.value.version).toBe(Math.min(TLS_VERSIONS[version], 0x0303));
    expect(parsed.value.extensions.length > 0).toBe(version !== 'SSLv3');
  });

  test.each([
    ['a name', 'lamp.example', true],
    ['an address, which has none (RFC 6066 §3)', '192.0.2.7', false],
    ['an address of version 6', '2001:db8::7', false],
  ])('server_name for %s', (_, serverName, expected) => {
    const parsed = parseClientHello(
      buildClientHello({ version: 'TLSv1.3', nonce: NONCE, serverName }).subarray(9),
    );
    const types = parsed.kind === 'ok' ? parsed.value.extensions.map(({ type }) => type) : [];
    expect(types.includes(0)).toBe(expected);
  });
});

describe('fingerprints', () => {
  const parsed = parseClientHello(HELLO.subarray(9));
  const hello = parsed.kind === 'ok' ? parsed.value : undefined;
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  test('JA3 is what tshark 4.0 says of the same bytes', () => {
    if (hello === undefined) throw new Error('no ClientHello');
    expect(ja3Text(hello)).toBe(
      '771,4866-4867-4865-49196-49200-159-52393-52392-52394-49195-49199-158-49188-49192-107-49187-49191-103-49162-49172-57-49161-49171-51-157-156-61-60-53-47-255,0-11-10-35-16-22-23-13-43-45-51,29-23-30-25-24-256-257-258-259-260,0-1-2',
    );
    expect(ja3(hello, md5)).toBe('5a1edc7f170af1014fc65c994878e63c');
  });

  /** The example of FoxIO's technical_details/JA4.md, with values of RFC 8701 put between. */
  const EXAMPLE: ClientHello = {
    version: 0x0303,
    suites: [0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8].concat(
      [0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
    ),
    extensions: [
      extension(0x4a4a),
      extension(0x001b),
      extension(0x0000),
      extension(0x0033),
      extension(0x0010, '000c 02 6832 08 687474702f312e31'),
      extension(0x4469),
      extension(0x0017),
      extension(0x002d),
      extension(0x000d, '0010 0403 0804 0401 0503 0805 0501 0806 0601'),
      extension(0x0005),
      extension(0x0023),
      extension(0x0012),
      extension(0x002b, '06 dada 0304 0303'),
      extension(0xff01),
      extension(0x000b),
      extension(0x000a),
      extension(0x0015),
    ],
  };

  test('JA4 is the one of the example in its specification', () => {
    expect(ja4(EXAMPLE, sha256)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4Raw(EXAMPLE)).toBe(
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
    );
  });

  test.each([
    ['no protocol', undefined, '00'],
    ['a protocol of one letter', '0002 01 68', 'hh'],
    ['a protocol that is no text', '0003 02 abcd', 'ad'],
  ])('%s in the first part', (_, alpn, expected) => {
    const extensions = alpn === undefined ? [] : [extension(0x0010, alpn)];
    const count = String(extensions.length).padStart(2, '0');
    expect(ja4Raw({ version: 0x0303, suites: [0x002f], extensions })).toMatch(
      `t12i01${count}${expected}_002f_`,
    );
  });

  function extension(type: number, body = ''): ClientHello['extensions'][number] {
    return { type, body: bytes(body) };
  }
});

describe('readServerFlight', () => {
  /** ServerHello of 1.2, a certificate of three bytes, CertificateRequest, ServerHelloDone. */
  const FLIGHT = `160303 0040 02000026 0303 ${'00'.repeat(32)} 00 c030 00 0b000009 000006 000003 010203 0d000001 00 0e000000`;

  test('certificates, and that one of ours is wanted', () => {
    const flight = readServerFlight(bytes(FLIGHT));
    expect(flight.certificates.map((one) => [...one])).toEqual([[1, 2, 3]]);
    expect(flight).toMatchObject({
      hello: { version: 'TLSv1.2', suite: 0xc030 },
      clientCertificate: true,
      complete: true,
    });
  });

  test('messages that are spread over records', () => {
    const whole = bytes(FLIGHT).subarray(5);
    const split = [...whole].flatMap((byte) => [0x16, 3, 3, 0, 1, byte]);
    expect(readServerFlight(Uint8Array.from(split))).toEqual(readServerFlight(bytes(FLIGHT)));
  });

  test.each([
    ['the hello of 1.3, after which all is cipher text', exchanges[0]?.server ?? '', true],
    ['half a flight of 1.2', exchanges[1]?.server ?? '', false],
    ['an alert', ALERT_40, true],
    ['something else', '485454502f', true],
    ['nothing yet', '', false],
  ])('knows when to stop: %s', (_, received, complete) => {
    expect(readServerFlight(bytes(received)).complete).toBe(complete);
  });

  test('any bytes give some answer', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(400),
        fc.nat(255),
        (tail, at, octet) => {
          const damaged = bytes(FLIGHT);
          damaged[at % damaged.length] = octet;
          for (const one of [tail, damaged, Buffer.concat([damaged, tail])]) {
            expect(typeof readServerFlight(one).complete).toBe('boolean');
            parseClientHello(one);
            parseClientStart(one);
          }
        },
      ),
    );
  });
});

test('summarise puts the versions in order and takes the newest suite', () => {
  const flights = [exchanges[0], exchanges[2]].map((one) =>
    readServerFlight(bytes(one?.server ?? '')),
  );
  expect(summarise(flights)).toEqual({
    versions: ['TLSv1', 'TLSv1.3'],
    cipher: 'TLS_AES_256_GCM_SHA384',
    clientCertificate: false,
  });
  expect(summarise([])).toBeUndefined();
});
