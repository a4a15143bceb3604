import { statSync } from 'node:fs';
import type { StatusView } from '../../model/api/daemon.ts';
import type { SensorFigures } from '../../reports/prometheus/prometheus.ts';
import { prometheusText } from '../../reports/prometheus/prometheus.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { prometheusInput } from '../deliver/prometheus-input.ts';

/** `GET /metrics`. @param devices also series of each device, by its id */
export function metricsText(context: DaemonContext, devices: boolean): string {
  const { session, config, version } = context;
  const { store } = session;
  const { site, capture } = context.status();
  return prometheusText(
    prometheusInput({
      store,
      site: context.site().site,
      settings: config.settings,
      version,
      name: site.name,
      devices,
      folder: context.world.dataFolder ?? context.world.env['PORTOLAN_DATA'],
      flows: context.flows?.counts() ?? [],
      wouldBlock: context.flows?.wouldBlock(),
      ...(capture === undefined ? {} : { sensors: [sensorOf(capture)] }),
      ...sizeOf(store.location),
    }),
  );
}

function sensorOf(capture: NonNullable<StatusView['capture']>): SensorFigures {
  const { interface: sensor, packets, dropped, bytes, lastPacketAt, clockOffset } = capture;
  return {
    sensor,
    packets,
    dropped,
    ...(bytes === undefined ? {} : { bytes }),
    ...(lastPacketAt === undefined ? {} : { lastSeen: lastPacketAt }),
    ...(clockOffset === undefined ? {} : { clockOffsetSeconds: clockOffset }),
  };
}

function sizeOf(file: string): { readonly databaseBytes?: number } {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? {} : { databaseBytes: found.size };
}
