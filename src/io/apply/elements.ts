import type { NameOperation } from '../../policy/names.ts';
import { nameSet, TABLE } from '../../targets/nftables/names.ts';

/** RFC 5952 and dotted form; nothing else becomes part of what is loaded. */
const ADDRESS = /^[0-9a-f:.]{2,45}$/;
/** Seconds; the kernel's sets take far more, a name's address never needs it. */
const MOST_SECONDS = 99_999;

/**
 * One transaction that does to the kernel's sets what was learned of names. An element that is added
 * again keeps its old time-out, so refreshing is adding, deleting and adding; deleting what ran out
 * meanwhile would fail the whole, so it is added before.
 */
export function elementsText(operations: readonly NameOperation[]): string {
  return operations.flatMap(linesOf).join('');
}

function linesOf({ kind, name, address, family, seconds }: NameOperation): readonly string[] {
  if (!ADDRESS.test(address)) return [];
  const place = `element inet ${TABLE} ${nameSet(name, family)}`;
  const timeout = Math.min(Math.max(1, seconds), MOST_SECONDS);
  const add = `add ${place} { ${address} timeout ${timeout}s }\n`;
  const remove = `delete ${place} { ${address} }\n`;
  if (kind === 'add') return [add];
  return kind === 'remove' ? [add, remove] : [add, remove, add];
}
