import { Reader } from '../../base/reader.ts';
import type { Operation } from '../../model/observation.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellOperation } from './operation.ts';

/** Messages of one segment that are read. */
const MESSAGES = 32;

type Effect = 'write' | 'other';

/** Modbus Application Protocol 1.1b3 §6: what changes something. */
const FUNCTIONS: ReadonlyMap<number, readonly [name: string, effect: Effect, object: string]> =
  new Map([
    [5, ['write single coil', 'write', 'coil']],
    [6, ['write single register', 'write', 'register']],
    [8, ['diagnostics', 'other', 'sub-function']],
    [15, ['write multiple coils', 'write', 'coil']],
    [16, ['write multiple registers', 'write', 'register']],
    [21, ['write file record', 'write', 'file']],
    [22, ['mask write register', 'write', 'register']],
    [23, ['read and write multiple registers', 'write', 'register']],
  ]);

const DIAGNOSTICS = 8;
/** §6.8.1: restart of the communication, and force to listen only. */
const STOPS = new Set([1, 4]);

export const modbus: DialogueKind = {
  id: 'modbus',
  begins: (bytes) => {
    const reader = new Reader(bytes);
    reader.skip(2);
    const protocol = reader.u16();
    const length = reader.u16();
    reader.skip(1);
    const code = reader.u8() & 0x7f;
    const isWhole = reader.offset + length - 2 <= bytes.length;
    const isKnown = (code >= 1 && code <= 24) || code === 43;
    return !reader.failed && protocol === 0 && length >= 2 && length <= 254 && isWhole && isKnown;
  },
  start(tell): Dialogue {
    return {
      said(side, bytes, context) {
        if (side === 'server') return true;
        for (const operation of operationsIn(bytes)) tellOperation(tell, context, operation);
        return true;
      },
    };
  },
};

type Told = Pick<Operation, 'protocol' | 'name' | 'effect' | 'object'>;

/** Each message is whole in its segment: it has 260 octets at most. */
function* operationsIn(bytes: Uint8Array): Generator<Told> {
  const reader = new Reader(bytes);
  for (let count = 0; count < MESSAGES && reader.left >= 8; count += 1) {
    reader.skip(2);
    const protocol = reader.u16();
    const message = reader.take(reader.u16());
    if (reader.failed || protocol !== 0) return;
    const told = readRequest(new Reader(message.subarray(1)));
    if (told !== undefined) yield told;
  }
}

function readRequest(pdu: Reader): Told | undefined {
  const code = pdu.u8();
  const known = FUNCTIONS.get(code);
  if (known === undefined) return undefined;
  const [name, effect, object] = known;
  // §6.17: where it reads stands before where it writes.
  if (code === 23) pdu.skip(4);
  const address = pdu.u16();
  const isStop = code === DIAGNOSTICS && STOPS.has(address);
  return {
    protocol: 'modbus',
    name,
    effect: isStop ? 'stop' : effect,
    object: `${object} ${address}`,
  };
}
