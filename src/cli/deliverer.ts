import type { AlertBook } from '../alerts/book.ts';
import { loadConfig } from '../io/config.ts';
import { Deliverer } from '../io/deliver/deliverer.ts';
import { describer } from '../io/deliver/describe.ts';
import type { Session } from '../io/site/session.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

/**
 * What brings notices to the channels of the configuration.
 *
 * @param book alerts that are open, for sinks that show how many a device has
 */
export function openDeliverer(shell: Shell, session: Session, book?: () => AlertBook): Deliverer {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  return new Deliverer(session.store, {
    settings,
    version: VERSION,
    now: () => shell.now(),
    log: (text) => shell.warn(text),
    describe: describer({
      site: () => session.site(),
      now: () => shell.now(),
      ...(book === undefined ? {} : { book }),
    }),
  });
}
