import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { protocols } from '../../src/protocols/index.ts';
import { crc32 } from '../../src/protocols/shared/crc.ts';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';

/** What is seen of a conversation that began before we listened, or of which one side is missing. */
describe.each([
  ['coap', 'a request alone', '4002cea0 b773746f72616765', '', 'likely'],
  ['coap', 'a response to another token', '4101cea0 aa b773746f72616765', '6145cea0 bb', 'no'],
  ['coap', 'an acknowledgement of another message', '4002cea0 b773746f72616765', '6000cea1', 'no'],
  ['coap', 'an option that nobody registered', '4002cea0 a173', '', 'no'],
  ['coap', 'the head of a request', '4002', '', 'more'],
  ['coap', 'version 2', '8002cea0', '', 'no'],
  [
    'dtls',
    'a ClientHello alone',
    '16feff0000000000000000003a0100002e000000000000002efefdabab',
    '',
    'more',
  ],
  ['dtls', 'TLS, which is no DTLS', '160301003a0100002e0303', '', 'no'],
  ['amqp', 'a header of the TLS layer', '414d5150 02010000', '', 'likely'],
  ['amqp', 'a version that there is not', '414d5150 00020000', '', 'no'],
  ['amqp', 'an answer in HTTP', '414d5150 00000901', '48545450', 'no'],
  [
    's7comm',
    'data without the connection request',
    '0300001902f08032010000020000080000f0000001000101e0',
    '',
    'likely',
  ],
  [
    's7comm',
    'a connection request alone',
    '0300001611e00000000700c1020100c2020102c0010a',
    '',
    'more',
  ],
  ['s7comm', 'Remote Desktop', '030000130ee000000000000100080003000000', '', 'no'],
  ['cotp', 'Remote Desktop', '030000130ee000000000000100080003000000', '', 'no'],
  [
    'cotp',
    'S7',
    '0300001611e00000000700c1020100c2020102c0010a 0300001902f08032010000020000080000f0000001000101e0',
    '',
    'no',
  ],
  ['dnp3', 'a header whose checksum is wrong', '056414c40a0001008fee', '', 'no'],
  ['dnp3', 'a header alone', '056414c40a0001008fed', '', 'likely'],
  [
    'dnp3',
    'stations that do not speak to each other',
    '056414c40a0001008fed',
    '0564ff44020 00a00 dd6e',
    'no',
  ],
  ['iec104', 'a test frame alone', '680443000000', '', 'likely'],
  ['iec104', 'M-Bus over TCP, which begins alike', '681f1f680801720000', '', 'no'],
  ['iec104', 'a supervisory frame', '680401000200', '680401000400', 'proved'],
  [
    'matter',
    'an encrypted message, which looks like anything',
    '00d2040012345678aabbccddeeff00112233',
    '',
    'no',
  ],
  [
    'matter',
    'a handshake of which the answer belongs to another',
    '04000000 78563412 1122334455667788 05 30 3412 0000 1530',
    '01000000 21436587 1122334455667788 06 31 3512 0000 78563412 1530',
    'no',
  ],
  ['modbus', 'a function that nobody has', '0001 0000 0006 01 0d 0000 0001', '', 'no'],
  ['opcua', 'a message before the greeting', '4d53474610000000 01000000 01000000', '', 'no'],
  [
    'hart-ip',
    'an answer to another question',
    '010000000002000d0100007530',
    '010100000003000d010000ea60',
    'no',
  ],
  [
    'enip',
    'answers to another command',
    '63000000000000000000000000000000000000000000 0000',
    '65000400000000000000000000000000000000000000 0000',
    'no',
  ],
  [
    'esphome-api',
    'a refusal to speak in the clear',
    '000e010a08706f72746f6c616e1001180a',
    '01001301426164',
    'no',
  ],
] as const)('%s: %s', (id, _, client, server, expected) => {
  test(`is ${expected}`, () => {
    const protocol = protocols.get(id);
    const verdict = protocol?.recognise({ client: bytes(client), server: bytes(server) });
    expect(verdict?.kind === 'yes' ? verdict.certainty : verdict?.kind).toBe(expected);
  });
});

test('a device of Tuya 3.1 tells in its broadcast who it is', () => {
  const text = '{"ip":"192.0.2.4","gwId":"bf01","productKey":"keyabc","version":"3.1"}';
  const head = bytes(
    `000055aa 00000000 00000000 ${(text.length + 12).toString(16).padStart(8, '0')} 00000000`,
  );
  const covered = Buffer.concat([head, Buffer.from(text)]);
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(crc32(covered));
  tail.writeUInt32BE(0x0000aa55, 4);
  const datagram = Buffer.concat([covered, tail]);
  const facts: readonly Fact[] = [
    speaks('tuya'),
    { kind: 'identifier', scheme: 'serial', value: untrusted('bf01') },
    detail('product-key', 'keyabc'),
    attribute('vendor', 'Tuya'),
  ];
  const verdict = protocols.get('tuya')?.recognise({ client: datagram, server: new Uint8Array(0) });
  expect(verdict).toEqual({ kind: 'yes', certainty: 'likely', facts });
});
