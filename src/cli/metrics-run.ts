import { renameSync, statSync, writeFileSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import { loadConfig } from '../io/config.ts';
import { prometheusInput } from '../io/deliver/prometheus-input.ts';
import { withSession } from '../io/site/session.ts';
import { prometheusText } from '../reports/prometheus/prometheus.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

export function runMetrics(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
    const text = prometheusText(
      prometheusInput({
        store: session.store,
        site: session.site(),
        settings,
        version: VERSION,
        name: input.text('site') ?? 'default',
        devices: input.flag('devices'),
        folder: shell.dataFolder ?? shell.env['PORTOLAN_DATA'],
        ...sizeOf(session.store.location),
      }),
    );
    const file = input.text('output');
    if (file !== undefined) write(file, text);
    else shell.out(shell.json ? jsonDocument('metrics', { prometheus: text }) : text);
    return 0;
  });
}

function sizeOf(file: string): { readonly databaseBytes?: number } {
  try {
    return { databaseBytes: statSync(file).size };
  } catch {
    // A store that is not kept has none.
    return {};
  }
}

/** Whole or not at all: whoever collects it may read at any time. */
function write(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o644 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PortolanError('E_OUTPUT', `${file} cannot be written: ${why}`, {
      remedy: 'Choose another place: -o FILE',
      cause: error,
    });
  }
}
