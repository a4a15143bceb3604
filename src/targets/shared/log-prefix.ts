/** What a log rule of ours says of a packet. */
export interface LogPrefix {
  readonly what: 'allow' | 'drop' | 'reject' | 'would-block';
  /** `BoundDevice.id`; undefined where it is nobody's that we manage. */
  readonly device?: string;
  /** Id of the rule, or of ours (`ptl-…`). */
  readonly rule: string;
}

const PATTERN =
  /^ptl (allow|drop|reject|would-block) (-|[a-z][a-z0-9_]{0,30}) ([a-z][a-z0-9_-]{0,39}) ?$/;

/** At most 89 octets, of the 127 that the kernel takes (NF_LOG_PREFIXLEN). Ends with a space. */
export function logPrefix({ what, device = '-', rule }: LogPrefix): string {
  return `ptl ${what} ${device} ${rule} `;
}

/** Undefined for a prefix that is not ours. */
export function readLogPrefix(text: string): LogPrefix | undefined {
  const [, what, device, rule] = PATTERN.exec(text) ?? [];
  if (rule === undefined || !isKind(what)) return undefined;
  return { what, rule, ...(device === '-' || device === undefined ? {} : { device }) };
}

function isKind(text: string | undefined): text is LogPrefix['what'] {
  return text === 'allow' || text === 'drop' || text === 'reject' || text === 'would-block';
}
