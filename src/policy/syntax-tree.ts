import type { Pair, YAMLMap } from 'yaml';
import { isCollection, isNode, isPair, isScalar } from 'yaml';

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** Offset at which a node, or the key of a pair, begins. */
export function startOf(item: unknown): number | undefined {
  const node = isPair(item) ? item.key : item;
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Where the last thing of it ends; a block collection's own range goes on to what follows it. */
export function endOf(item: unknown): number {
  if (isPair(item)) return Math.max(endOf(item.key), endOf(item.value));
  if (isCollection(item) && item.flow !== true && item.items.length > 0) {
    return endOf(item.items.at(-1));
  }
  return isNode(item) ? (item.range?.[1] ?? 0) : 0;
}
