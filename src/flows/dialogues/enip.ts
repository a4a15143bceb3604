import { Reader } from '../../base/reader.ts';
import type { Operation } from '../../model/observation.ts';
import { parseHeader } from '../../protocols/enip.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellOperation } from './operation.ts';

const HEADER = 24;
const SEND_RR_DATA = 0x6f;
const SEND_UNIT_DATA = 0x70;
/** CIP Volume 2 §2-6.3: data of no connection, and of one, which begins with a count. */
const UNCONNECTED = 0xb2;
const CONNECTED = 0xb1;
const UNCONNECTED_SEND = 0x52;
const ITEMS = 4;

/** CIP Volume 1 appendix A; 1756-PM020 (Logix5000 data access). */
const SERVICES: ReadonlyMap<number, readonly [name: string, effect: Operation['effect']]> = new Map(
  [
    [0x02, ['set attributes all', 'write']],
    [0x04, ['set attribute list', 'write']],
    [0x05, ['reset', 'stop']],
    [0x06, ['start', 'program']],
    [0x07, ['stop', 'stop']],
    [0x10, ['set attribute single', 'write']],
    [0x4d, ['write tag', 'write']],
    [0x4e, ['read-modify-write tag', 'write']],
    [0x53, ['write tag fragmented', 'write']],
  ],
);

export const enip: DialogueKind = {
  id: 'enip',
  begins: (bytes) => bytes.length >= HEADER && parseHeader(bytes).kind === 'ok',
  start(tell): Dialogue {
    return {
      said(side, bytes, context) {
        const operation = side === 'client' ? readCommand(bytes) : undefined;
        if (operation !== undefined) tellOperation(tell, context, operation);
        return true;
      },
    };
  },
};

type Told = Pick<Operation, 'protocol' | 'name' | 'effect' | 'object'>;

function readCommand(bytes: Uint8Array): Told | undefined {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return undefined;
  const { command } = header.value;
  if (command !== SEND_RR_DATA && command !== SEND_UNIT_DATA) return undefined;
  const reader = new Reader(bytes.subarray(HEADER));
  reader.skip(6);
  const count = reader.u16le();
  for (let item = 0; item < Math.min(count, ITEMS); item += 1) {
    const type = reader.u16le();
    const data = reader.take(reader.u16le());
    if (type === UNCONNECTED) return readService(data);
    if (type === CONNECTED) return readService(data.subarray(2));
  }
  return undefined;
}

/** Service, words of the path, path; what is wrapped to be sent on stands behind time and length. */
function readService(message: Uint8Array): Told | undefined {
  const reader = new Reader(message);
  const service = reader.u8();
  const path = reader.take(reader.u8() * 2);
  if (reader.failed) return undefined;
  if (service === UNCONNECTED_SEND) {
    reader.skip(2);
    const inner = reader.take(reader.u16le());
    return inner[0] === UNCONNECTED_SEND ? undefined : readService(inner);
  }
  const known = SERVICES.get(service);
  if (known === undefined) return undefined;
  const [name, effect] = known;
  return { protocol: 'enip', name, effect, object: `class ${path[1] ?? 0}` };
}
