import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../../src/model/flow.ts';
import { protocols } from '../../../src/protocols/index.ts';
import type { FirstBytes, Protocol } from '../../../src/protocols/protocol.ts';
import { bytes, EXCHANGES } from '../fixtures.ts';

/** Values of one side, and of a server's certificates, which name many hosts. */
const SIDE_CAP = 64;
const SERVER_CAP = 256;
const VALUE_CAP = 255;
const NOTHING = new Uint8Array(0);

const speakers = protocols.all.filter(({ fields }) => fields !== undefined);

test('the protocols with named values are listed', () => {
  expect(speakers.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['mqtt', 'http', 'tls', 'quic', 'dhcp', 'lldp', 's7comm', 'coap']),
  );
});

describe.each(speakers)('$id', (protocol) => {
  test('reads any bytes, and keeps to its bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (a, b) => {
        expectBounded(read(protocol, a, b));
      }),
    );
  });

  test('reads its own exchanges cut off, changed and repeated', () => {
    const own = EXCHANGES.filter((exchange) => exchange.protocol === protocol.id);
    for (const exchange of own) {
      const [client, server] = [bytes(exchange.client), bytes(exchange.server)];
      for (const length of [0, 1, 7, 20, client.length - 1]) {
        expectBounded(read(protocol, client.subarray(0, length), server.subarray(0, length)));
      }
      expectBounded(read(protocol, repeated(client), repeated(server)));
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), (changes) => {
          expectBounded(read(protocol, changed(client, changes), changed(server, changes)));
        }),
        { numRuns: 50 },
      );
    }
  });

  test('gets through what a whole buffer can be filled with', () => {
    for (const octets of FILLERS) {
      const filled = repeated(Uint8Array.from(octets));
      expectBounded(read(protocol, filled, filled));
    }
  });

  test('says of one side alone what it says of it beside the other', () => {
    for (const exchange of EXCHANGES.filter(({ protocol: id }) => id === protocol.id)) {
      const [client, server] = [bytes(exchange.client), bytes(exchange.server)];
      const both = read(protocol, client, server);
      expect(both).toEqual(expect.arrayContaining([...read(protocol, client, NOTHING)]));
    }
  });
});

/** What makes careless readers slow: empty messages, one header after another, digits, blanks, brackets. */
const FILLERS: readonly (readonly number[])[] = [
  [0],
  [0xff],
  [0x16],
  [0x16, 0x03, 0x01, 0x00, 0x01],
  [0x30, 0x80],
  [0x20],
  [0x0a],
  [0x0d, 0x0a],
  [...Buffer.from('A ')],
  [...Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  [...Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n')],
  [...Buffer.from('OPTIONS * RTSP/1.0\r\n')],
  [...Buffer.from('SIP/2.0 ')],
  [0x03, 0x00, 0x00, 0x07, 0x02, 0xf0, 0x80],
  [0xc0, 0x00, 0x00, 0x00, 0x01, 0x00],
];
const BUFFER = 65_536;

function repeated(octets: Uint8Array): Uint8Array {
  if (octets.length === 0) return octets;
  return Uint8Array.from({ length: BUFFER }, (_, index) => octets[index % octets.length] ?? 0);
}

function changed(
  original: Uint8Array,
  changes: readonly (readonly [number, number])[],
): Uint8Array {
  const copy = original.slice();
  for (const [at, octet] of changes) if (copy.length > 0) copy[at % copy.length] = octet;
  return copy;
}

function read(protocol: Protocol, client: Uint8Array, server: Uint8Array): readonly Field[] {
  const all: Field[] = [];
  for (const transport of ['tcp', 'udp'] as const) {
    const first: FirstBytes = { client, server, transport };
    const found = protocol.fields?.(first) ?? [];
    expect(found.length).toBeLessThanOrEqual(2 * SIDE_CAP + 2 * SERVER_CAP);
    all.push(...found);
  }
  return all;
}

function expectBounded(fields: readonly Field[]): void {
  for (const { name, value } of fields) {
    expect(name).toMatch(/^[a-z0-9]+\.[a-z0-9_]+$/);
    expect(value.length).toBeGreaterThan(0);
    expect(value.length).toBeLessThanOrEqual(VALUE_CAP);
  }
}
