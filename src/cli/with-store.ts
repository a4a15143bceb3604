import { openStore } from '../io/store/open.ts';
import type { Store } from '../io/store/store.ts';
import type { World } from '../io/world.ts';

/** For what is kept beside the devices: the store alone, beside a daemon that may have it open. */
export async function withStore<T>(
  world: World,
  work: (store: Store) => T | Promise<T>,
): Promise<T> {
  const store = openStore(world.dataFolder ?? world.env['PORTOLAN_DATA']);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
