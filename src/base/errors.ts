/**
 * Every way in which portolan gives up, with the exit status it gives up with.
 *
 * 1 means "it worked, and it found something" (as grep and the linters have it) and is no error.
 */
const EXIT_STATUS = {
  E_USAGE: 2,
  E_TARGET: 2,
  E_PORTS: 2,
  E_CONFIG: 2,
  E_FILTER: 2,
  E_POLICY: 2,
  E_NOT_FOUND: 2,
  E_REQUEST: 2,
  E_INPUT_MALFORMED: 3,
  E_INPUT_UNREADABLE: 3,
  E_STORE_FOREIGN: 3,
  E_STORE_NEWER: 3,
  E_STORE_BUSY: 3,
  E_STORE_DAMAGED: 3,
  E_DISK_FULL: 3,
  E_OUTPUT: 3,
  E_NETWORK: 3,
  E_NO_PERMISSION: 4,
  E_SIGN_IN: 4,
  E_FORBIDDEN: 4,
  E_MISSING_TOOL: 4,
  E_PARTIAL: 5,
  E_TOO_MANY: 5,
  E_SCOPE: 6,
  E_CONFLICT: 6,
  E_FRAGILE: 6,
  E_LOGIN: 6,
  E_POLICY_UNSUPPORTED: 6,
  E_APPLY_ROLLED_BACK: 7,
  E_APPLY_STUCK: 8,
  E_BUG: 70,
} as const satisfies Readonly<Record<string, number>>;

export type ErrorCode = keyof typeof EXIT_STATUS;

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(EXIT_STATUS).filter(isCode);

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(EXIT_STATUS, text);
}

export interface Excerpt {
  readonly text: string;
  readonly at: number;
}

/** Something that an operator can act on: what happened and why, and what to do now. */
export class PortolanError extends Error {
  override readonly name = 'PortolanError';
  /** Stable: scripts may match it, and each has a section in docs/errors.md. */
  readonly code: ErrorCode;
  /** What the reader can do now, in one sentence; a command in it can be copied and works. */
  readonly remedy: string;
  /** What was typed and the character, from 0, at which it went wrong: shown with a caret. */
  readonly excerpt: Excerpt | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy: string; cause?: unknown; excerpt?: Excerpt },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.excerpt = options.excerpt;
  }

  get exitStatus(): number {
    return EXIT_STATUS[this.code];
  }
}
