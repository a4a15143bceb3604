import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins, join, u32 } from './shared/bytes.ts';
import { crc32 } from './shared/crc.ts';
import { attribute, detail, speaks } from './shared/facts.ts';
import { parseJson, textMember } from './shared/json.ts';
import { ask, pair } from './shared/pair.ts';
import { utf8 } from './shared/strings.ts';

const PREFIX = [0x00, 0x00, 0x55, 0xaa];
/** The form of version 3.5, whose messages are sealed with AES-GCM. */
const SEALED = [0x00, 0x00, 0x66, 0x99];
const SUFFIX = 0x0000aa55;
const HEART_BEAT = 9;
const MESSAGE_CAP = 4096;

/** Its framing has no public document of the vendor: the sources are two free clients of it. */
export const tuya = {
  id: 'tuya',
  title: 'Tuya local',
  ports: [
    { port: 6668, over: 'tcp' },
    { port: 6666, over: 'udp' },
    { port: 6667, over: 'udp' },
  ],
  sources: [
    'https://github.com/jasonacox/tinytuya (PROTOCOL notes)',
    'https://github.com/codetheweb/tuyapi (docs)',
  ],
  depth: 64,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, tuya.depth, {
    asked: parseStart(first.client),
    answered: parseStart(first.server),
    facts: (asked, answered) => {
      const version = (answered ?? asked)?.sealed === true ? '3.5' : 'unknown';
      return [speaks('tuya', version), ...announcement(first.client)];
    },
  });
}

interface Start {
  readonly sealed: boolean;
  readonly command: number;
  readonly length: number;
}

/** Prefix, sequence number, command, length of what follows up to and with the suffix. */
export function parseStart(bytes: Uint8Array): Parsed<Start> {
  const sealed = begins(bytes, SEALED) === 'yes';
  if (!sealed && begins(bytes, PREFIX) === 'no' && begins(bytes, SEALED) === 'no') {
    return bad('no prefix');
  }
  const reader = new Reader(bytes);
  reader.skip(sealed ? 10 : 8);
  const command = reader.u32();
  const length = reader.u32();
  if (reader.failed) return MORE;
  if (command > 0xff || length < 8 || length > MESSAGE_CAP) return bad('no such message');
  return { kind: 'ok', value: { sealed, command, length }, size: reader.offset };
}

interface Message extends Start {
  readonly payload: Uint8Array;
}

/** A whole message of versions 3.1 to 3.3, which end in a checksum and the suffix. */
export function parseMessage(bytes: Uint8Array): Parsed<Message> {
  const start = parseStart(bytes);
  if (start.kind !== 'ok') return start;
  const end = start.size + start.value.length;
  if (bytes.length < end) return MORE;
  const reader = new Reader(bytes.subarray(start.size, end));
  const payload = reader.take(start.value.length - 8);
  const checksum = reader.u32();
  if (start.value.sealed || reader.u32() !== SUFFIX) return bad('no suffix');
  if (checksum !== crc32(bytes.subarray(0, end - 8))) return bad('the checksum is wrong');
  return { kind: 'ok', value: { ...start.value, payload }, size: end };
}

/** A heart-beat, as the vendor's app sends it every ten seconds; it needs no key and does nothing. */
function* dialogue(): Dialogue {
  const head = join(PREFIX, u32(0), u32(HEART_BEAT), u32(8));
  const send = join(head, u32(crc32(head)), u32(SUFFIX));
  const answer = parseMessage(yield ask(send, parseMessage));
  // A device puts a return code first; an echo has none.
  if (answer.kind !== 'ok' || answer.value.payload.length < 4) return [];
  return answer.value.command === HEART_BEAT ? [speaks('tuya')] : [];
}

/** What a device of version 3.1 broadcasts to udp/6666 in the clear: who it is and its product. */
function announcement(datagram: Uint8Array): readonly Fact[] {
  const message = parseMessage(datagram);
  if (message.kind !== 'ok') return [];
  const said = parseJson(utf8(message.value.payload.subarray(4)));
  const id = textMember(said, 'gwId');
  const product = textMember(said, 'productKey');
  return [
    ...(id === undefined
      ? []
      : ([{ kind: 'identifier', scheme: 'serial', value: untrusted(id) }] as const)),
    ...(product === undefined ? [] : [detail('product-key', product), attribute('vendor', 'Tuya')]),
  ];
}
