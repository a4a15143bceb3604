import { AlertBook } from '../../alerts/book.ts';
import { contains, parseAddress, parseNetwork } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import type { Severity } from '../../model/core.ts';
import type { DeviceState } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import type {
  FlowFigure,
  PrometheusInput,
  RollbackReason,
  SensorFigures,
} from '../../reports/prometheus/prometheus.ts';
import type { Settings } from '../config.ts';
import { loadPolicy, policyPath } from '../policy-file.ts';
import type { Store } from '../store/store.ts';

export interface PrometheusOptions {
  readonly store: Pick<Store, 'alerts' | 'outbox' | 'flows' | 'auditLog'>;
  readonly site: Site;
  readonly settings: Pick<Settings, 'zones'>;
  readonly version: string;
  readonly name: string;
  /** Also series of each device. */
  readonly devices: boolean;
  readonly databaseBytes?: number;
  /** Data folder, in which the policy is. */
  readonly folder: string | undefined;
  /** Of who captures itself; of others the newest conversations say when they saw something. */
  readonly sensors?: readonly SensorFigures[];
  /** Of who counts conversations as they end. */
  readonly flows?: readonly FlowFigure[];
  readonly wouldBlock?: number | undefined;
}

/** Newest conversations that are looked at for their sensors. */
const LATELY = 1000;

/** Gathers from the store what Prometheus is told. */
export function prometheusInput(options: PrometheusOptions): PrometheusInput {
  const { store, site, version, name, devices, databaseBytes, flows, wouldBlock } = options;
  const events = [...store.alerts()];
  const policyStates = policyStatesIn(options.folder);
  return {
    version,
    name,
    site,
    devices,
    zoneOf: (address) => zoneOf(address, options.settings.zones),
    alerts: [...new AlertBook(events).open()].map(({ alert }) => alert),
    opened: openedOf(events),
    notifications: store.outbox.totals(),
    undelivered: store.outbox
      .counts()
      .flatMap(({ channel, state, count }) =>
        state === 'waiting' || state === 'parked' ? [{ channel, state, count }] : [],
      ),
    rollbacks: rollbacksOf(store),
    sensors: sensorsOf(store, options.sensors ?? []),
    ...(flows === undefined ? {} : { flows }),
    ...(wouldBlock === undefined ? {} : { wouldBlock }),
    ...(policyStates === undefined ? {} : { policyStates }),
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

function openedOf(events: readonly AlertEvent[]): PrometheusInput['opened'] {
  const opened = new Map<string, { type: string; severity: Severity; count: number }>();
  for (const event of events) {
    if (event.kind !== 'opened') continue;
    const { severity } = event;
    const { type } = event.signal;
    const key = `${severity} ${type}`;
    opened.set(key, { type, severity, count: (opened.get(key)?.count ?? 0) + 1 });
  }
  return [...opened.values()];
}

/** What a sensor says of itself is better than what its conversations say of it. */
function sensorsOf(
  store: Pick<Store, 'flows'>,
  own: readonly SensorFigures[],
): readonly SensorFigures[] {
  const sensors = new Map<string, SensorFigures>();
  for (const { observer: sensor, lastSeen } of store.flows({ limit: LATELY })) {
    const before = sensors.get(sensor)?.lastSeen ?? 0;
    sensors.set(sensor, { sensor, lastSeen: Math.max(before, lastSeen) });
  }
  for (const one of own) sensors.set(one.sensor, { ...sensors.get(one.sensor), ...one });
  return [...sensors.values()];
}

/** Undefined where there is no policy, or none that can be read. */
function policyStatesIn(folder: string | undefined): readonly DeviceState[] | undefined {
  try {
    const { policy } = loadPolicy(policyPath(folder));
    return Object.values(policy.endpoints).flatMap((endpoint) =>
      endpoint.kind === 'device' ? [endpoint.state] : [],
    );
  } catch (error) {
    if (error instanceof PortolanError) return undefined;
    throw error;
  }
}

/** By what whoever applies writes to the audit log: `rolled-back PTL-C-… on …`, `rollback of PTL-C-…`. */
function rollbacksOf(store: Pick<Store, 'auditLog'>): Readonly<Record<RollbackReason, number>> {
  const counts = { 'not-confirmed': 0, 'taken-back': 0 };
  for (const { what, why } of store.auditLog()) {
    if (what.startsWith('rolled-back PTL-C-')) counts['not-confirmed'] += 1;
    else if (what.startsWith('confirmed PTL-C-') && why.startsWith('rollback of PTL-C-')) {
      counts['taken-back'] += 1;
    }
  }
  return counts;
}
