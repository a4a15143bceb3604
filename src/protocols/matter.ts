import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Opcodes of the secure channel by which a session is set up: PBKDF, PAKE, Sigma, status. */
const OPCODES: readonly number[] = [0x20, 0x21, 0x22, 0x23, 0x24, 0x30, 0x31, 0x32, 0x33, 0x40];

/**
 * Only the start of a session is recognised: what follows is encrypted up to its header, and looks
 * like anything. It has no probe: a session needs a node's key or its passcode.
 */
export const matter = {
  id: 'matter',
  title: 'Matter',
  ports: [
    { port: 5540, over: 'udp', iana: 'matter' },
    { port: 5540, over: 'tcp', iana: 'matter' },
  ],
  sources: [
    'CSA Matter Core Specification 1.3 §4.4 (message frame), §4.11 (secure channel)',
    'IANA service-names-port-numbers',
  ],
  depth: 32,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, matter.depth, {
    asked: parseHandshake(first.client),
    answered: parseHandshake(first.server),
    facts: (asked, answered) => {
      if (asked?.initiator === false || answered?.initiator === true) return undefined;
      const apart = asked && answered && asked.exchange !== answered.exchange;
      return apart ? undefined : [speaks('matter')];
    },
  });
}

export interface Handshake {
  readonly initiator: boolean;
  readonly opcode: number;
  readonly exchange: number;
}

/** §4.4.1 and §4.4.3: an unsecured session (0), no group, protocol 0 of vendor 0. */
export function parseHandshake(bytes: Uint8Array): Parsed<Handshake> {
  const reader = new Reader(bytes);
  const flags = reader.u8();
  const session = reader.u16le();
  const security = reader.u8();
  reader.skip(4);
  // Source and destination node, of 64 bits each, where they are named (§4.4.1.1).
  const destination = flags & 0x03;
  if ((flags & 0xf8) !== 0 || destination > 1 || session !== 0 || security !== 0) {
    return bad('no unsecured session');
  }
  // Exactly one of the two is named in a session that is being set up (§4.13.2.1).
  const named = (flags & 0x04) !== 0;
  if (bytes.length > 0 && named === (destination === 1)) return bad('no such addresses');
  reader.skip(8);
  const exchangeFlags = reader.u8();
  const opcode = reader.u8();
  const exchange = reader.u16le();
  const protocol = reader.u16le();
  if (reader.failed) return MORE;
  if ((exchangeFlags & 0xf0) !== 0 || protocol !== 0 || !OPCODES.includes(opcode)) {
    return bad('no secure channel');
  }
  const initiator = (exchangeFlags & 0x01) !== 0;
  return { kind: 'ok', value: { initiator, opcode, exchange }, size: reader.offset };
}
