import { describe, expect, test } from 'vitest';
import type { Handshake, Observation } from '../../../src/model/observation.ts';
import type { TlsOffer } from '../../../src/model/tls-profile.ts';
import { handshake } from '../../../src/protocols/shared/dtls-records.ts';
import { parseClientHello } from '../../../src/protocols/shared/tls-client-hello.ts';
import { offerOf } from '../../../src/protocols/shared/tls-offer.ts';
import { bytes } from '../../protocols/fixtures.ts';
import type { Said } from '../talk.ts';
import { play } from '../talk.ts';

/** GREASE in every list that may have it (RFC 8701 §3.1), and both signals among the suites. */
const LISTS = [
  extension('2a2a', ''),
  extension('0000', '000e 00 000b 6875622e6578616d706c65'),
  extension('000a', '0006 1a1a 001d 0017'),
  extension('000d', '0006 3a3a 0403 0804'),
  extension('0010', '0008 02 4a4a 04 6d717474'),
  extension('001b', '04 5a5a 0002'),
  extension('002b', '06 6a6a 0304 0303'),
  extension('002d', '03 0b 2a 01'),
  extension('0032', '0002 0807'),
].join('');
const HEAD = `0303 ${'ab'.repeat(32)} 00`;
const SUITES = '8a8a 1301 c02b 00ff 5600';
const OFFER: TlsOffer = {
  versions: [0x0304, 0x0303],
  cipherSuites: [0x1301, 0xc02b],
  extensions: [0, 10, 13, 16, 27, 43, 45, 50],
  groups: [29, 23],
  signatureAlgorithms: [0x0403, 0x0804],
  certificateAlgorithms: [0x0807],
  keyExchangeModes: [1],
  compressions: [2],
  applicationProtocols: ['mqtt'],
};

describe('what a ClientHello offers', () => {
  test.each<[string, string, Partial<TlsOffer>]>([
    ['every list, without what means nothing', hello(LISTS), OFFER],
    ['who sends no list of versions says one', hello(''), { versions: [0x0303], groups: [] }],
    [
      'lists that end too soon are read as far as they go',
      hello(extension('000a', '0006 001d 00') + extension('0010', '0009 04 6d71')),
      { groups: [29], applicationProtocols: [] },
    ],
    [
      'lists without anything in them',
      hello(extension('000a', '') + extension('002d', '')),
      {
        ...{ groups: [], keyExchangeModes: [] },
      },
    ],
  ])('%s', (_, text, expected) => {
    const parsed = parseClientHello(bytes(text));
    expect(parsed.kind === 'ok' && offerOf(parsed.value)).toMatchObject(expected);
  });
});

describe('DTLS', () => {
  const versions = extension('002b', '04 fefc fefd');
  const ask = (cookie: string, lists = ''): Uint8Array =>
    handshake(1, 0, bytes(`fefd ${'ab'.repeat(32)} 00 ${cookie} 0004 c0a8 00ff 0100 ${lists}`));
  const again = handshake(3, 0, bytes('feff 04 01020304'));
  const agreed = (more = ''): Uint8Array =>
    handshake(2, 1, bytes(`fefd ${'cd'.repeat(32)} 00 c0a8 00 ${more}`));

  test.each<[string, readonly (readonly ['client' | 'server', Uint8Array])[], object | undefined]>([
    [
      'the hello that comes again with a cookie, and what the server chose',
      [
        ['client', ask('00')],
        ['server', again],
        ['client', ask('04 01020304', sized(LISTS))],
        ['server', agreed()],
      ],
      { version: 'DTLSv1.2', sni: 'hub.example', offer: { ...OFFER, cipherSuites: [0xc0a8] } },
    ],
    [
      '1.3, which is said by an extension',
      [
        ['client', ask('00', sized(versions))],
        ['server', agreed(sized(extension('002b', 'fefc')))],
      ],
      { version: 'DTLSv1.3', offer: { versions: [0xfefc, 0xfefd] } },
    ],
    [
      'an alert: nothing was agreed on',
      [
        ['client', ask('00')],
        ['server', bytes('15fefd000000000000000000020228')],
        ['server', agreed()],
      ],
      undefined,
    ],
    ['no answer', [['client', ask('00')]], undefined],
  ])('%s', (_, said, expected) => {
    const told = overheard(said);
    expect(told).toHaveLength(expected === undefined ? 0 : 1);
    if (expected !== undefined) {
      expect(told[0]).toMatchObject({ transport: 'udp', server: { port: 5684 }, ...expected });
    }
  });
});

function overheard(
  said: readonly (readonly ['client' | 'server', Uint8Array])[],
): readonly Handshake[] {
  const [client, server] = ['192.168.1.20:40000', '192.168.1.40:5684'];
  const told: Observation[] = [];
  const packets = said.map(
    ([side, udp]): Said =>
      side === 'client' ? { from: client, to: server, udp } : { from: server, to: client, udp },
  );
  play(packets, { onObservation: (one) => told.push(one) });
  return told.filter((one) => one.kind === 'handshake');
}

function hello(lists: string): string {
  return `${HEAD} ${sized(SUITES)} 0100 ${sized(lists)}`;
}

function extension(type: string, body: string): string {
  return type + sized(body);
}

/** Behind its length in two octets. */
function sized(text: string): string {
  const plain = text.replaceAll(' ', '');
  return (plain.length / 2).toString(16).padStart(4, '0') + plain;
}
