import type { AlertEvent } from '../../model/alert-event.ts';
import type { AlertStore } from '../alerts/keeper.ts';
import type { Spool } from './spool.ts';

/** Events that wait for the store at most. */
const WAITING = 20_000;

/**
 * The log of alerts as the daemon keeps it. What it finds itself waits where the store cannot take
 * it; what a person does is stored before it is answered, or refused.
 */
export function alertStore(store: AlertStore, spool: Spool): AlertStore {
  const put = spool.lane<AlertEvent>({
    cap: WAITING,
    write: (events) => store.appendAlerts(events),
  });
  return {
    location: store.location,
    alerts: (subject) => store.alerts(subject),
    alertsAfter: (number) => store.alertsAfter(number),
    appendAlerts: (events) => {
      const isOurs = events.every(({ by }) => by === 'portolan');
      if (isOurs) return put(events);
      // Behind what waits: the order is the meaning of a log.
      spool.flush();
      store.appendAlerts(events);
    },
  };
}
