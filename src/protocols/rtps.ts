import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { simplex } from './shared/simplex.ts';

/** Magic, version, vendor, and prefix of the participant (DDSI-RTPS §9.4.4). */
const HEADER = 20;
const MAGIC = 'RTPS';

/** Robots, and whatever is built on DDS: publishers speak to groups, and are answered on other flows. */
export const rtps = {
  id: 'rtps',
  title: 'RTPS (DDS)',
  ports: [
    { port: 7400, over: 'udp' },
    { port: 7410, over: 'udp' },
  ],
  sources: ['OMG DDSI-RTPS 2.5 §9.4.4, §9.6.1 (ports)'],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client);
  const facts = (version: string | undefined) => [speaks('rtps', version)];
  if (first.server.length === 0) return simplex(first, asked, facts);
  const answered = parseHeader(first.server);
  return pair(first, HEADER, { asked, answered, facts: (mine, theirs) => facts(mine ?? theirs) });
}

function parseHeader(bytes: Uint8Array): Parsed<string> {
  if (begins(bytes, MAGIC) === 'no') return bad('no RTPS');
  const reader = new Reader(bytes);
  reader.skip(4);
  const major = reader.u8();
  const minor = reader.u8();
  reader.skip(14);
  if (reader.failed) return MORE;
  return major >= 1 && major <= 2
    ? { kind: 'ok', value: `${major}.${minor}`, size: HEADER }
    : bad('another version');
}
