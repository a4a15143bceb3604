import type { Document } from 'yaml';
import { isMap, isScalar } from 'yaml';

/**
 * Where in a file something stands: the value at a path, the key of that name in the map there, or
 * the nearest thing around what is missing.
 *
 * @returns characters from the start of the file
 */
export function offsetOf(
  document: Document,
  path: readonly PropertyKey[],
  key: string | undefined,
): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown =
      length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const wanted = length === path.length ? key : path[length];
    const found = keyOffset(node, wanted) ?? rangeStart(node);
    if (found !== undefined) return found;
  }
  return 0;
}

function keyOffset(node: unknown, key: PropertyKey | undefined): number | undefined {
  if (key === undefined || !isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
  return rangeStart(pair?.key);
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined;
}
