import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { attribute, likely, proved, speaks } from './shared/facts.ts';
import { trimmed } from './shared/strings.ts';

const DEPTH = 512;
/** Commands of version 1 and of version 2: a question carries nothing, an announcement elements. */
const COMMANDS: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [0]],
  [2, [6, 8, 9, 11]],
]);

const ATTRIBUTES: ReadonlyMap<number, AttributeName> = new Map([
  [0x03, 'firmware'],
  [0x0b, 'name'],
  [0x0c, 'model'],
]);

/** The vendor has published nothing of it; the source is an analysis of what answers on the Internet. */
export const ubiquiti = {
  id: 'ubiquiti',
  title: 'Ubiquiti discovery',
  ports: [{ port: 10_001, over: 'udp' }],
  sources: ['https://www.rapid7.com/blog/post/2019/02/01/ubiquiti-discovery-service-exposures/'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

interface Packet {
  readonly version: number;
  readonly facts: readonly Fact[];
}

/** A device also announces itself to everybody, and nobody answers that. */
function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parsePacket(client);
  const answered = parsePacket(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return client.length > 0 || server.length === 0 ? WAIT : NO;
  const { version, facts } = asked.value;
  const own = speaks('ubiquiti', String(version));
  if (answered.kind === 'more') {
    return facts.length > 0 ? proved([own, ...facts]) : likely([own]);
  }
  return proved([own, ...answered.value.facts]);
}

/** Version, command, length of what follows; elements of type, length (2), value fill it exactly. */
function parsePacket(bytes: Uint8Array): Parsed<Packet> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const command = reader.u8();
  const length = reader.u16();
  if (bytes.length > 0 && !COMMANDS.has(version)) return bad('another version');
  if (reader.failed) return MORE;
  if (COMMANDS.get(version)?.includes(command) !== true) return bad('no such command');
  if (length > DEPTH - 4) return bad('no such length');
  if (bytes.length < length + 4) return MORE;
  if (bytes.length > length + 4) return bad('something follows');
  const facts = length === 0 ? [] : readElements(reader);
  return facts === undefined
    ? bad('the elements do not fill it')
    : { kind: 'ok', value: { version, facts }, size: length + 4 };
}

function readElements(reader: Reader): readonly Fact[] | undefined {
  const facts: Fact[] = [attribute('vendor', 'Ubiquiti')];
  while (reader.left > 0) {
    const name = ATTRIBUTES.get(reader.u8());
    const text = reader.text(reader.u16());
    if (name !== undefined && trimmed(text) !== '') facts.push(attribute(name, trimmed(text)));
  }
  return reader.failed ? undefined : facts;
}
