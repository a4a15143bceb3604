import type { AlertEvent } from '../model/alert-event.ts';

/** What happened, in a few words: `told by mail, ntfy`, `acknowledged: it is the installer`. */
export function eventText(event: AlertEvent): string {
  if (event.kind === 'told' && event.to !== undefined) {
    if (event.to.length === 0) return 'not told: no channel is configured for it';
    return `told by ${event.to.join(', ')}`;
  }
  const note = 'note' in event && event.note !== '' ? `: ${event.note}` : '';
  return `${event.kind}${note}`;
}
