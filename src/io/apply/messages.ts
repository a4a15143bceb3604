import type { ErrorCode } from '../../base/errors.ts';
import { ERROR_CODES } from '../../base/errors.ts';

/** Characters of one message: a large ruleset, and room. */
export const MESSAGE_LIMIT = 1 << 26;

/** To the helper: one command, which it checks before it runs it. */
export interface HelperRequest {
  readonly id: number;
  readonly command: readonly string[];
  readonly input: string;
}

export type HelperReply =
  | {
      readonly kind: 'output';
      readonly id: number;
      readonly status: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly remedy: string;
    };

/*
 * Read by hand: no code of others is in the process that holds the right. Whatever does not have the
 * form is the other side's bug and ends the conversation.
 */

/** @throws TypeError where it is none */
export function parseRequest(line: string): HelperRequest {
  const value = objectOf(line);
  const command: unknown = value['command'];
  if (!Array.isArray(command) || command.length > 32) throw new TypeError('no command');
  return {
    id: numberOf(value, 'id'),
    command: command.map((word: unknown) => {
      if (typeof word === 'string') return word;
      throw new TypeError('a word of a command is no text');
    }),
    input: textOf(value, 'input'),
  };
}

/** @throws TypeError where it is none */
export function parseReply(line: string): HelperReply {
  const value = objectOf(line);
  const id = numberOf(value, 'id');
  if (value['kind'] === 'output') {
    const [stdout, stderr] = [textOf(value, 'stdout'), textOf(value, 'stderr')];
    return { kind: 'output', id, status: numberOf(value, 'status'), stdout, stderr };
  }
  const code = ERROR_CODES.find((one) => one === value['code']) ?? 'E_BUG';
  const [message, remedy] = [textOf(value, 'message'), textOf(value, 'remedy')];
  return { kind: 'error', id, code, message, remedy };
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new TypeError('no message');
  return Object.fromEntries(Object.entries(value));
}

function numberOf(value: Readonly<Record<string, unknown>>, name: string): number {
  const number = value[name];
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new TypeError(`${name} is no number`);
}

function textOf(value: Readonly<Record<string, unknown>>, name: string): string {
  const text = value[name];
  if (typeof text === 'string' && text.length <= MESSAGE_LIMIT) return text;
  throw new TypeError(`${name} is no text`);
}
