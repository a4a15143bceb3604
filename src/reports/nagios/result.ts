import { visible } from '../../base/untrusted.ts';
import type { Range } from './range.ts';
import { isAlert } from './range.ts';

/** Exit statuses of a plugin. */
export type Status = 0 | 1 | 2 | 3;

const WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export interface Figure {
  readonly label: string;
  readonly value: number;
  /** Unit: `s`, `%`, `B`, `c` for a counter that only grows, or none. */
  readonly unit?: 's' | '%' | 'B' | 'c';
  readonly warning?: Range;
  readonly critical?: Range;
  readonly min?: number;
  readonly max?: number;
}

export interface Result {
  readonly status: Status;
  /** One sentence, foreign text in it. */
  readonly text: string;
  /** The first is what was judged. */
  readonly figures: readonly Figure[];
}

/** Characters of the sentence: 80 columns with the status, more only for names. */
const LONGEST = 160;

/** Critical outranks warning; without a range nothing is wrong. */
export function judge({ value, warning, critical }: Figure): 0 | 1 | 2 {
  if (critical !== undefined && isAlert(critical, value)) return 2;
  return warning !== undefined && isAlert(warning, value) ? 1 : 0;
}

/** `PORTOLAN WARNING - 2 open alerts | 'alerts'=2;0;3;0;` (guidelines, "Plugin Output for Nagios"). */
export function pluginLine({ status, text, figures }: Result): string {
  const said = `PORTOLAN ${WORDS[status]} - ${sentence(text)}`;
  if (figures.length === 0) return said;
  return `${said} | ${figures.map(figureText).join(' ')}`;
}

/** One line, and no bar: what follows it would be read as figures. */
function sentence(text: string): string {
  const line = visible(text)
    .replaceAll('|', '/')
    .replace(/\p{Surrogate}/gu, '\ufffd');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** `'label'=value[UOM];[warn];[crit];[min];[max]`; `'` is doubled, `=` may not be in a label. */
function figureText({ label, value, unit, warning, critical, min, max }: Figure): string {
  const name = label.replaceAll("'", "''").replaceAll(/[=|]/g, '_');
  const parts = [warning?.text, critical?.text, min, max].map((part) => part ?? '');
  return `'${name}'=${value}${unit ?? ''};${parts.join(';')}`;
}

/** For `send_nsca`: fields by tabs, a line (nsca README). */
export function nscaForm(result: Result, host: string, service: string): string {
  const fields = [host, service, String(result.status), pluginLine(result)];
  return `${fields.map((field) => visible(field)).join('\t')}\n`;
}

/**
 * For the command file (Nagios Core external command 114, PROCESS_SERVICE_CHECK_RESULT): `;` ends
 * the names.
 *
 * @param at seconds since 1970
 */
export function externalCommand(result: Result, host: string, service: string, at: number): string {
  const name = (text: string): string => visible(text).replaceAll(';', '_');
  return `[${at}] PROCESS_SERVICE_CHECK_RESULT;${name(host)};${name(service)};${result.status};${pluginLine(result)}\n`;
}

/** A file of the check result folder, as Nagios Core writes them itself (`check_result_path`). */
export function checkResultFile(result: Result, host: string, service: string, at: number): string {
  const lines = [
    '### Passive Check Result File ###',
    `file_time=${at}`,
    '',
    `host_name=${visible(host)}`,
    `service_description=${visible(service)}`,
    'check_type=1',
    'check_options=0',
    'scheduled_check=0',
    'reschedule_check=0',
    'latency=0.0',
    `start_time=${at}.0`,
    `finish_time=${at}.0`,
    'early_timeout=0',
    'exited_ok=1',
    `return_code=${result.status}`,
    // A backslash and an n would be a line break there.
    `output=${pluginLine(result).replaceAll('\\', '\\\\')}`,
  ];
  return `${lines.join('\n')}\n`;
}
