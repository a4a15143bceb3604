import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';

/**
 * Bytes of a greeting or answer in text that are looked at. Whoever sends more in one answer is not
 * greeting; it also bounds the work of `complete`, which runs again for each chunk of a stream.
 */
export const TEXT_CAP = 4096;

/** At most `cap` bytes as Latin-1. */
export function textOf(bytes: Uint8Array, cap: number = TEXT_CAP): string {
  return new Reader(bytes).text(Math.min(bytes.length, cap));
}

/** The first line, without its CR LF or LF (many small devices send the latter alone). */
export function parseLine(bytes: Uint8Array, cap: number = TEXT_CAP): Parsed<string> {
  const end = bytes.subarray(0, cap).indexOf(LF);
  if (end === -1) return bytes.length < cap ? MORE : bad('the line does not end');
  const line = textOf(bytes.subarray(0, end), cap);
  return { kind: 'ok', value: line.endsWith('\r') ? line.slice(0, -1) : line, size: end + 1 };
}

const LF = 0x0a;

/** An answer of FTP or SMTP: three digits and text, over several lines where a `-` follows them. */
export interface Reply {
  readonly code: number;
  /** Text of each line, without code and separator where it repeats them. */
  readonly lines: readonly string[];
}

/** RFC 959 §4.2 and RFC 5321 §4.2.1, of which the latter repeats the code on each line. */
export function parseReply(bytes: Uint8Array): Parsed<Reply> {
  if (!couldBeReply(bytes)) return bad('no reply code');
  const text = textOf(bytes);
  const code = text.slice(0, 3);
  const lines: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
    const coded = line.startsWith(code) && /^[ -]?$/.test(line.slice(3, 4));
    lines.push(coded ? line.slice(4) : line);
    if (coded && line[3] !== '-') {
      return { kind: 'ok', value: { code: Number(code), lines }, size: start };
    }
  }
  return bytes.length < TEXT_CAP ? MORE : bad('the reply does not end');
}

/** The first four characters of a reply, as far as they have come. */
function couldBeReply(bytes: Uint8Array): boolean {
  return /^(?:$|[1-5](?:$|\d(?:$|\d(?:$|[ \-\r\n]))))/.test(textOf(bytes, 4));
}

/**
 * Whether the client's first line begins with one of these commands, in any case. `more` while it
 * may still become one.
 */
export function firstCommand(
  client: Uint8Array,
  commands: readonly string[],
): 'yes' | 'no' | 'more' {
  const start = textOf(client, 32).toUpperCase();
  let verdict: 'no' | 'more' = 'no';
  for (const command of commands) {
    const ends = start[command.length];
    if (start.startsWith(command)) {
      if (ends === undefined) verdict = 'more';
      else if (ends === ' ' || ends === '\r' || ends === '\n') return 'yes';
    } else if (command.startsWith(start)) verdict = 'more';
  }
  return verdict;
}

/** Whether text is what a person could read: no controls but tab, line ends and escape. */
export function isReadable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  return !/[\u0000-\u0006\u000e-\u001a\u001c-\u001f\u007f]/.test(text);
}

/** Text up to a NUL, which is read too; empty where none comes within `cap` characters. */
export function readCString(reader: Reader, cap: number): string {
  let text = '';
  while (reader.left > 0 && text.length <= cap) {
    const letter = reader.text(1);
    if (letter === '\0') return text;
    text += letter;
  }
  return '';
}
