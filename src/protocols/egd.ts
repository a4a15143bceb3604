import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { detail, speaks } from './shared/facts.ts';
import { simplex } from './shared/simplex.ts';

/** Bytes before the data that is exchanged. */
const HEADER = 32;
const DATA_PDU = 0x0d;
const VERSION = 1;

/** Produced by controllers of GE at a fixed rate, and acknowledged by nobody. */
export const egd = {
  id: 'egd',
  title: 'GE Ethernet Global Data',
  ports: [{ port: 18_246, over: 'udp', iana: 'egd' }],
  sources: [
    'GE GFK-2224 TCP/IP Ethernet Communications for PACSystems §4',
    'ProSoft MVI69-EGD User Manual, "EGD packet description"',
    'IANA service-names-port-numbers',
  ],
  depth: HEADER,
  fragile: true,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return simplex(first, parseHeader(first.client), ({ producer, exchange }) => [
    speaks('egd', String(VERSION)),
    detail('producer', producer),
    detail('exchange', String(exchange)),
  ]);
}

/** Type, version, number; producer, exchange; seconds, nanoseconds; status, signature, reserved. */
function parseHeader(bytes: Uint8Array): Parsed<{ producer: string; exchange: number }> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const version = reader.u8();
  reader.skip(2);
  const producer = reader.take(4).join('.');
  const exchange = reader.u32le();
  reader.skip(4);
  const nanoseconds = reader.u32le();
  const status = reader.u32le();
  reader.skip(4);
  const reserved = reader.u32le();
  if (bytes.length > 0 && type !== DATA_PDU) return bad('no data');
  if (bytes.length > 1 && version !== VERSION) return bad('another version');
  if (nanoseconds >= 1e9 || reserved !== 0 || status > 0xff) return bad('no header');
  if (reader.failed) return MORE;
  return exchange === 0
    ? bad('no exchange')
    : { kind: 'ok', value: { producer, exchange }, size: HEADER };
}
