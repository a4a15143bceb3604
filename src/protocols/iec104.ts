import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { iec104Fields } from './fields/industrial.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** STARTDT, STOPDT and TESTFR, each to act and confirmed (IEC 60870-5-104 §5.1). */
const FUNCTIONS: readonly number[] = [0x07, 0x0b, 0x13, 0x23, 0x43, 0x83];

/** It has no probe: a station serves one master, and STARTDT from another can take its place. */
export const iec104 = {
  id: 'iec104',
  title: 'IEC 60870-5-104',
  ports: [
    { port: 2404, over: 'tcp', iana: 'iec-104' },
    { port: 19_998, over: 'tls', iana: 'iec-104-sec' },
  ],
  sources: ['IEC 60870-5-104:2006 §5', 'IEC 60870-5-101 §7.2.1', 'IANA service-names-port-numbers'],
  depth: 12,
  fragile: true,
  recognise,
  fields: iec104Fields,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, iec104.depth, {
    asked: parseApci(first.client),
    answered: parseApci(first.server),
    facts: () => [speaks('iec104')],
  });
}

export interface Apci {
  readonly format: 'I' | 'S' | 'U';
}

/** §5: 0x68, a length of 4 to 253, four octets of control. */
export function parseApci(bytes: Uint8Array): Parsed<Apci> {
  const reader = new Reader(bytes);
  const start = reader.u8();
  const length = reader.u8();
  if (bytes.length > 0 && start !== 0x68) return bad('no start octet');
  if (bytes.length > 1 && (length < 4 || length > 253)) return bad('no such length');
  const control = reader.take(4);
  if (reader.failed) return MORE;
  const format = formatOf(control, length);
  if (format === undefined) return bad('no such control field');
  if (format !== 'I') return { kind: 'ok', value: { format }, size: reader.offset };
  // Type identification, number of objects, cause of transmission (-101 §7.2).
  const type = reader.u8();
  reader.skip(1);
  const cause = reader.u8() & 0x3f;
  if (reader.failed) return MORE;
  if (length < 10 || type === 0 || type > 127 || cause === 0 || cause > 47) return bad('no ASDU');
  return { kind: 'ok', value: { format }, size: reader.offset };
}

function formatOf(control: Uint8Array, length: number): Apci['format'] | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = control;
  if ((first & 1) === 0) return (third & 1) === 0 ? 'I' : undefined;
  if (length !== 4) return undefined;
  if (first === 1) return second === 0 && (third & 1) === 0 ? 'S' : undefined;
  return FUNCTIONS.includes(first) && second + third + fourth === 0 ? 'U' : undefined;
}
