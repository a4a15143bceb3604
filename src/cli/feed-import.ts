import { loadConfig } from '../io/config.ts';
import type { ImportedFeed } from '../io/feed/import-feed.ts';
import { importFeed } from '../io/feed/import-feed.ts';
import { checkFeedSignature } from '../io/feed/signature.ts';
import type { Session } from '../io/site/session.ts';
import { count } from './format.ts';
import type { Shell } from './shell.ts';
import { StatusLine } from './terminal.ts';

/**
 * For `feed import`, and for `import`, which is given anything.
 *
 * @param named keys of which one must have signed it; else those of the configuration, where it has any
 */
export async function importFeedFile(
  shell: Shell,
  session: Session,
  file: string,
  named: readonly string[] = [],
): Promise<ImportedFeed> {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const signers = named.length > 0 ? named : settings.feed_signers;
  if (signers.length > 0) {
    const by = await checkFeedSignature(file, signers, shell.stop);
    shell.say(`${file}: signed by ${by}`);
  }
  const line = new StatusLine(shell);
  const one = await importFeed(session.store, file, {
    now: shell.now(),
    stop: shell.stop,
    progress: (done, percent) => line.show(`${file}: ${count(done, 'record')}`, percent),
  }).finally(() => line.clear());
  const { head, format, records, skipped } = one;
  shell.say(`${file}: ${count(records, 'record')} (${format.title}), kept as ${head.id}`);
  if (skipped > 0) shell.warn(`${file}: ${count(skipped, 'record')} of another form were left out`);
  return one;
}
