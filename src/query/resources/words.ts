import type { Category, Severity, Threat } from '../../model/core.ts';
import { SEVERITIES } from '../../model/core.ts';
import type { Verdict } from '../../model/ledger.ts';

/** Choices of fields that several lists have. */

export const SEVERITY: readonly Severity[] = SEVERITIES;
export const RISK: readonly (Severity | 'none')[] = ['none', ...SEVERITIES];
export const CATEGORY: readonly (Category | 'unknown')[] = [
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
  'unknown',
];
export const VERDICT: readonly Verdict[] = [
  'close',
  'decide',
  'broken',
  'tighten',
  'encrypt',
  'look',
  'fine',
  'unknown',
];
export const ANSWER = ['yes', 'no', 'unknown'] as const;
export const TRANSPORT = ['tcp', 'udp'] as const;
export const CERTAINTY = ['hint', 'likely', 'proved'] as const;
export const DIRECTION = ['to-device', 'from-device'] as const;
export const THREAT: readonly Threat[] = ['unauthorised-access', 'interception', 'ddos', 'malware'];
export const SOURCE = ['active', 'passive', 'import', 'user'] as const;
