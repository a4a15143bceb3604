import type { Command, Option } from './command.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import { VERSION } from './product.ts';

const GROUPS: readonly (readonly [Command['group'], string])[] = [
  ['start', 'Start here'],
  ['look', 'Look at the network'],
  ['know', 'Ask what is known'],
  ['act', 'Reports and changes'],
  ['operate', 'Operate'],
];

/** What plain `portolan` and `portolan --help` print. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const groups = GROUPS.flatMap(([group, title]) => {
    const members = commands.filter((command) => command.group === group);
    const lines = members.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
    return members.length === 0 ? [] : ['', title, ...lines];
  });
  return `${[
    `Portolan ${VERSION}: every port of your devices, only those they need, and word when that changes.`,
    '',
    'Usage: portolan COMMAND [options]',
    ...groups,
    '',
    'portolan COMMAND --help   examples and options',
    'portolan help TOPIC       exit-codes, targets, ports, privileges',
  ].join('\n')}\n`;
}

/** Examples lead, then what is common, then the rest with `--all`. */
export function helpOf(command: Command, all: boolean): string {
  const options = command.options ?? [];
  const common = options.filter(({ rare }) => all || rare !== true);
  const hidden = options.length - common.length;
  const usage = ['portolan', command.name, ...(command.args ?? []).map(({ form }) => form)];
  return `${[
    `${command.summary}.`,
    '',
    ...pairs(command.examples.map(([line, meaning]) => [line, meaning])),
    '',
    `Usage: ${usage.join(' ')}${options.length > 0 ? ' [options]' : ''}`,
    ...section(
      'Arguments',
      (command.args ?? []).map(({ form, help }) => [form, help]),
    ),
    ...section('Options', common.map(describe)),
    ...(hidden > 0
      ? ['', `${hidden} more options, and the global ones: portolan ${command.name} --help --all`]
      : []),
    ...(all ? section('Global options', GLOBAL_OPTIONS.map(describe)) : []),
  ].join('\n')}\n`;
}

function describe(option: Option): [string, string] {
  const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
  const fallback = typeof option.default === 'string' ? `; default ${option.default}` : '';
  return [option.flags, `${option.help}${choices}${fallback}`];
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...pairs(rows)];
}

function pairs(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const [first = '', ...more] = wrap(right, 76 - width);
    const indent = ' '.repeat(width + 4);
    const start =
      left.length > width ? [`  ${left}`, indent + first] : [`  ${left.padEnd(width)}  ${first}`];
    return [...start, ...more.map((line) => indent + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
