import type { Certainty } from '../model/core.ts';
import { BEGUN, TCP } from './flow-state.ts';
import { carrierOf } from './flow-view.ts';
import type { Recogniser } from './recognise.ts';
import type { Settled } from './settled.ts';
import { hinted } from './settled.ts';
import type { FlowTable } from './table.ts';

/** From here on ports are given to whoever calls. */
const CALLERS = 32_768;

/**
 * Of a stream that was open before we listened and of which one side was understood, which may be
 * either: systems give callers a high port (from 32768 in Linux, 49152 in RFC 6335 §6).
 */
export function seemsTurned({ records }: FlowTable, record: number, certainty: Certainty): boolean {
  const isOpenEnded = records.protocol(record) === TCP && (records.state(record) & BEGUN) === 0;
  if (!isOpenEnded || certainty === 'proved') return false;
  const side = records.sourceSide(record);
  return records.port(record, side) < CALLERS && records.port(record, 1 - side) >= CALLERS;
}

/** Where nothing was said, the port may hint at what would have been. */
export function hintOf(
  table: FlowTable,
  record: number,
  recogniser: Recogniser,
): Settled | undefined {
  const { records } = table;
  if (records.octets(record, 0) + records.octets(record, 1) > 0) return undefined;
  const transport = carrierOf(table, record);
  if (transport === 'other') return undefined;
  const port = records.port(record, 1 - records.sourceSide(record));
  const usual = recogniser.usualOn(transport, port);
  return usual === undefined ? undefined : hinted(usual, transport);
}
