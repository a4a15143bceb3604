import { AlertBook } from '../../alerts/book.ts';
import { contains, parseAddress, parseNetwork } from '../../base/address.ts';
import type { Severity } from '../../model/core.ts';
import type { Site } from '../../model/site.ts';
import type { PrometheusInput, SensorFigures } from '../../reports/prometheus/prometheus.ts';
import type { Settings } from '../config.ts';
import type { Store } from '../store/store.ts';

export interface PrometheusOptions {
  readonly store: Pick<Store, 'alerts' | 'outbox' | 'flows'>;
  readonly site: Site;
  readonly settings: Pick<Settings, 'zones'>;
  readonly version: string;
  readonly name: string;
  /** Also series of each device. */
  readonly devices: boolean;
  readonly databaseBytes?: number;
  /** Of who captures itself; without it the newest conversations say when each sensor saw something. */
  readonly sensors?: readonly SensorFigures[];
}

/** Newest conversations that are looked at for their sensors. */
const LATELY = 1000;

/** Gathers from the store what Prometheus is told. */
export function prometheusInput(options: PrometheusOptions): PrometheusInput {
  const { store, site, version, name, devices, databaseBytes } = options;
  const events = [...store.alerts()];
  const opened = new Map<string, { type: string; severity: Severity; count: number }>();
  for (const event of events) {
    if (event.kind !== 'opened') continue;
    const { severity } = event;
    const { type } = event.signal;
    const key = `${severity} ${type}`;
    opened.set(key, { type, severity, count: (opened.get(key)?.count ?? 0) + 1 });
  }
  return {
    version,
    name,
    site,
    devices,
    zoneOf: (address) => zoneOf(address, options.settings.zones),
    alerts: [...new AlertBook(events).open()].map(({ alert }) => alert),
    opened: [...opened.values()],
    notifications: store.outbox.totals(),
    undelivered: store.outbox
      .counts()
      .flatMap(({ channel, state, count }) =>
        state === 'waiting' || state === 'parked' ? [{ channel, state, count }] : [],
      ),
    sensors: options.sensors ?? sensorsOf(store),
    ...(databaseBytes === undefined ? {} : { databaseBytes }),
  };
}

function zoneOf(text: string, zones: Settings['zones']): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const found = Object.entries(zones).find(([, networks]) =>
    networks.some((network) => {
      const parsed = parseNetwork(network);
      return parsed !== undefined && contains(parsed, address);
    }),
  );
  return found?.[0];
}

function sensorsOf(store: Pick<Store, 'flows'>): readonly SensorFigures[] {
  const newest = new Map<string, number>();
  for (const { observer, lastSeen } of store.flows({ limit: LATELY })) {
    newest.set(observer, Math.max(newest.get(observer) ?? 0, lastSeen));
  }
  return [...newest].map(([sensor, lastSeen]) => ({ sensor, lastSeen }));
}
