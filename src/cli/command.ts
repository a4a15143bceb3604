import type { Shell } from './shell.ts';

/**
 * The contract of a file in this folder. A command's file is light: it imports its own words only,
 * and what does the work by `await import(…)` inside `run`, so that `--help` stays quick.
 */
export interface Command {
  readonly name: string;
  readonly group: 'start' | 'look' | 'know' | 'act' | 'operate';
  /** One line, no full stop. */
  readonly summary: string;
  /** commander's form: `<target...>`, `[file]`. */
  readonly args?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Shown first in the help: what to type, and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Resolves to the exit status (docs/errors.md); throws PortolanError for what an operator can act on. */
  run(shell: Shell, input: Input): Promise<number>;
  /**
   * For who is called by a program with a convention of its own (Nagios): says what went wrong, a
   * wrong word included, and gives the exit status for it.
   */
  failed?(message: string): number;
}

export interface Argument {
  /** `<target...>` required and many, `[port]` optional. */
  readonly form: string;
  readonly help: string;
  /** Fixed words, for completion. */
  readonly choices?: readonly string[];
}

export interface Option {
  /** commander's form: `-p, --ports <ports>`. */
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** May be given several times; `input.list(name)` has all. */
  readonly many?: boolean;
  /** Shown with `--help --all` only. */
  readonly rare?: boolean;
}

/** What was typed, after commander; names in camel case. */
export interface Input {
  readonly args: readonly string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  list(name: string): readonly string[];
}
