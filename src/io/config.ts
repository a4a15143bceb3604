import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseQuietHours } from '../alerts/quiet.ts';
import { parseNetwork } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { notifiers } from '../notifiers/index.ts';
import { offsetOf } from './config-position.ts';
import {
  retentionSettings,
  SCHEDULE_KEYS,
  schedulesSettings,
  timeZoneSetting,
} from './daemon/schedule-settings.ts';
import {
  channelsSettings,
  keysOfChannel,
  routesSettings,
  strayRoute,
} from './deliver/channel-settings.ts';

const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: 'is not a network such as 192.168.1.0/24',
});

/** One word, so that `zone:NAME` is one. */
const zoneName = z.string().regex(/^[\w.-]{1,40}$/, {
  error: 'is no name of a zone: letters, digits, . _ and - only',
});

/** Every setting that has an effect, and no other: an unknown key is an error with a suggestion. */
const Settings = z.strictObject({
  version: z.literal(1).default(1),
  /** What this site is called, where several are looked at; empty for the name of this machine. */
  site: z.string().max(60).default(''),
  /** Networks that may be scanned; by default the private ones that this machine is attached to. */
  scope: z.array(network).default([]),
  /** Never a packet to these, whatever a command says. */
  never_touch: z.array(network).default([]),
  /** Names for networks, as targets: `zone:iot`. */
  zones: z.record(zoneName, z.array(network)).default({}),
  pace: z.enum(['gentle', 'polite', 'normal', 'fast']).default('polite'),
  ports: z.string().default('iot'),
  /** Files of keys of which one must have signed a feed that is imported; empty: none is asked. */
  feed_signers: z.array(z.string().min(1)).default([]),
  /** Of the local day: what is not critical is told when they are over. */
  quiet_hours: z
    .string()
    .refine((text) => text === '' || parseQuietHours(text) !== undefined, {
      error: 'is no span of the day such as 22:00-07:00',
    })
    .default(''),
  /** Where notices can be sent; secrets are in files of their own. */
  channels: channelsSettings.default({}),
  /** Which alerts go to which channels; without a rule every one goes to all. */
  alerts: routesSettings.default([]),
  /** What the daemon does by itself, and when. */
  schedules: schedulesSettings.default([]),
  /** In which the times of schedules are meant; empty for this machine's own. */
  time_zone: timeZoneSetting.default(''),
  /** How long what is kept. */
  retention: retentionSettings.default({ flows_days: 90, reports: 30, packets_days: 7 }),
});

export type Settings = z.infer<typeof Settings>;

export interface LoadedConfig {
  readonly settings: Settings;
  /** Setting → file or variable that it comes from; a default has none. */
  readonly origins: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

export function configSchema(): object {
  return z.toJSONSchema(Settings);
}

export interface ConfigSource {
  /** From `--config`; `none` reads no file. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Later ones win: the system's, the user's, the environment (`PORTOLAN_PACE=gentle`). */
export function loadConfig({ file, env }: ConfigSource): LoadedConfig {
  const files =
    file === undefined ? usualFiles(env).filter(existsSync) : file === 'none' ? [] : [file];
  const origins: Record<string, string> = {};
  let merged: Record<string, unknown> = {};
  for (const name of files) {
    const read = readConfig(name);
    merged = { ...merged, ...read };
    for (const key of Object.keys(read)) origins[key] = name;
  }
  for (const [key, value] of Object.entries(fromEnvironment(env))) {
    merged[key] = value;
    origins[key] = `PORTOLAN_${key.toUpperCase()}`;
  }
  const parsed = Settings.safeParse(merged);
  if (parsed.success) {
    refuseStrayRoute(parsed.data, origins);
    return { settings: parsed.data, origins, files };
  }
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  throw new PortolanError(
    'E_CONFIG',
    `${origins[key] ?? 'configuration'}: ${key} ${issue?.message ?? ''}`,
    {
      remedy: 'See what is allowed: portolan config schema',
    },
  );
}

/** Rules and channels may stand in different files, so it is asked when all are read. */
function refuseStrayRoute({ alerts, channels }: Settings, origins: LoadedConfig['origins']): void {
  const stray = strayRoute(alerts, channels);
  if (stray === undefined) return;
  const where = `${origins['alerts'] ?? 'configuration'}: alerts.${stray.index}.to`;
  throw new PortolanError('E_CONFIG', `${where}: ${stray.problem}`, {
    remedy: 'Name channels that are there: portolan config show',
  });
}

function usualFiles(env: ConfigSource['env']): string[] {
  const own = env['XDG_CONFIG_HOME'] ?? homeConfig();
  const all = own === undefined ? [] : [join(own, 'portolan', 'portolan.yaml')];
  return ['/etc/portolan/portolan.yaml', ...all];
}

/** Undefined for a user without a home: a number without a name, as containers have it. */
function homeConfig(): string | undefined {
  try {
    return join(homedir(), '.config');
  } catch {
    return undefined;
  }
}

/** What is more than a word or a list of words. */
const NOT_FROM_ENVIRONMENT = ['version', 'zones', 'channels', 'alerts', 'schedules', 'retention'];

function fromEnvironment(env: ConfigSource['env']): Partial<Settings> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(Settings.shape)) {
    const value = env[`PORTOLAN_${key.toUpperCase()}`];
    if (value === undefined || NOT_FROM_ENVIRONMENT.includes(key)) continue;
    result[key] = key === 'scope' || key === 'never_touch' ? value.split(',') : value;
  }
  return result;
}

