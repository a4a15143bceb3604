import { readFileSync, statSync } from 'node:fs';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { MudLibrary } from '../io/mud/library.ts';
import type { SignatureVerdict } from '../io/mud/signature.ts';
import { verifySignature } from '../io/mud/signature.ts';
import { namedSigner } from '../io/site/mud-urls.ts';
import type { Session } from '../io/site/session.ts';
import { defaultFolder } from '../io/store/open.ts';
import type { Mud, MudDiagnostic } from '../policy/mud/mud.ts';
import { MOST } from '../policy/mud/mud.ts';
import type { ReadMud } from '../policy/mud/read-mud.ts';
import { readMud } from '../policy/mud/read-mud.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** A character is at most four octets. */
const LIMIT = MOST.characters * 4;

/** @throws PortolanError E_INPUT_UNREADABLE */
export function readSmallFile(file: string, limit = LIMIT): Uint8Array {
  const content = readIfThere(file, limit);
  if (content !== undefined) return content;
  throw new PortolanError('E_INPUT_UNREADABLE', `There is no file ${file}`, {
    remedy: 'Check its name',
  });
}

export function readIfThere(file: string, limit = LIMIT): Uint8Array | undefined {
  try {
    if (statSync(file).size > limit) throw new Error(`it has more than ${limit} octets`);
    return readFileSync(file);
  } catch (error) {
    if (Object(error).code === 'ENOENT') return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new PortolanError('E_INPUT_UNREADABLE', `${file} cannot be read: ${why}`, {
      remedy: 'Check its name and its permissions',
      cause: error,
    });
  }
}

export function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString('utf8');
}

/** Files that were fetched or imported, beside the database. */
export function mudLibrary(shell: Shell): MudLibrary {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'] ?? defaultFolder();
  if (folder !== ':memory:') return new MudLibrary(folder);
  throw new PortolanError('E_USAGE', 'A database in memory keeps no MUD files', {
    remedy: 'Name a folder: --data FOLDER',
  });
}

const HOUR = 3_600_000;

/** RFC 8520 §3.5: what was retrieved is valid for so many hours. */
export function freshUntil(
  { cacheValidity }: Pick<Mud, 'cacheValidity'>,
  retrieved: number,
): number {
  return retrieved + cacheValidity * HOUR;
}

/** PEM of `--anchor`. */
export function anchorsOf(input: Input): string | undefined {
  const file = input.text('anchor');
  return file === undefined ? undefined : textOf(readSmallFile(file));
}

/** @param session asked for who signs, in the word of the device’s certificate */
export function signatureOf(
  shell: Shell,
  input: Input,
  mud: Pick<Mud, 'authority' | 'url'>,
  signed: { readonly content: Uint8Array; readonly signature: Uint8Array | undefined },
  session?: Session,
): Promise<SignatureVerdict> {
  const known = mudLibrary(shell).signersOf(mud.authority);
  const named = session === undefined ? undefined : namedSigner(session, mud.url);
  return verifySignature({ ...signed, anchors: anchorsOf(input), known, named });
}

/** @throws PortolanError E_INPUT_MALFORMED for a file with an error in it */
export function mudOrRefuse(file: string, read: ReadMud): Mud {
  if (read.ok) return read.mud;
  const errors = read.diagnostics.filter(({ level }) => level === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more: portolan mud check)` : '';
  const where = first === undefined ? '' : `:${first.line}:${first.column}`;
  throw new PortolanError(
    'E_INPUT_MALFORMED',
    `${file}${where}: ${first?.message ?? 'it cannot be read'}${more}`,
    { remedy: 'A file from before 2019 may be read with --lenient; else tell its maker' },
  );
}

export function readMudFile(
  shell: Shell,
  input: Input,
  content: Uint8Array,
  url?: string,
): ReadMud {
  return readMud(textOf(content), {
    lenient: input.flag('lenient'),
    now: shell.now(),
    ...(url === undefined ? {} : { url }),
  });
}

/** `bulb.json:12:9: The ACE …  [warning, host-bits]`. */
export function diagnosticLine(file: string, one: MudDiagnostic): string {
  const { line, column, message, level, code } = one;
  return `${forTerminal(`${file}:${line}:${column}: ${message}  [${level}, ${code}]`)}\n`;
}

export function warnOf(shell: Shell, file: string, diagnostics: readonly MudDiagnostic[]): void {
  for (const one of diagnostics) shell.warn(diagnosticLine(file, one).trimEnd());
}
