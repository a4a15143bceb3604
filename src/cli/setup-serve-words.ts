import { PortolanError } from '../base/errors.ts';
import type { Input, Option } from './command.ts';
import { serve } from './serve.ts';
import { parseSize } from './size.ts';

/** What it opens, and as whom, the unit says itself. */
const OWN: readonly string[] = ['--capture', '--enforce', '--user', '--state'];

/** Options of `serve` that a service is given as they were typed. */
export const PASSED: readonly Option[] = (serve.options ?? [])
  .filter((option) => !OWN.includes(longOf(option)))
  .map((option) => ({ ...option, help: `service: ${option.help}`, rare: true }));

/**
 * Those that were given, as words of a command line of systemd.
 *
 * @throws PortolanError E_USAGE for a word that a unit cannot hold, or that `serve` would refuse
 */
export function serveWords(input: Input, captures: boolean): readonly string[] {
  const size = input.text('keepPackets');
  if (size !== undefined) parseSize(size);
  if (!captures && (size ?? input.text('captureFilter')) !== undefined) {
    throw new PortolanError('E_USAGE', 'No packets are captured that could be kept or chosen', {
      remedy: 'Leave out --no-capture, or what is about packets',
    });
  }
  return PASSED.flatMap((option) => wordsOf(option, input));
}

function wordsOf(option: Option, input: Input): readonly string[] {
  const long = longOf(option);
  if (long.startsWith('--no-')) return input.flag(nameOf(`--${long.slice(5)}`)) ? [] : [long];
  const given = option.many === true ? input.list(nameOf(long)) : [input.text(nameOf(long))];
  return given.flatMap((value) =>
    value === undefined || value === option.default ? [] : [long, unitWord(value)],
  );
}

function longOf({ flags }: Option): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? '';
}

/** As commander names it: `--allow-host` is `allowHost`. */
function nameOf(long: string): string {
  return long.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** One word of ExecStart (systemd.service(5), "Command lines"): quoted, its special characters doubled. */
export function unitWord(text: string): string {
  if (/^[\w./:@,=+-]+$/.test(text)) return text;
  if (/\p{Cc}/u.test(text)) {
    throw new PortolanError('E_USAGE', 'An option of a unit is one line', {
      remedy: 'Leave out line feeds and other control characters',
    });
  }
  const quoted = text.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${quoted}"`;
}
