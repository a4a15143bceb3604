import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Field } from '../../../src/model/flow.ts';
import { laterTlsFields, tlsFields } from '../../../src/protocols/fields/tls.ts';
import { readCertificate } from '../../../src/protocols/shared/der.ts';
import { bytes, hex } from '../fixtures.ts';

/** Made by OpenSSL 3: `req -x509 -addext subjectAltName=DNS:…,DNS:…,IP:…,IP:…`. */
const CERTIFICATE = Buffer.from(
  [
    'MIIB9zCCAZ2gAwIBAgIUPShgplUgaVv7tUzqlfovNosf3JQwCgYIKoZIzj0EAwIwMDEXMBUGA1UECgwO',
    'RXhhbXBsZSBMaWdodHMxFTATBgNVBAMMDGJyaWRnZS5sb2NhbDAeFw0yNjExMjUxMDA3NTNaFw0zNjEx',
    'MjIxMDA3NTNaMDAxFzAVBgNVBAoMDkV4YW1wbGUgTGlnaHRzMRUwEwYDVQQDDAxicmlkZ2UubG9jYWww',
    'WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR0c7n/vB070y3gihI2SgXFDlHro24cylRoEWuf3DBTRBQI',
    'xXT4pjfiaM6GQOxTSTQjy8Z5GPTt4gYoDM88k7cmo4GUMIGRMB0GA1UdDgQWBBQpVEK49MI+8zXvbtEf',
    'wsGxYWqXCjAfBgNVHSMEGDAWgBQpVEK49MI+8zXvbtEfwsGxYWqXCjAPBgNVHRMBAf8EBTADAQH/MD4G',
    'A1UdEQQ3MDWCDGJyaWRnZS5sb2NhbIINKi5leGFtcGxlLm5ldIcEwAACB4cQIAENuAAAAAAAAAAAAAAA',
    'BzAKBggqhkjOPQQDAgNIADBFAiBkBY76fiWXsnJUVxKejwhGXuo02WLp0GUo9QIu2tHW7gIhAKBh9x6z',
    '3re/+60cL7kEZFUYvCnkBeWPYdTcmjeuT5C/',
  ].join(''),
  'base64',
).toString('hex');

const SUITES = [0x002f, 0x0035, 0x009c, 0x009d, 0x1301, 0x1302, 0x1303, 0xc013, 0xc014].concat([
  0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9,
]);
const TYPES = [0, 5, 10, 11, 13, 16, 18, 21, 23, 27, 35, 43, 45, 51, 0x4469, 0xff01];
const HELLO = clientHello();

test('a ClientHello: name, protocols, JA3 as defined, and the JA4 of its documentation', () => {
  const fields = tlsFields({ client: bytes(record(HELLO)), server: bytes('') });
  const text = `771,${SUITES.join('-')},${TYPES.join('-')},29-23-24,0`;
  expect(texts(fields)).toEqual([
    `tls.sni=hub.example`,
    'tls.alpn=h2',
    'tls.alpn=http/1.1',
    `tls.ja3=${createHash('md5').update(text).digest('hex')}`,
    'tls.ja4=t13d1516h2_8daaf6152771_e5627efa2ab1',
  ]);
});

test('a server of TLS 1.2: version, suite, JA3S and the names of its certificate', () => {
  const hello = message(
    2,
    `0303 ${'11'.repeat(32)} 00 c02b 00 ${vector('ff01 0001 00 000b 0002 0100')}`,
  );
  const chain = message(11, long(long(CERTIFICATE)));
  const fields = tlsFields({ client: bytes(''), server: bytes(record(hello) + record(chain)) });
  const ja3s = createHash('md5').update('771,49195,65281-11').digest('hex');
  expect(texts(fields)).toEqual([
    'tls.version=0x0303',
    'tls.cipher_id=0xc02b',
    'tls.cipher=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    `tls.ja3s=${ja3s}`,
    'tls.cert_subject=bridge.local',
    'tls.cert_issuer=bridge.local',
    'tls.cert_san=bridge.local',
    'tls.cert_san=*.example.net',
    'tls.cert_ip=192.0.2.7',
    'tls.cert_ip=2001:db8::7',
  ]);
});

test('the version agreed on in TLS 1.3 stands among the extensions', () => {
  const body = `0303 ${'11'.repeat(32)} 00 1301 00 ${vector('002b 0002 0304')}`;
  const fields = tlsFields({ client: bytes(''), server: bytes(record(message(2, body))) });
  expect(texts(fields)).toContain('tls.version=0x0304');
});

test.each([
  ['a second hello after ChangeCipherSpec, as after a HelloRetryRequest', record(HELLO), 1],
  ['cipher text after ChangeCipherSpec', `160303 0008 ${'a7'.repeat(8)}`, 0],
])('%s', (_, after, hellos) => {
  const stream = `140303 0001 01 ${after}`;
  const fields = tlsFields({ client: bytes(stream), server: bytes('') });
  expect(fields.filter(({ name }) => name === 'tls.ja3')).toHaveLength(hellos);
});

test('where a conversation turns to TLS, its hello is found', () => {
  const client = bytes(hex('a1 CAPABILITY\r\na2 STARTTLS\r\n') + record(HELLO));
  const server = bytes(hex('* OK \u0016\u0003\u0001 x\r\n'));
  expect(texts(laterTlsFields({ client, server }))).toContain('tls.sni=hub.example');
});

test.each([
  ['cut off in its names', CERTIFICATE.slice(0, 900)],
  ['no DER', hex('-----BEGIN CERTIFICATE-----')],
  ['nothing', ''],
])('a certificate that is %s is none', (_, der) => {
  expect(readCertificate(bytes(der))).toBeUndefined();
});

/** The hello whose fingerprint the documentation of JA4 works out, with values of RFC 8701 thrown in. */
function clientHello(): string {
  const bodies = new Map([
    [0, vector(`00 ${vector(hex('hub.example'))}`)],
    [10, vector('3a3a 001d 0017 0018')],
    [11, '0100'],
    [13, vector('0403 0804 0401 0503 0805 0501 0806 0601')],
    [16, vector(`02 ${hex('h2')} 08 ${hex('http/1.1')}`)],
    [43, '06 baba 0304 0303'],
  ]);
  const extensions = TYPES.map((type) => word(type) + vector(bodies.get(type) ?? ''));
  const suites = ['0a0a', ...SUITES.map(word)].join('');
  const all = vector(['1a1a0000', ...extensions].join(''));
  return message(1, `0303 ${'22'.repeat(32)} 00 ${vector(suites)} 0100 ${all}`);
}

function record(handshake: string): string {
  return `160301${vector(handshake)}`;
}

function message(type: number, body: string): string {
  return type.toString(16).padStart(2, '0') + long(body);
}

function vector(body: string): string {
  return word(bytes(body).length) + body;
}

function long(body: string): string {
  return bytes(body).length.toString(16).padStart(6, '0') + body;
}

function word(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function texts(fields: readonly Field[]): string[] {
  return fields.map(({ name, value }) => `${name}=${value}`);
}
