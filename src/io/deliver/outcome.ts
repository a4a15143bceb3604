import { readFileSync, statSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { visible } from '../../base/untrusted.ts';
import { cut } from '../../notifiers/shared/text.ts';

/** What became of one try. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** It may work later. @property after milliseconds that the sink asks for */
  | { readonly kind: 'later'; readonly why: string; readonly after?: number }
  /** It will not work by itself: the sink refuses, or the settings are wrong. */
  | { readonly kind: 'refused'; readonly why: string };

export const DELIVERED: Outcome = { kind: 'delivered' };

/** Milliseconds for the whole of one try, whatever the sink does. */
export const TRY_TIME = 20_000;

/** Octets of a file with a secret or a certificate. */
const MOST = 262_144;

/** What a sink said, in one short line: it is foreign text. */
export function why(text: string): string {
  return cut(visible(text.trim()), 200);
}

export function later(error: unknown): Outcome {
  return { kind: 'later', why: messageOf(error) };
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return why(String(error));
  // Where every address of a name failed, Node says so only in the parts.
  const parts: unknown = Object(error).errors;
  const first: unknown = Array.isArray(parts) ? parts[0] : undefined;
  return why(first instanceof Error ? first.message : error.message);
}

/** The settings lead nowhere: a missing file, a wrong command. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** First line of a file. It is read at each try, so that a new secret needs no restart. */
export function readSecret(file: string): string {
  const secret = readText(file).split(/\r?\n/, 1)[0]?.trim() ?? '';
  if (secret === '') throw new SetupError(`the file ${file} is empty`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what would end a header
  if (/[\u0000-\u001f\u007f]/.test(secret)) {
    throw new SetupError(`the first line of ${file} holds control characters`);
  }
  return secret;
}

/** Authorities to trust: Node's own, and that of the file. */
export function authorities(file: string | undefined): string[] | undefined {
  return file === undefined ? undefined : [...rootCertificates, readText(file)];
}

export function readText(file: string): string {
  try {
    if (statSync(file).size > MOST) throw new Error('it is too large');
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SetupError(`the file ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Rejects when the signal is aborted, also where that was before. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(new Error('it took too long'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  // Whoever races with it may have won already.
  aborted.catch(() => {});
  return aborted;
}
