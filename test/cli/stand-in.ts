import { PortolanError } from '../../src/base/errors.ts';
import type { Input } from '../../src/cli/command.ts';
import type { Shell } from '../../src/cli/shell.ts';

/** What a command left with, printed and said. */
export interface Result {
  readonly status: number;
  readonly out: string;
  readonly said: string;
}

export type Options = Readonly<Record<string, string | true>>;
export type Run = (shell: Shell, input: Input) => Promise<number>;

export interface Place {
  readonly data: string;
  readonly now: number;
  readonly width?: number;
  readonly env?: Shell['env'];
  readonly configFile?: string;
}

/** Runs a command without a process, in UTC; an error is what the command line would report of it. */
export async function runIn(
  { data, now, width = 100, env = {}, configFile = 'none' }: Place,
  work: Run,
  args: readonly string[],
  options: Options = {},
): Promise<Result> {
  let [out, said] = ['', ''];
  const say = (text: string): void => {
    said += `${text}\n`;
  };
  const shell: Shell = {
    out: (text) => {
      out += text;
    },
    say,
    hint: say,
    warn: say,
    json: options['json'] === true,
    quiet: false,
    verbose: false,
    accessible: false,
    outIsTerminal: false,
    errIsTerminal: false,
    width,
    color: false,
    utc: true,
    configFile,
    dataFolder: data,
    env,
    now: () => now,
    stop: new AbortController().signal,
  };
  const input: Input = {
    args,
    text: (name) => {
      const value = options[name];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => options[name] === true,
    list: () => [],
  };
  try {
    return { status: await work(shell, input), out, said };
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return { status: error.exitStatus, out, said: `${said}${error.message}\n${error.remedy}\n` };
  }
}
