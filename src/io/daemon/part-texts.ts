import type { ScanView } from '../../model/api/daemon.ts';
import type { Condition } from './check-up.ts';
import type { PartState } from './part-state.ts';
import type { Spool } from './spool.ts';

export function describeStore(
  part: PartState,
  { trouble, waiting, dropped }: Spool,
  condition: Condition | undefined,
): void {
  const lost = dropped === 0 ? '' : `; ${dropped} were dropped for want of room`;
  if (condition?.kind === 'damaged') {
    const { message, remedy } = condition.error;
    const text = `${message}. Nothing is written to it any more: ${waiting} records wait in memory${lost}`;
    part.set('failed', text, remedy);
  } else if (trouble !== undefined) {
    const text = `${trouble.message}. ${waiting} records wait in memory${lost}`;
    part.set('degraded', text, trouble.remedy);
  } else if (waiting > 0) {
    part.set('degraded', `${waiting} records that waited are being stored${lost}`);
  } else if (condition !== undefined) part.set('degraded', `${condition.text}${lost}`);
  else part.set('ok', `The store takes everything${lost}`);
}

/** A scan that failed is told until the next one is under way. */
export function describeScans(part: PartState, running: readonly ScanView[]): void {
  const [first] = running;
  if (first === undefined) {
    if (part.status().state === 'ok') part.set('ok', 'No scan is under way');
    return;
  }
  const more = running.length > 1 ? `, ${running.length - 1} wait` : '';
  part.set('ok', `Scan ${first.id} is under way${more}`);
}
