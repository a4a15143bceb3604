import { closeSync, openSync, readSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** Octets of a file or of a line that are read. */
const LONGEST = 4096;
/** As a terminal sends them: return, line feed, Ctrl-D; Ctrl-C; backspace, delete. */
const ENTER = ['\r', '\n', '\u0004'];
const INTERRUPT = '\u0003';
const ERASE = ['\u0008', '\u007f'];

/**
 * From `--password-file`, or from a person at a terminal; never from an option, which anybody on the
 * machine can read in the list of processes.
 *
 * @throws PortolanError E_USAGE, E_INPUT_UNREADABLE
 */
export async function readPassword(
  shell: Shell,
  input: Input,
  { twice }: { readonly twice: boolean },
): Promise<string> {
  const file = input.text('passwordFile');
  if (file !== undefined) return firstLine(file);
  if (!process.stdin.isTTY || !shell.errIsTerminal) {
    throw new PortolanError('E_USAGE', 'There is no terminal at which to ask for a password', {
      remedy: 'Give it in a file: --password-file FILE',
    });
  }
  const password = await askUnseen('Password: ');
  if (!twice || (await askUnseen('Again:    ')) === password) return password;
  throw new PortolanError('E_USAGE', 'The two passwords differ; nothing was changed', {
    remedy: 'Try again, or give it in a file: --password-file FILE',
  });
}

function firstLine(file: string): string {
  const buffer = Buffer.alloc(LONGEST);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const text = buffer.subarray(0, readSync(descriptor, buffer)).toString();
      return text.split(/\r?\n/, 1)[0] ?? '';
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new PortolanError('E_INPUT_UNREADABLE', `${file} cannot be read`, {
      remedy: 'Name a file with the password on its first line: --password-file FILE',
      cause,
    });
  }
}

/** What is typed is not shown, and stays out of every history. */
function askUnseen(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the question: whoever answers at once is not to be shown what they type.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8').resume();
  stderr.write(question);
  return new Promise((resolve, reject) => {
    let line: Line = { text: '', end: undefined };
    const take = (text: string): void => {
      for (const character of text) line = typed(line, character);
      if (line.end === undefined) return;
      stdin.off('data', take).pause();
      stdin.setRawMode(false);
      stderr.write('\n');
      if (line.end === 'interrupted') reject(interrupted());
      else resolve(line.text);
    };
    stdin.on('data', take);
  });
}

interface Line {
  readonly text: string;
  readonly end: 'entered' | 'interrupted' | undefined;
}

/** The line after one more key, as a terminal would edit it; what comes after its end is not for it. */
function typed(line: Line, key: string): Line {
  if (line.end !== undefined) return line;
  if (ENTER.includes(key)) return { ...line, end: 'entered' };
  if (key === INTERRUPT) return { ...line, end: 'interrupted' };
  if (ERASE.includes(key)) return { ...line, text: [...line.text].slice(0, -1).join('') };
  return line.text.length < LONGEST ? { ...line, text: line.text + key } : line;
}

function interrupted(): PortolanError {
  return new PortolanError('E_PARTIAL', 'Interrupted; nothing was changed', {
    remedy: 'Try again: portolan user list',
  });
}
