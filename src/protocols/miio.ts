import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { hexOf } from './shared/bytes.ts';
import { access, amplification, attribute, detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';

const PORT = 54_321;
const HEADER = 32;
const MESSAGE_CAP = 4096;

/** The vendor has published nothing of it: the sources are two free clients. */
export const miio = {
  id: 'miio',
  title: 'Xiaomi miIO',
  ports: [{ port: PORT, over: 'udp' }],
  sources: [
    'https://github.com/OpenMiHome/mihome-binary-protocol/blob/master/doc/PROTOCOL.md',
    'https://github.com/rytilahti/python-miio',
  ],
  depth: HEADER,
  recognise,
  probe: { impact: 'handshake', over: ['udp'], dialogue },
} as const satisfies Protocol;

export interface Header {
  readonly length: number;
  /** 0xFFFFFFFF in the greeting of a client. */
  readonly device: number;
  readonly checksum: Uint8Array;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, miio.depth, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: () => [speaks('miio')],
  });
}

/** 0x2131, length, four octets that are 0 but in a greeting, device, time stamp, checksum. */
export function parseHeader(bytes: Uint8Array): Parsed<Header> {
  const reader = new Reader(bytes);
  const magic = reader.take(2);
  const length = reader.u16();
  const reserved = reader.u32();
  const device = reader.u32();
  reader.skip(4);
  const checksum = reader.take(16);
  if ((bytes[0] ?? 0x21) !== 0x21 || (bytes[1] ?? 0x31) !== 0x31) return bad('no magic number');
  if (reader.failed) return MORE;
  const isGreeting = reserved === 0xffffffff;
  if (magic.length < 2 || length < HEADER || length > MESSAGE_CAP) return bad('no such length');
  if (reserved !== 0 && !(isGreeting && length === HEADER)) return bad('no such header');
  return { kind: 'ok', value: { length, device, checksum }, size: HEADER };
}

function* dialogue(): Dialogue {
  const send = new Uint8Array(HEADER).fill(0xff);
  send.set([0x21, 0x31, 0x00, HEADER]);
  const received = yield ask(send, parseHeader);
  const answer = parseHeader(received);
  if (answer.kind !== 'ok' || answer.value.device === 0xffffffff) return [];
  const id = hexOf(received.subarray(8, 12));
  const identity: Fact = { kind: 'identifier', scheme: 'serial', value: untrusted(`miio-${id}`) };
  return [
    speaks('miio'),
    attribute('vendor', 'Xiaomi'),
    identity,
    detail('device-id', id),
    ...secrecy(answer.value.checksum),
    ...amplification(send, received),
  ];
}

/**
 * Where the checksum belongs, a device that nobody has set up yet, or an old one, shows the key by
 * which it is controlled; the key itself is not kept.
 */
function secrecy(checksum: Uint8Array): readonly Fact[] {
  const hidden = [0x00, 0xff].some((filler) => checksum.every((octet) => octet === filler));
  return hidden ? [access('credentials')] : [access('open'), detail('token', 'shown to anyone')];
}
