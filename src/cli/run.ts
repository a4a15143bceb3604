import { setMaxListeners } from 'node:events';
import { Command as Commander, CommanderError } from 'commander';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import type { Command, Input, Option } from './command.ts';
import type { Globals } from './globals.ts';
import { GLOBAL_OPTIONS, globalsOf } from './globals.ts';
import { helpOf, overview } from './help.ts';
import { nmapSpelling } from './nmap-spelling.ts';
import { VERSION } from './product.ts';
import { processShell } from './terminal.ts';
import { topic } from './topics.ts';

/** Conventional statuses of a process that a signal ended (128 + 2, 128 + 15). */
const INTERRUPTED = 130;
const TERMINATED = 143;

/** Parses, runs and reports: the one place where an error becomes a status. */
export async function runCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
): Promise<number> {
  if (argv.length === 0) return print(overview(commands));
  let globals = globalsOf({});
  let status = 0;
  const program = newProgram(commands);
  for (const command of commands) {
    register(program, command).action(async (...given: unknown[]) => {
      const { args, options } = typed(given);
      const before = program.opts();
      // A negated option is true by default, so the later one must not outrank the earlier.
      const color = before['color'] !== false && options['color'] !== false;
      globals = globalsOf({ ...before, ...options, color });
      status = await runOne(command, globals, args, options);
    });
  }
  try {
    await program.parseAsync(nmapSpelling(argv), { from: 'user' });
    return status;
  } catch (error) {
    const spoken = spokenTo(commands, argv);
    if (spoken?.failed !== undefined && !isHelp(error)) return spoken.failed(messageOf(error));
    return report(error, {
      ...globals,
      debug: argv.includes('--debug'),
      json: argv.includes('--json'),
    });
  }
}

/** The command that was meant, where commander did not come so far as to say. */
function spokenTo(commands: readonly Command[], argv: readonly string[]): Command | undefined {
  const name = argv.find((word) => commands.some((command) => command.name === word));
  return commands.find((command) => command.name === name);
}

/** commander ends so where it printed help or a version. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error: /, '');
}

function newProgram(commands: readonly Command[]): Commander {
  const program = new Commander('portolan')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: (text) => process.stdout.write(text) })
    .version(`portolan ${VERSION}`, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions(false);
  program.helpInformation = () => overview(commands);
  addOptions(program, GLOBAL_OPTIONS);
  program.command('help [topic]').action((name: string | undefined) => {
    process.stdout.write(helpTopic(commands, name));
  });
  return program;
}

function helpTopic(commands: readonly Command[], name: string | undefined): string {
  if (name === undefined) return overview(commands);
  const command = commands.find((one) => one.name === name);
  return command === undefined ? topic(name) : helpOf(command, true);
}

function register(program: Commander, command: Command): Commander {
  const sub = program.command(
    [command.name, ...(command.args ?? []).map(({ form }) => form)].join(' '),
  );
  addOptions(sub, command.options ?? []);
  addOptions(sub, GLOBAL_OPTIONS);
  // Only beside --help; a command may have an --all of its own.
  if (!sub.options.some(({ long }) => long === '--all')) sub.option('--all');
  sub.helpInformation = () => helpOf(command, process.argv.includes('--all'));
  return sub.description(command.summary);
}

function addOptions(target: Commander, options: readonly Option[]): void {
  for (const { flags, help, choices, default: fallback, many } of options) {
    const option = target.createOption(flags, help);
    if (choices !== undefined) option.choices([...choices]);
    if (many === true) {
      option.argParser((value: string, before: unknown) =>
        Array.isArray(before) ? [...before.map(String), value] : [value],
      );
    }
    if (fallback !== undefined) option.default(fallback);
    target.addOption(option);
  }
}

/** commander calls an action with the arguments, then the options, then the command. */
function typed(given: readonly unknown[]): { args: string[]; options: Record<string, unknown> } {
  const options = given.at(-2);
  const args = given.slice(0, -2).flatMap((value) => (value === undefined ? [] : value));
  return {
    args: args.map(String),
    options: typeof options === 'object' && options !== null ? { ...options } : {},
  };
}

function inputOf(args: readonly string[], options: Readonly<Record<string, unknown>>): Input {
  const list = (name: string): readonly string[] => {
    const value = options[name];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'string' ? [value] : [];
  };
  return { args, list, text: (name) => list(name).at(-1), flag: (name) => options[name] === true };
}

async function runOne(
  command: Command,
  globals: Globals,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const stop = new AbortController();
  // Each of a scan's many sockets and helpers listens to it: more than ten is no leak.
  setMaxListeners(0, stop.signal);
  let ended = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ended !== 0) process.exit(ended);
    ended = signal === 'SIGINT' ? INTERRUPTED : TERMINATED;
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const status = await command.run(processShell(globals, stop.signal), inputOf(args, options));
    return ended === 0 ? status : ended;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function report(error: unknown, globals: Globals): number {
  if (error instanceof CommanderError) return usage(error);
  const known = error instanceof PortolanError ? error : bug(error);
  const status = known.exitStatus;
  if (globals.json) {
    const { code, message, remedy } = known;
    process.stderr.write(
      `${JSON.stringify({ schema: 'portolan/error/v1', code, message, remedy, status })}\n`,
    );
  } else {
    process.stderr.write(
      `portolan: ${forTerminal(known.message)}  [${known.code}] exit ${status}\n${caret(known)}    ${forTerminal(known.remedy)}\n`,
    );
  }
  if (globals.debug) process.stderr.write(`${traces(known)}\n`);
  return status;
}

/** Characters of what was typed that are shown on either side of the place. */
const AROUND = 60;

/** What was typed, and a caret below the place that is wrong. */
function caret({ excerpt }: PortolanError): string {
  if (excerpt === undefined) return '';
  const from = Math.max(0, excerpt.at - AROUND);
  const before = forTerminal(excerpt.text.slice(from, excerpt.at));
  const after = forTerminal(excerpt.text.slice(excerpt.at, excerpt.at + AROUND));
  return `      ${before}${after}\n      ${' '.repeat(before.length)}^\n`;
}

function traces(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${error.cause.stack ?? ''}` : '';
  return forEachLine(`${error.stack ?? ''}${cause}`);
}

function forEachLine(text: string): string {
  return text.split('\n').map(forTerminal).join('\n');
}

function bug(error: unknown): PortolanError {
  const message = error instanceof Error ? error.message : String(error);
  return new PortolanError('E_BUG', `internal error (a bug in portolan): ${message}`, {
    remedy: 'Run the command again with --debug and report what it prints',
    cause: error,
  });
}

/** Help and version end here with 0; a wrong word with 2 and, where there is one, a suggestion. */
function usage(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const failure = new PortolanError('E_USAGE', message, { remedy: 'See: portolan --help' });
  process.stderr.write(
    `portolan: ${forTerminal(failure.message)}  [E_USAGE] exit ${failure.exitStatus}\n    ${failure.remedy}\n`,
  );
  return failure.exitStatus;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
