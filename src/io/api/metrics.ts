import { statSync } from 'node:fs';
import { prometheusText } from '../../reports/prometheus/prometheus.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { prometheusInput } from '../deliver/prometheus-input.ts';

/** `GET /metrics`. @param devices also series of each device, by its id */
export function metricsText(context: DaemonContext, devices: boolean): string {
  const { session, config, version } = context;
  const { store } = session;
  return prometheusText(
    prometheusInput({
      store,
      site: context.site().site,
      settings: config.settings,
      version,
      name: context.status().site.name,
      devices,
      ...sizeOf(store.location),
    }),
  );
}

function sizeOf(file: string): { readonly databaseBytes?: number } {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? {} : { databaseBytes: found.size };
}
