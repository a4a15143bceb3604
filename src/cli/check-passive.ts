import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import type { Result } from '../reports/nagios/result.ts';
import { checkResultFile, externalCommand, nscaForm } from '../reports/nagios/result.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/**
 * Hands a result to a monitor that does not ask: to its command file, its spool folder, or in the
 * form of `send_nsca`.
 *
 * @returns whether it was asked for
 * @throws PortolanError E_OUTPUT
 */
export function passive(shell: Shell, input: Input, mode: string, result: Result): boolean {
  const host = input.text('asHost') ?? input.text('hostname') ?? hostname();
  const service = input.text('asService') ?? `portolan ${mode}`;
  const at = Math.floor(shell.now() / 1000);
  if (input.flag('nscaForm')) {
    shell.out(nscaForm(result, host, service));
    return true;
  }
  const spool = input.text('spool');
  if (spool === undefined) return false;
  try {
    if (statSync(spool).isDirectory()) {
      writeResult(spool, checkResultFile(result, host, service, at));
    } else {
      writeCommand(spool, externalCommand(result, host, service, at));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PortolanError('E_OUTPUT', `${spool} cannot be written: ${why}`, {
      remedy: 'Is the monitor running, and may this account write there? ls -l shows it',
      cause: error,
    });
  }
  return true;
}

/** A named pipe: without a reader it fails at once instead of waiting for ever (fifo(7), ENXIO). */
function writeCommand(file: string, line: string): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  try {
    // One write of less than PIPE_BUF (4096) octets is not mixed with another's (pipe(7)).
    writeSync(descriptor, line);
  } finally {
    closeSync(descriptor);
  }
}

/** `cXXXXXX`, and `.ok` beside it once it is whole: only then Nagios reads it. */
function writeResult(folder: string, text: string): void {
  const name = join(folder, `c${randomBytes(3).toString('hex')}`);
  writeFileSync(`${name}.tmp`, text, { flag: 'wx', mode: 0o644 });
  renameSync(`${name}.tmp`, name);
  writeFileSync(`${name}.ok`, '', { flag: 'wx', mode: 0o644 });
}
