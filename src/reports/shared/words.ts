import type { Answer, Category, Certainty, Severity, Threat } from '../../model/core.ts';
import type { AttributeName, EvidenceSource } from '../../model/evidence.ts';
import type { Verdict } from '../../model/ledger.ts';

/** The words that every report uses for the same thing. */

export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

/** With the word always beside it: shape and lightness say it too, colour alone never. */
export const SEVERITY_MARK: Readonly<Record<Severity, string>> = {
  critical: '▲▲',
  high: '▲',
  medium: '◆',
  low: '▽',
  info: '○',
};

export const THREAT_WORD: Readonly<Record<Threat, string>> = {
  'unauthorised-access': 'Unauthorised access',
  interception: 'Interception',
  ddos: 'Denial of service',
  malware: 'Malware',
};

export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  close: 'close',
  decide: 'decide',
  broken: 'broken',
  tighten: 'tighten',
  encrypt: 'encrypt',
  look: 'look',
  fine: 'fine',
  unknown: 'not known',
};

export const ANSWER_WORD: Readonly<Record<Answer, string>> = {
  yes: 'yes',
  no: 'no',
  unknown: 'not known',
};

export const CATEGORY_WORD: Readonly<Record<Category | 'unknown', string>> = {
  industrial: 'Industrial',
  'smart-home': 'Smart home',
  wearable: 'Wearable',
  printer: 'Printers',
  infrastructure: 'Infrastructure',
  'general-purpose': 'Computers and phones',
  unknown: 'Not identified',
};

/** What can do the most harm first; what we know least of last. */
export const CATEGORY_ORDER: readonly (Category | 'unknown')[] = [
  'industrial',
  'smart-home',
  'wearable',
  'printer',
  'infrastructure',
  'general-purpose',
  'unknown',
];

export const CERTAINTY_WORD: Readonly<Record<Certainty, string>> = {
  proved: 'proved',
  likely: 'likely',
  hint: 'a hint only',
};

export const SOURCE_WORD: Readonly<Record<EvidenceSource, string>> = {
  active: 'it was asked',
  passive: 'seen in traffic',
  import: 'imported',
  user: 'you said so',
};

export const ATTRIBUTES: readonly (readonly [AttributeName, string])[] = [
  ['vendor', 'Vendor'],
  ['model', 'Model'],
  ['kind', 'Kind'],
  ['firmware', 'Firmware'],
  ['hardware', 'Hardware'],
  ['serial', 'Serial number'],
  ['os', 'Operating system'],
  ['attachment', 'Attached at'],
];

/** `1 device`, `12 devices`, `1,204 connections`. */
export function plural(count: number, word: string, many = `${word}s`): string {
  return `${grouped(count)} ${count === 1 ? word : many}`;
}

export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
