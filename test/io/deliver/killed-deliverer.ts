import { loadConfig } from '../../../src/io/config.ts';
import { Deliverer } from '../../../src/io/deliver/deliverer.ts';
import { openStore } from '../../../src/io/store/open.ts';

/**
 * A program for the kill test: puts so many notices into the outbox, those that are not there yet,
 * and delivers until it is killed. Its clock runs a hundred times as fast, so that what a killed one
 * had is free again soon.
 */
const [folder = '', url = '', count = '0', origin = '0'] = process.argv.slice(2);
const store = openStore(folder, { shared: true });
const started = Number(origin);
const deliverer = new Deliverer(store, {
  settings: {
    ...loadConfig({ file: 'none', env: {} }).settings,
    channels: { hook: { type: 'webhook', url } },
  },
  version: 'test',
  now: () => started + (Date.now() - started) * 100,
});
for (let number = 0; number < Number(count); number += 1) {
  deliverer.deliver({ id: `n${number}`, kind: 'test', alerts: [], names: new Map() });
}
for (;;) {
  await deliverer.sendDue();
  const { length } = store.outbox.list().filter(({ state }) => state === 'waiting');
  if (length === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await deliverer.close();
store.close();
