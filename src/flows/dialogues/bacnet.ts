import { Reader } from '../../base/reader.ts';
import type { Operation } from '../../model/observation.ts';
import { parseNpdu } from '../../protocols/bacnet.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellOperation } from './operation.ts';

/** ASHRAE 135 §21: services of confirmed requests that change something. */
const SERVICES: ReadonlyMap<number, readonly [name: string, effect: Operation['effect']]> = new Map(
  [
    [7, ['atomic write file', 'program']],
    [8, ['add list element', 'write']],
    [9, ['remove list element', 'write']],
    [10, ['create object', 'write']],
    [11, ['delete object', 'write']],
    [15, ['write property', 'write']],
    [16, ['write property multiple', 'write']],
    [17, ['device communication control', 'stop']],
    [20, ['reinitialize device', 'stop']],
  ],
);
const SEGMENTED = 0x08;

export const bacnet: DialogueKind = {
  id: 'bacnet',
  datagrams: true,
  begins: (bytes) => bytes[0] === 0x81 && parseNpdu(bytes).kind === 'ok',
  start(tell): Dialogue {
    return {
      // Both ends have the one port: either may ask.
      said(side, bytes, context) {
        const parsed = parseNpdu(bytes);
        const operation = parsed.kind === 'ok' ? readRequest(parsed.value.apdu) : undefined;
        if (operation === undefined) return true;
        const { client, server } = context;
        const turned = side === 'client' ? context : { ...context, client: server, server: client };
        tellOperation(tell, turned, operation);
        return true;
      },
    };
  },
};

/** §20.1.2: a confirmed request; its parameters begin with an object identifier (tag 0). */
function readRequest(
  apdu: Uint8Array,
): Pick<Operation, 'protocol' | 'name' | 'effect' | 'object'> | undefined {
  const reader = new Reader(apdu);
  const first = reader.u8();
  if (apdu.length < 4 || first >> 4 !== 0) return undefined;
  reader.skip((first & SEGMENTED) === 0 ? 2 : 4);
  const known = SERVICES.get(reader.u8());
  if (known === undefined || reader.failed) return undefined;
  const [name, effect] = known;
  return { protocol: 'bacnet', name, effect, object: objectIn(reader) };
}

function objectIn(reader: Reader): string {
  if (reader.left < 5 || reader.u8() !== 0x0c) return 'device';
  const id = reader.u32();
  return `object ${Math.floor(id / 2 ** 22)}:${id % 2 ** 22}`;
}
