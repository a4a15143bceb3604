interface Item {
  readonly id: string;
}

/** The first id that occurs twice in a tuple, or `never`: a duplicate is a compile error. */
type Duplicate<Items extends readonly Item[], Seen = never> = Items extends readonly [
  infer Head extends Item,
  ...infer Tail extends readonly Item[],
]
  ? Head['id'] extends Seen
    ? Head['id']
    : Duplicate<Tail, Seen | Head['id']>
  : never;

export interface Registry<T extends Item> {
  readonly all: readonly T[];
  get(id: string): T | undefined;
}

/**
 * The one way a family (protocols, targets, ...) becomes a list: its `index.ts` names each member.
 * There is no scan of a folder, no decorator and no registration as a side effect of an import.
 */
export function registry<const Items extends readonly Item[]>(
  all: Items & ([Duplicate<Items>] extends [never] ? unknown : `duplicate id: ${Duplicate<Items>}`),
): Registry<Items[number]> {
  const byId = new Map<string, Items[number]>(all.map((item) => [item.id, item]));
  return { all, get: (id) => byId.get(id) };
}
