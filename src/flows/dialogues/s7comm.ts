import { Reader } from '../../base/reader.ts';
import type { Operation } from '../../model/observation.ts';
import { DATA, parseTpkt } from '../../protocols/shared/tpkt.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellOperation } from './operation.ts';
import { latin1 } from './text.ts';

const S7 = 0x32;
const JOB = 1;
const MESSAGES = 16;

/** Functions of jobs (Wireshark wiki, S7comm; Snap7 reference, `s7_types.h`). */
const FUNCTIONS: ReadonlyMap<number, readonly [name: string, effect: Operation['effect']]> =
  new Map([
    [0x05, ['write variable', 'write']],
    [0x1a, ['download of a block', 'program']],
    [0x1d, ['upload of a block', 'other']],
    [0x28, ['program invocation', 'program']],
    [0x29, ['plc stop', 'stop']],
  ]);
const WRITE = 0x05;
/** Areas of memory. */
const AREAS: ReadonlyMap<number, string> = new Map([
  [0x81, 'I'],
  [0x82, 'Q'],
  [0x83, 'M'],
  [0x84, 'DB'],
]);

export const s7comm: DialogueKind = {
  id: 's7comm',
  begins: (bytes) => parseTpkt(bytes).kind === 'ok',
  start(tell): Dialogue {
    return {
      said(side, bytes, context) {
        if (side === 'server') return true;
        for (const operation of jobsIn(bytes)) tellOperation(tell, context, operation);
        return true;
      },
    };
  },
};

type Told = Pick<Operation, 'protocol' | 'name' | 'effect' | 'object'>;

function* jobsIn(bytes: Uint8Array): Generator<Told> {
  for (let rest = bytes, count = 0; count < MESSAGES; count += 1) {
    const next = parseTpkt(rest);
    if (next.kind !== 'ok') return;
    rest = rest.subarray(next.size);
    const told = next.value.type === DATA ? readJob(next.value.data) : undefined;
    if (told !== undefined) yield told;
  }
}

function readJob(data: Uint8Array): Told | undefined {
  const reader = new Reader(data);
  const isJob = reader.u8() === S7 && reader.u8() === JOB;
  reader.skip(4);
  const size = reader.u16();
  reader.skip(2);
  const parameters = reader.take(size);
  const code = parameters[0] ?? 0;
  const known = isJob && !reader.failed ? FUNCTIONS.get(code) : undefined;
  if (known === undefined) return undefined;
  const [name, effect] = known;
  const object = code === WRITE ? variableIn(parameters) : namesIn(parameters);
  return { protocol: 's7comm', name, effect, object };
}

/** The first item: `DB1.DBX0.0` (any-type addressing: 12 0a 10, type, length, block, area, bit). */
function variableIn(parameters: Uint8Array): string {
  const reader = new Reader(parameters);
  reader.skip(2);
  const isAny = reader.u8() === 0x12 && reader.u8() === 0x0a && reader.u8() === 0x10;
  reader.skip(3);
  const block = reader.u16();
  const area = AREAS.get(reader.u8());
  const bit = reader.u24();
  if (!isAny || reader.failed || area === undefined) return 'variable';
  const place = `${Math.floor(bit / 8)}.${bit % 8}`;
  return area === 'DB' ? `DB${block}.DBX${place}` : `${area}${place}`;
}

/** Names of blocks and services are of letters, digits and a mark. */
function namesIn(parameters: Uint8Array): string {
  return /[A-Z_][A-Z0-9_]{2,15}/.exec(latin1(parameters.subarray(0, 64)))?.[0] ?? 'program';
}
