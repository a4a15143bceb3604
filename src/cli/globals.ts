import type { Option } from './command.ts';

/** Accepted by every command, before and after its name. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { flags: '--json', help: 'print one JSON document with a versioned schema' },
  { flags: '-q, --quiet', help: 'results only: no progress, no hints' },
  { flags: '-v, --verbose', help: 'say more about what is done' },
  { flags: '--debug', help: 'print stack traces of errors' },
  { flags: '--no-color', help: 'no colour (also NO_COLOR, and whenever output is piped)' },
  { flags: '--accessible', help: 'sentences only: no box drawing, nothing that moves' },
  { flags: '--utc', help: 'print times in UTC' },
  { flags: '--config <file>', help: 'read this configuration file and no other; "none" for none' },
  { flags: '--data <folder>', help: 'keep the database here' },
];

export interface Globals {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly color: boolean;
  readonly accessible: boolean;
  readonly utc: boolean;
  readonly config: string | undefined;
  readonly data: string | undefined;
}

export function globalsOf(options: Readonly<Record<string, unknown>>): Globals {
  const on = (name: string): boolean => options[name] === true;
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    json: on('json'),
    quiet: on('quiet'),
    verbose: on('verbose'),
    debug: on('debug'),
    color: options['color'] !== false,
    accessible: on('accessible'),
    utc: on('utc'),
    config: text('config'),
    data: text('data'),
  };
}
