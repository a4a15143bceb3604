import { Reader } from '../../base/reader.ts';
import type { Operation } from '../../model/observation.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellOperation } from './operation.ts';
import { startsWith } from './text.ts';

/** Message header, channel, token, sequence and request (OPC 10000-6 §6.7.2). */
const BEFORE = 24;

/** Binary encodings of requests (OPC 10000-6 appendix A, `NodeIds.csv`). */
const SERVICES: ReadonlyMap<number, readonly [name: string, effect: Operation['effect']]> = new Map(
  [
    [486, ['add nodes', 'program']],
    [498, ['delete nodes', 'program']],
    [673, ['write', 'write']],
    [700, ['history update', 'write']],
    [712, ['call method', 'write']],
  ],
);

/** Where messages are signed only or not at all; what is encrypted cannot be looked into. */
export const opcua: DialogueKind = {
  id: 'opcua',
  begins: (bytes, side) =>
    side === 'client' && (startsWith(bytes, 'HELF') || startsWith(bytes, 'MSGF')),
  start(tell): Dialogue {
    return {
      said(side, bytes, context) {
        if (side === 'server' || !startsWith(bytes, 'MSGF')) return true;
        const reader = new Reader(bytes.subarray(BEFORE));
        // A node id of four octets: kind 1, namespace 0, number.
        const isShort = reader.u8() === 1 && reader.u8() === 0;
        const known = isShort ? SERVICES.get(reader.u16le()) : undefined;
        if (known === undefined) return true;
        const [name, effect] = known;
        tellOperation(tell, context, { protocol: 'opcua', name, effect, object: 'node' });
        return true;
      },
    };
  },
};
