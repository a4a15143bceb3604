import type { SignatureVerdict } from '../io/mud/signature.ts';
import type { ReadMud } from '../policy/mud/read-mud.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import {
  diagnosticLine,
  readIfThere,
  readMudFile,
  readSmallFile,
  signatureOf,
} from './mud-file.ts';
import type { Shell } from './shell.ts';

/** 1 where the file cannot be used. */
export async function runMudCheck(shell: Shell, input: Input, file: string): Promise<number> {
  const content = readSmallFile(file);
  const read = readMudFile(shell, input, content);
  const chosen = input.text('signature');
  const signature = chosen === undefined ? readIfThere(`${file}.p7s`) : readSmallFile(chosen);
  const verdict = read.ok
    ? await signatureOf(shell, input, read.mud, { content, signature })
    : undefined;
  if (shell.json) shell.out(jsonDocument('mud-check', reportOf(file, read, verdict)));
  else print(shell, file, read, verdict);
  return read.ok && verdict?.state !== 'changed' ? 0 : 1;
}

function reportOf(file: string, read: ReadMud, verdict: SignatureVerdict | undefined): object {
  const { ok: usable, diagnostics } = read;
  const signature = verdict === undefined ? {} : { signature: verdict };
  return { file, usable, ...signature, ...(read.ok ? { mud: read.mud } : {}), diagnostics };
}

function print(
  shell: Shell,
  file: string,
  { diagnostics }: ReadMud,
  verdict: SignatureVerdict | undefined,
): void {
  for (const one of diagnostics) shell.out(diagnosticLine(file, one));
  const errors = diagnostics.filter(({ level }) => level === 'error').length;
  const warnings = diagnostics.filter(({ level }) => level === 'warning').length;
  const counted = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  shell.say(`${file}: ${diagnostics.length === 0 ? 'no problem found' : counted}.`);
  if (verdict !== undefined) shell.say(`${verdict.why}.`);
}