/** @throws PortolanError E_CONFIG, with file, line and column */
function readConfig(file: string): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const lineAndColumn = (at: number): string => {
    const { line, col } = lines.linePos(at);
    return `${file}:${line}:${col}`;
  };
  const error = document.errors[0];
  if (error !== undefined)
    throw broken(lineAndColumn(error.pos[0]), error.message.split('\n', 1)[0] ?? '');
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (value === null) return {};
  const parsed = Settings.partial().safeParse(value);
  if (parsed.success) return onlyGiven(value);

  const { issues } = parsed.error;
  // A word that is wrong explains the one that is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw broken(lineAndColumn(offsetOf(document, issue?.path ?? [], key)), explain(issue, value));
}

function onlyGiven(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function explain(issue: z.core.$ZodIssue | undefined, value: unknown): string {
  if (issue === undefined) return 'is not a configuration';
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const of = name === '' ? '' : ` of ${name}`;
    return `unknown setting "${key}"${of}${didYouMean(key, keysAt(issue.path, value))}`;
  }
  const given = String(valueAt(issue.path, value));
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return `${name}: "${given}" is not one of ${allowed.join(', ')}${didYouMean(given, allowed)}`;
  }
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'type') {
    const types = notifiers.all.map(({ id }) => id);
    return `${name}: "${given}" is not one of ${types.join(', ')}${didYouMean(given, types)}`;
  }
  if (issue.code === 'invalid_type' && valueAt(issue.path, value) === undefined) {
    return `${name} is missing`;
  }
  return `${name}: ${issue.message}`;
}

/** What may stand there. */
function keysAt(path: readonly PropertyKey[], value: unknown): readonly string[] {
  if (path.length === 0) return Object.keys(Settings.shape);
  switch (path[0]) {
    case 'channels':
      return keysOfChannel(valueAt([...path, 'type'], value));
    case 'schedules':
      return SCHEDULE_KEYS;
    case 'retention':
      return Object.keys(retentionSettings.shape);
    default:
      return ['when', 'to'];
  }
}

function valueAt(path: readonly PropertyKey[], value: unknown): unknown {
  let at = value;
  for (const step of path) at = Object(at)[step];
  return at;
}

function didYouMean(word: string, choices: readonly string[]): string {
  const best = closest(word, choices);
  return best === undefined ? '' : `. Did you mean "${best}"?`;
}

function broken(where: string, why: string): PortolanError {
  return new PortolanError('E_CONFIG', `${where}: ${why}`, {
    remedy: 'Correct that line, or run without the file: --config none',
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PortolanError('E_CONFIG', `The configuration ${file} cannot be read`, {
      remedy: 'Check its name and its permissions, or run without it: --config none',
      cause: error,
    });
  }
}
