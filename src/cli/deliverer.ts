import type { AlertBook } from '../alerts/book.ts';
import { loadConfig } from '../io/config.ts';
import { Deliverer } from '../io/deliver/deliverer.ts';
import { describer } from '../io/deliver/describe.ts';
import type { Session } from '../io/site/session.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

interface More {
  /** Alerts that are open, for sinks that show how many a device has. */
  book?(): AlertBook;
  /** Where it says that a channel fails; standard error where nothing moves on the screen. */
  log?(text: string): void;
}

/** What brings notices to the channels of the configuration. */
export function openDeliverer(shell: Shell, session: Session, { book, log }: More = {}): Deliverer {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  return new Deliverer(session.store, {
    settings,
    version: VERSION,
    now: () => shell.now(),
    log: log ?? ((text) => shell.warn(text)),
    describe: describer({
      site: () => session.site(),
      now: () => shell.now(),
      ...(book === undefined ? {} : { book }),
    }),
  });
}
