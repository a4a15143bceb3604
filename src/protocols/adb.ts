import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { join, u32le } from './shared/bytes.ts';
import { access, attribute, detail, likely, proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

const HEADER = 24;
/** Before this version each message carries a checksum, so every device accepts one. */
const VERSION = 0x01000000;
/** Bytes of payload that we accept (protocol.txt: 4096 in the first version). */
const MAX_DATA = 4096;
/** Bytes of payload that a device may announce (1 MiB in adb.h). */
const PAYLOAD_CAP = 1_048_576;

export type Command = 'CNXN' | 'AUTH' | 'STLS';

export interface AdbMessage {
  readonly command: Command;
  /** First argument: version of CNXN, type of AUTH. */
  readonly argument: number;
  /** As much of it as was read; for CNXN `device::ro.product.model=…;…`. */
  readonly payload: string;
}

export const adb = {
  id: 'adb',
  title: 'Android Debug Bridge',
  ports: [{ port: 5555, over: 'tcp' }],
  sources: [
    'Android Open Source Project, packages/modules/adb: protocol.txt, adb.h',
    'Android Open Source Project, packages/modules/adb: docs/dev/adb_wifi.md',
  ],
  depth: HEADER + 512,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseAdb(client);
  const answered = parseAdb(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (answered.kind === 'ok') {
    const facts = factsOf(answered.value);
    return asked.kind === 'ok' ? proved(facts) : likely(facts);
  }
  return asked.kind === 'ok' ? likely([speaks('adb')]) : WAIT;
}

/** Greets as a debugging computer does, and shows no key: a device that wants one says so. */
function* dialogue(): Dialogue {
  const payload = 'host::\0';
  const answer = parseAdb(
    yield {
      send: join(header('CNXN', VERSION, MAX_DATA, payload), payload),
      complete: (received) => parseAdb(received).kind !== 'more',
    },
  );
  if (answer.kind !== 'ok' || answer.value.payload.startsWith('host:')) return [];
  return factsOf(answer.value);
}

function header(command: Command, first: number, second: number, payload: string): Uint8Array {
  const name = codeOf(command);
  const sum = Array.from(payload, (c) => c.charCodeAt(0)).reduce((total, code) => total + code, 0);
  return join(
    u32le(name),
    u32le(first),
    u32le(second),
    u32le(payload.length),
    u32le(sum),
    u32le(~name),
  );
}

/** Four letters, of which the first is sent first. */
function codeOf(command: string): number {
  return Array.from(command).reduceRight((code, letter) => code * 256 + letter.charCodeAt(0), 0);
}

const COMMANDS: ReadonlyMap<number, Command> = new Map(
  (['CNXN', 'AUTH', 'STLS'] as const).map((command) => [codeOf(command), command]),
);

export function parseAdb(bytes: Uint8Array): Parsed<AdbMessage> {
  const reader = new Reader(bytes);
  const code = reader.u32le();
  const command = COMMANDS.get(code);
  if (bytes.length >= 4 && command === undefined) return bad('no first message');
  if (![...COMMANDS.values()].some((name) => name.startsWith(textOf(bytes, 4)))) {
    return bad('no first message');
  }
  const argument = reader.u32le();
  reader.skip(4);
  const length = reader.u32le();
  reader.skip(4);
  const magic = reader.u32le();
  if (reader.failed || command === undefined) return MORE;
  if (magic !== 0xffffffff - code || length > PAYLOAD_CAP) return bad('the header is damaged');
  // Most of a long payload is a list of features, so the start of it is enough.
  const wanted = Math.min(length, 512);
  if (reader.left < wanted) return MORE;
  return {
    kind: 'ok',
    value: { command, argument, payload: reader.text(wanted) },
    size: HEADER + length,
  };
}

/** adb.h, `adb_auth.cpp`: a device that does not know us asks for a signature, or for TLS. */
function factsOf({ command, payload }: AdbMessage): readonly Fact[] {
  if (command !== 'CNXN') return [speaks('adb'), access('credentials')];
  const [system = '', , properties = ''] = payload.replaceAll('\0', '').split(':', 3);
  const entries = properties.split(';').map((property) => property.split('=', 2));
  const model = entries.find(([key]) => key === 'ro.product.model')?.[1] ?? '';
  const product = entries.find(([key]) => key === 'ro.product.name')?.[1] ?? '';
  return [
    speaks('adb'),
    ...(system === 'host' ? [] : [access('open'), detail('system', system)]),
    ...(product === '' ? [] : [detail('product', product)]),
    ...(model === '' ? [] : [attribute('model', model)]),
  ];
}
