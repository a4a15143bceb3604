import { readFileSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import { eachPort } from '../base/port-set.ts';
import type { Settings } from '../io/config.ts';
import { whyAsked } from '../io/scan/ports.ts';
import type { ScanPlan } from '../io/scan/scan-types.ts';
import { targetWords } from '../io/scan/targets.ts';
import { makeScanPlan, portsOf } from '../io/site/scan-plan.ts';
import type { Pace } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

const PACES: readonly Pace[] = ['gentle', 'polite', 'normal', 'fast'];

/**
 * What was typed and configured → what is going to be done. Nothing is sent but DNS queries for names.
 *
 * @param site what is believed now; asked only where a device is named
 */
export function planFrom(
  input: Input,
  settings: Settings,
  id: string,
  site: () => Site,
): Promise<ScanPlan> {
  const [reason, ports] = [input.text('iAmAuthorised'), input.text('ports')];
  const pace = PACES.find((one) => one === input.text('pace'));
  const words = {
    targets: [
      ...input.args,
      ...input.list('targetsFile').flatMap((file) => targetWords(readLines(file))),
    ],
    exclude: input.list('exclude'),
    scope: input.list('scope'),
    ...(reason === undefined ? {} : { reason }),
    ...(ports === undefined ? {} : { ports }),
    ...(pace === undefined ? {} : { pace }),
    assumeUp: input.flag('assumeUp'),
    discoverOnly: input.flag('discoverOnly'),
    greetOnly: input.flag('greetOnly'),
  };
  return makeScanPlan(words, settings, id, site);
}

export function listPorts(shell: Shell, input: Input): number {
  const { tcp, udp } = portsOf(input.text('ports') ?? 'iot');
  const rows = [
    ...[...eachPort(tcp)].map((port) => ({ port, transport: 'tcp' as const })),
    ...[...eachPort(udp)].map((port) => ({ port, transport: 'udp' as const })),
  ].map((row) => ({ ...row, why: whyAsked(row.transport, row.port) ?? '' }));
  if (rows.length > 5000 && !shell.json) {
    throw new PortolanError('E_USAGE', `${rows.length} ports are too many to list`, {
      remedy: 'Add --json, or list a named set: portolan scan --list-ports --ports iot',
    });
  }
  shell.out(
    shell.json
      ? jsonDocument('scan-ports', { items: rows })
      : table<(typeof rows)[number]>(
          shell,
          [
            {
              title: 'Port',
              value: ({ port, transport }) => `${port}/${transport}`,
              align: 'right',
            },
            { title: 'Why', value: ({ why }) => why },
          ],
          rows,
        ),
  );
  return 0;
}

/** Lines of a file or of standard input. */
function readLines(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new PortolanError('E_INPUT_UNREADABLE', `The target file ${file} cannot be read`, {
      remedy: 'Check its name and its permissions',
      cause: error,
    });
  }
}
