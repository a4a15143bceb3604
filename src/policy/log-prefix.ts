/** What a rule of ours says when it logs. */
export interface LogPrefix {
  readonly what: 'allow' | 'drop' | 'reject' | 'would-block';
  /** `BoundDevice.id`; absent where the packet is no managed device's. */
  readonly device?: string;
  /** `BoundRule.id`, or one of ours (`ptl-…`). */
  readonly rule: string;
}

/** `ptl would-block d7f3k r3 `: words of our own, by which each target marks its log. */
const FORM =
  /^ptl (allow|drop|reject|would-block) (-|[a-z][a-z0-9_]{0,39}) ([a-z][a-z0-9_-]{0,39}) ?$/;

/** Undefined for what is not ours: others may log to the same group. */
export function parseLogPrefix(text: string): LogPrefix | undefined {
  const [, what, device = '-', rule = ''] = FORM.exec(text) ?? [];
  if (what !== 'allow' && what !== 'drop' && what !== 'reject' && what !== 'would-block') {
    return undefined;
  }
  return { what, ...(device === '-' ? {} : { device }), rule };
}
