import type { Alert } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import { SEVERITIES } from '../model/core.ts';
import type { Notice } from './notifier.ts';

/** Which alerts go to which channels: the first route that fits decides; without routes all go to all. */
export interface Route {
  readonly when: readonly Condition[];
  /** Names of channels; none for alerts of which nobody is to be told. */
  readonly to: readonly string[];
}

export interface Condition {
  readonly field: Field;
  readonly operator: Operator;
  readonly value: string;
}

export const FIELDS = ['severity', 'type', 'threat', 'device', 'zone', 'peer', 'port'] as const;
export type Field = (typeof FIELDS)[number];
type Operator = '=' | '!=' | '>=' | '<=' | '>' | '<';

export interface Problem {
  readonly problem: string;
  /** Character, from 0, at which it went wrong, and the word that stands there. */
  readonly at: number;
  readonly word: string;
}

/** Whether the address or MAC is in a zone of the configuration. */
export type InZone = (zone: string, address: string) => boolean;

/** Characters of a rule. */
const LONGEST = 500;

/**
 * `severity>=high and type!=new_device and zone=guest`. Values with blanks stand in `"…"`.
 * `always` is every alert.
 */
export function parseWhen(text: string): readonly Condition[] | Problem {
  if (text.trim() === 'always') return [];
  const words = wordsOf(text.slice(0, LONGEST));
  const conditions: Condition[] = [];
  for (let index = 0; ; index += 4) {
    const read = readCondition(words.slice(index, index + 3), text.length);
    if ('problem' in read) return read;
    conditions.push(read);
    const and = words[index + 3];
    if (and === undefined) return conditions;
    if (and.text.toLowerCase() !== 'and') {
      return { problem: `"${and.text}" where "and" was expected`, at: and.at, word: and.text };
    }
  }
}

function readCondition(
  [field, operator, value]: readonly Word[],
  end: number,
): Condition | Problem {
  const wrong = problemOf(field, operator, value, end);
  if (wrong !== undefined) return wrong;
  const word = value ?? { text: '', at: end };
  const condition = conditionOf(field?.text ?? '', operator?.text ?? '', word.text);
  return 'problem' in condition ? { ...condition, at: word.at, word: word.text } : condition;
}

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Names, operators and quoted values; nothing in it can backtrack. */
function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/"([^"]*)"|([><!]?=|[><])|([^\s"=<>!]+)/g)].map((match) => ({
    text: match[1] ?? match[2] ?? match[3] ?? '',
    at: match.index,
  }));
}

function problemOf(
  field: Word | undefined,
  operator: Word | undefined,
  value: Word | undefined,
  end: number,
): Problem | undefined {
  if (field === undefined) return { problem: 'a condition is missing', at: end, word: '' };
  if (!isField(field.text)) {
    return { problem: `"${field.text}" is nothing to ask for`, at: field.at, word: field.text };
  }
  if (operator === undefined || !isOperator(operator.text)) {
    const at = operator?.at ?? end;
    return { problem: `after "${field.text}" comes = != >= <= > or <`, at, word: '' };
  }
  if (value === undefined) {
    return { problem: `"${field.text}" is compared with nothing`, at: end, word: '' };
  }
  return undefined;
}

function conditionOf(
  field: string,
  operator: string,
  value: string,
): Condition | { readonly problem: string } {
  if (!isField(field) || !isOperator(operator)) return { problem: 'is no condition' };
  if (field === 'severity') {
    if (!isSeverity(value)) return { problem: `"${value}" is none of ${SEVERITIES.join(', ')}` };
    return { field, operator, value };
  }
  const isOrder = operator !== '=' && operator !== '!=';
  if (isOrder && field !== 'port') return { problem: `${field} is only equal or not (= !=)` };
  if (field === 'port' && !/^\d{1,5}$/.test(value)) return { problem: `"${value}" is no port` };
  return { field, operator, value };
}

function isField(text: string): text is Field {
  return FIELDS.some((field) => field === text);
}

function isOperator(text: string): text is Operator {
  return ['=', '!=', '>=', '<=', '>', '<'].includes(text);
}

function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((severity) => severity === text);
}

/**
 * What of a notice each channel is told.
 *
 * @param channels all that there are: they get everything where there is no route, and every test
 */
export function share(
  notice: Notice,
  routes: readonly Route[],
  channels: readonly string[],
  inZone: InZone,
): ReadonlyMap<string, Notice> {
  if (routes.length === 0 || notice.alerts.length === 0) {
    return new Map(channels.map((channel) => [channel, notice]));
  }
  const targets = notice.alerts.map((alert) => {
    const route = routes.find(({ when }) => when.every((one) => holds(one, alert, notice, inZone)));
    return { alert, to: route?.to ?? [] };
  });
  const shares = channels.map((channel) => {
    const alerts = targets.filter(({ to }) => to.includes(channel)).map(({ alert }) => alert);
    return [channel, { ...notice, alerts }] as const;
  });
  return new Map(shares.filter(([, { alerts }]) => alerts.length > 0));
}

function holds(condition: Condition, alert: Alert, notice: Notice, inZone: InZone): boolean {
  const { field, operator, value } = condition;
  if (field === 'severity') {
    return compare(
      operator,
      SEVERITIES.indexOf(alert.severity) - SEVERITIES.findIndex((level) => level === value),
    );
  }
  if (field === 'port') {
    const { port } = alert.last;
    return port === undefined ? operator === '!=' : compare(operator, port - Number(value));
  }
  const isSame =
    field === 'zone'
      ? placesOf(alert, notice).some((place) => inZone(value, place))
      : valuesOf(field, alert, notice).some((one) => plain(one) === plain(value));
  return operator === '=' ? isSame : !isSame;
}

function compare(operator: Operator, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '>=':
      return difference >= 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '<':
      return difference < 0;
  }
}

function valuesOf(
  field: 'type' | 'threat' | 'device' | 'peer',
  { last }: Alert,
  notice: Notice,
): readonly string[] {
  switch (field) {
    case 'type':
      return [last.type];
    case 'threat':
      return [last.threat];
    case 'peer':
      return last.peer === undefined ? [] : [last.peer];
    case 'device':
      return last.devices.flatMap((key) => {
        const device = notice.devices?.get(key);
        return [
          key,
          notice.names.get(key) ?? '',
          ...(device === undefined
            ? []
            : [device.id, device.name, ...device.macs, ...device.addresses]),
        ];
      });
  }
}

function placesOf({ last }: Alert, notice: Notice): readonly string[] {
  return last.devices.flatMap((key) => [key, ...(notice.devices?.get(key)?.addresses ?? [])]);
}

/** `new-device` and `New_Device` are one. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll('-', '_');
}
