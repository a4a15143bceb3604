import type { Page } from '../../../src/model/api/common.ts';

/** A list that is short enough to come whole; some of the API's come as a page all the same. */
export type Listed<Item> = readonly Item[] | Page<Item>;

export function listOf<Item>(listed: Listed<Item>): readonly Item[] {
  return 'items' in listed ? listed.items : listed;
}
