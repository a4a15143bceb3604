import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { dnp3Fields } from './fields/industrial.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { crc16Dnp } from './shared/crc.ts';
import { eitherSide } from './shared/either.ts';
import { detail, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** It has no probe: an outstation counts and reports link frames from a master that it does not know. */
export const dnp3 = {
  id: 'dnp3',
  title: 'DNP3',
  ports: [
    { port: 20_000, over: 'tcp', iana: 'dnp' },
    { port: 20_000, over: 'udp', iana: 'dnp' },
    { port: 19_999, over: 'tls', iana: 'dnp-sec' },
  ],
  sources: ['IEEE 1815-2012 §9.2.4', 'IANA service-names-port-numbers'],
  depth: 10,
  fragile: true,
  recognise,
  overhear,
  fields: dnp3Fields,
} as const satisfies Protocol;

/** The header carries its own checksum, so one side is nearly enough. */
function recognise(first: FirstBytes): Recognition {
  return pair(first, dnp3.depth, {
    asked: parseLink(first.client),
    answered: parseLink(first.server),
    facts: (asked, answered) => {
      const apart = asked && answered && asked.source !== answered.destination;
      const station = answered?.source ?? asked?.destination ?? 0;
      return apart ? undefined : [speaks('dnp3'), detail('address', String(station))];
    },
  });
}

/** A header with a checksum that is right, beside an answer of zeroes. */
function overhear(heard: Overheard): Recognition {
  return eitherSide(heard, (bytes) => parseLink(bytes).kind === 'ok', [speaks('dnp3')]);
}

export interface Link {
  readonly destination: number;
  readonly source: number;
}

/** IEEE 1815 §9.2.4.1: 0x0564, length, control, destination, source, checksum, little-endian. */
export function parseLink(bytes: Uint8Array): Parsed<Link> {
  const reader = new Reader(bytes);
  const start = reader.u16();
  const length = reader.u8();
  reader.skip(1);
  const destination = reader.u16le();
  const source = reader.u16le();
  const checksum = reader.u16le();
  if ((bytes[0] ?? 0x05) !== 0x05 || (bytes[1] ?? 0x64) !== 0x64) return bad('no start octets');
  if (reader.failed) return MORE;
  if (start !== 0x0564 || length < 5 || checksum !== crc16Dnp(bytes.subarray(0, 8))) {
    return bad('the header does not match its checksum');
  }
  return { kind: 'ok', value: { destination, source }, size: reader.offset };
}
