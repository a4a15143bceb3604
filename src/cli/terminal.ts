import { forTerminal } from '../base/encode.ts';
import type { Globals } from './globals.ts';
import type { Shell } from './shell.ts';

/** Columns where the terminal does not say. */
const WIDTH = 80;

/** The shell of a process: its streams, its environment, its signals. */
export function processShell(globals: Globals, stop: AbortSignal): Shell {
  const { stdout, stderr, env } = process;
  const color = wantsColor(globals, env, stdout.isTTY);
  const line = (text: string): void => {
    stderr.write(`${forTerminal(text)}\n`);
  };
  return {
    out: (text) => {
      stdout.write(text);
    },
    say: (text) => {
      if (!globals.quiet) line(text);
    },
    hint: (text) => {
      if (!globals.quiet && stderr.isTTY) line(text);
    },
    warn: (text) => line(`portolan: ${text}`),
    json: globals.json,
    quiet: globals.quiet,
    verbose: globals.verbose,
    accessible: globals.accessible || env['TERM'] === 'dumb',
    outIsTerminal: stdout.isTTY,
    errIsTerminal: stderr.isTTY,
    width: stdout.columns > 0 ? stdout.columns : WIDTH,
    color,
    utc: globals.utc,
    configFile: globals.config,
    dataFolder: globals.data,
    env,
    now: Date.now,
    stop,
  };
}

/** no-color.org and force-color.org; a flag outranks both. */
function wantsColor(
  globals: Globals,
  env: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
): boolean {
  if (!globals.color || globals.accessible || globals.json) return false;
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return terminal || (env['FORCE_COLOR'] ?? '') !== '';
}

/** One line that is written over while a terminal watches, and is a line now and then otherwise. */
export class StatusLine {
  readonly #shell: Shell;
  #shown = '';
  #lastPrinted = -1;
  #phase = '';

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /**
   * @param percent for output that is no terminal: one line for each ten of them
   * @param phase in which they are counted, where there are several
   */
  show(text: string, percent: number, phase = ''): void {
    if (this.#shell.quiet || this.#shell.json) return;
    if (phase !== this.#phase) this.#lastPrinted = -1;
    this.#phase = phase;
    if (!this.#shell.errIsTerminal || this.#shell.accessible) {
      const step = Math.floor(percent / 10);
      if (step <= this.#lastPrinted) return;
      this.#lastPrinted = step;
      this.#shell.say(text);
      return;
    }
    const cut = forTerminal(text).slice(0, Math.max(20, this.#shell.width - 1));
    if (cut === this.#shown) return;
    this.#shown = cut;
    process.stderr.write(`\r\u001b[2K${cut}`);
  }

  /** Takes the line away, so that something lasting can be printed. */
  clear(): void {
    if (this.#shown !== '') process.stderr.write('\r\u001b[2K');
    this.#shown = '';
  }
}
