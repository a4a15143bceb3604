/**
 * What a command has of the world: its streams, and how the user wants to be spoken to. Results go
 * to `out`, everything else to `err`.
 */
export interface Shell {
  /** Result, exactly as given. */
  out(text: string): void;
  /** Progress, hints, warnings: a line. Hints only on a terminal and without `--quiet`. */
  say(text: string): void;
  hint(text: string): void;
  warn(text: string): void;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Neither box drawing nor moving lines: sentences (`--accessible`). */
  readonly accessible: boolean;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  readonly utc: boolean;
  readonly configFile: string | undefined;
  readonly dataFolder: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Aborted by the first Ctrl-C or SIGTERM; the second ends the process. */
  readonly stop: AbortSignal;
}
