import { number } from '../format.ts';
import { plural } from '../index.ts';

export const policy = {
  title: 'Policy',
  notYet: 'Nobody has written one yet: this is what it would begin with.',
  file: 'File',
  version: 'Version',
  forms: 'Form of the rules',
  words: 'Words',
  yaml: 'YAML',
  rules: 'nftables',
  editor: 'Policy as YAML',
  readOnly: 'On a screen this narrow the policy is read, confirmed and taken back, not written.',
  noRight: 'Your role may read the policy, not change it.',
  checking: 'Checking …',
  valid: 'No problem',
  problems: (errors: number, warnings: number) =>
    [
      errors > 0 && `${number(errors)} ${plural(errors, 'error', 'errors')}`,
      warnings > 0 && `${number(warnings)} ${plural(warnings, 'warning', 'warnings')}`,
    ]
      .filter(Boolean)
      .join(', '),
  problemList: 'Problems',
  error: 'error',
  warning: 'warning',
  line: (line: number) => `line ${line}`,
  lineColumn: (line: number, column: number) => `line ${line}, character ${column}`,
  learned: 'learned',
  shadowed: 'never decides anything, as it comes after',
  noRules: 'No rule yet. Nothing is denied that is not denied by a zone.',
  rulesAbsent: 'While there are errors, there are no rules to show.',

  effect: 'Effect on recorded traffic',
  effectSince: (since: string) => `since ${since}`,
  effectAbsent: 'While there are errors, nothing can be tried.',
  noTraffic: 'No traffic was recorded in this time, so nobody can say what would break.',
  checked: 'conversations checked',
  stillAllowed: 'still allowed',
  stillBlocked: 'still blocked',
  elsewhere: 'not passing the firewall',
  elsewhereHelp: 'Within one segment, multicast, or no IP: no packet of it meets the rules',
  newlyBlocked: 'newly blocked',
  newlyAllowed: 'newly allowed',
  wouldBlock: 'would be blocked, on trial',
  groupTimes: (count: number) => `${number(count)}×`,
  tests: 'Tests',
  testsNone: 'The policy has no tests.',
  testsSum: (ok: number, bad: number) => `${number(ok)} ✓  ${number(bad)} ✕`,
  passed: 'passes',
  failed: 'fails',
  lockOut: 'Your own access',
  lockOutOk: 'kept',
  lockOutBad: 'lost',

  save: 'Save',
  saving: 'Saving …',
  saved: 'Saved',
  unsaved: 'Not saved yet: only this tab knows what you wrote.',
  discard: 'Discard',
  learn: 'Learn…',
  plan: 'Make a change…',
  planHint:
    'Compiles the saved policy and plays recorded traffic through it; nothing is applied yet.',
  saveFirst: 'Save first: a change is made of the policy as it is saved.',
  changedElsewhere: 'Somebody else saved the policy meanwhile.',

  conflict: 'Somebody else saved meanwhile',
  conflictLead: 'Lines that only your version has (+), and lines that only the saved one has (−):',
  conflictAdded: 'only in yours',
  conflictRemoved: 'only in the saved one',
  keepMine: 'Save mine over it',
  takeTheirs: 'Drop mine, take theirs',
  back: 'Go on editing',

  learnTitle: 'Learn from traffic',
  learnLead:
    'Rules with their evidence are proposed for what was seen; the rest is asked, never guessed. Nothing is saved.',
  learnDevice: 'Device',
  learnAll: 'Empty: all devices.',
  learnRun: 'Propose rules',
  learning: 'Looking at recorded traffic …',
  learnedRules: (count: number) =>
    count === 0
      ? 'No new rule: the policy covers what was seen.'
      : `${number(count)} new ${plural(count, 'rule', 'rules')}.`,
  questions: 'Open questions',
  use: 'Put it into the editor',

  inForce: 'In force',
  inForceNone: 'nothing of ours',
  pending: 'Waits for confirmation',
  drift: 'Our table was changed by hand',
  changes: 'All changes',
};
