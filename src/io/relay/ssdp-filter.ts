import { field, parseHead } from '../../protocols/shared/http-head.ts';

const HEAD = 4096;
/** UPnP Device Architecture 2.0 §1.3.2: whoever asks for this is answered by all. */
export const EVERYTHING = 'ssdp:all';

/** What a search is for, as far as that is passed; undefined where it is no search, or not passed. */
export function searchOf(bytes: Uint8Array, targets: readonly string[]): string | undefined {
  const head = parseHead(bytes, 'request', HEAD);
  if (head.kind !== 'ok' || head.value.method !== 'M-SEARCH') return undefined;
  const target = field(head.value.headers, 'st');
  if (target === undefined) return undefined;
  return target === EVERYTHING || targets.includes(target) ? target : undefined;
}

/** What an answer says that it is; undefined where it is no answer, or not passed. */
export function answerOf(bytes: Uint8Array, targets: readonly string[]): string | undefined {
  const head = parseHead(bytes, 'response', HEAD);
  if (head.kind !== 'ok' || head.value.status !== 200) return undefined;
  const target = field(head.value.headers, 'st');
  return target !== undefined && targets.includes(target) ? target : undefined;
}

/** Whether an announcement to the group is passed. */
export function isPassedNotice(bytes: Uint8Array, targets: readonly string[]): boolean {
  const head = parseHead(bytes, 'request', HEAD);
  if (head.kind !== 'ok' || head.value.method !== 'NOTIFY') return false;
  const target = field(head.value.headers, 'nt');
  return target !== undefined && targets.includes(target);
}
