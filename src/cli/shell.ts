import type { World } from '../io/world.ts';

/**
 * What a command has of the world: its streams, and how the user wants to be spoken to. Results go
 * to `out`, everything else to `err`.
 */
export interface Shell extends World {
  /** Result, exactly as given. */
  out(text: string): void;
  /** Progress, hints, warnings: a line. Hints only on a terminal and without `--quiet`. */
  say(text: string): void;
  hint(text: string): void;
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
  /** Aborted by the first Ctrl-C or SIGTERM; the second ends the process. */
  readonly stop: AbortSignal;
}
