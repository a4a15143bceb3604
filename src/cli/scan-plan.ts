import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import type { AddressRange } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { eachPort } from '../base/port-set.ts';
import type { Settings } from '../io/config.ts';
import { links } from '../io/discover/interfaces.ts';
import type { Ports } from '../io/scan/ports.ts';
import { namedPorts, readPorts, whyAsked } from '../io/scan/ports.ts';
import type { ScanPlan } from '../io/scan/scan-types.ts';
import { checkTargets, defaultTargets, scopeOf } from '../io/scan/scope.ts';
import type { Targets } from '../io/scan/targets.ts';
import { readTargets, targetWords } from '../io/scan/targets.ts';
import type { Pace } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { spelledOut } from './scan-targets.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

const PACES: readonly Pace[] = ['gentle', 'polite', 'normal', 'fast'];

/**
 * What was typed and configured → what is going to be done. Nothing is sent but DNS queries for names.
 *
 * @param site what is believed now; asked only where a device is named
 */
export async function planFrom(
  input: Input,
  settings: Settings,
  id: string,
  site: () => Site,
): Promise<ScanPlan> {
  const scope = scopeOf({
    wanted: await ranges([...settings.scope, ...input.list('scope')]),
    exclude: await ranges([
      ...settings.never_touch,
      ...spelledOut(input.list('exclude'), settings.zones, site),
    ]),
    ...reason(input),
  });
  const typed = [
    ...input.args,
    ...input.list('targetsFile').flatMap((file) => targetWords(readLines(file))),
  ];
  const words = spelledOut(typed, settings.zones, site);
  const named = await targetsOf(words);
  const targets =
    words.length > 0 ? named.ranges : fallback(settings, await ranges(settings.scope));
  checkTargets(targets, scope);
  const { tcp, udp } = portsOf(input.text('ports') ?? settings.ports);
  return {
    id,
    targets,
    ...(named.zones.length > 0 ? { zones: named.zones } : {}),
    scope,
    tcp,
    udp,
    pace: PACES.find((pace) => pace === input.text('pace')) ?? settings.pace,
    assumeUp: input.flag('assumeUp'),
    discoverOnly: input.flag('discoverOnly'),
    read: !input.flag('greetOnly'),
  };
}

function reason(input: Input): { reason: string } | object {
  const text = input.text('iAmAuthorised');
  return text === undefined ? {} : { reason: text };
}

function fallback(
  settings: Settings,
  configured: readonly AddressRange[],
): readonly AddressRange[] {
  return settings.scope.length > 0 ? configured : defaultTargets();
}

/** @throws PortolanError E_TARGET */
export async function ranges(words: readonly string[]): Promise<readonly AddressRange[]> {
  return (await targetsOf(words)).ranges;
}

/** @throws PortolanError E_TARGET where an interface after % is none of this machine's */
async function targetsOf(words: readonly string[]): Promise<Pick<Targets, 'ranges' | 'zones'>> {
  if (words.length === 0) return { ranges: [], zones: [] };
  const found = await readTargets(words, resolve);
  const names = new Set(links().map(({ name }) => name));
  const missing = found.zones.find((zone) => !names.has(zone));
  if (missing === undefined) return found;
  throw new PortolanError('E_TARGET', `There is no interface "${missing}" on this machine`, {
    remedy: `After % stands one of: ${[...names].join(', ')}`,
  });
}

/** A name is looked up once; what it resolves to is what is checked and connected to. */
async function resolve(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function portsOf(text: string): Ports {
  return /^[a-z]/.test(text) ? namedPorts(text) : readPorts(text);
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
