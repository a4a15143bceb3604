import { PortolanError } from '../base/errors.ts';
import type { ImportedFeed } from '../io/feed/import-feed.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import { productMatches, productText } from '../knowledge/known-vulnerabilities.ts';
import type { Device } from '../model/device.ts';
import type { Feed, MatchedVulnerability, ProductMatch } from '../model/vulnerability.ts';
import type { Input } from './command.ts';
import { importFeedFile } from './feed-import.ts';
import { count, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

const DAY = 86_400_000;
/** Days after which a feed is called old: makers publish each month (Siemens, Microsoft: its second Tuesday). */
const STALE = 30;

export function runFeed(shell: Shell, input: Input): Promise<number> {
  const [verb = 'status', ...what] = input.args;
  return withSession(shell, (session) => {
    switch (verb) {
      case 'status':
        return status(shell, session);
      case 'import':
        return importFeeds(shell, session, what, input.list('signer'));
      case 'check':
        return check(shell, session, what[0]);
      case 'remove':
        return remove(shell, session, what[0]);
      default:
        throw new PortolanError('E_USAGE', `feed has no verb "${verb}"`, {
          remedy: 'See: portolan feed --help',
        });
    }
  });
}

async function importFeeds(
  shell: Shell,
  session: Session,
  files: readonly string[],
  signers: readonly string[],
): Promise<number> {
  if (files.length === 0) {
    throw new PortolanError('E_USAGE', 'No file was named', {
      remedy: 'Fetch one and name it: portolan feed import known_exploited_vulnerabilities.json',
    });
  }
  const done: ImportedFeed[] = [];
  for (const file of files) done.push(await importFeedFile(shell, session, file, signers));
  if (shell.json) shell.out(jsonList(shell, 'feeds', session.store.feeds.all()));
  return done.some(({ skipped }) => skipped > 0) ? 5 : 0;
}

function status(shell: Shell, session: Session): number {
  const feeds = session.store.feeds.all();
  if (shell.json) {
    shell.out(
      jsonList(
        shell,
        'feeds',
        feeds.map((feed) => ({ ...feed, stale: isStale(shell, feed) })),
      ),
    );
    return 0;
  }
  if (feeds.length === 0) {
    shell.say('No feed was imported: nothing is checked for known vulnerabilities');
    shell.hint('Fetch one where there is internet, carry it here: portolan feed import FILE');
    return 0;
  }
  shell.out(
    table<Feed>(
      shell,
      [
        { title: 'Feed', value: ({ id }) => id },
        { title: 'Records', value: ({ records }) => records, align: 'right' },
        { title: 'Of', value: (feed) => timeText(shell, feed.dated), rank: 1 },
        { title: 'Imported', value: ({ importedAt }) => timeText(shell, importedAt), rank: 2 },
        {
          title: 'Age',
          value: (feed) => count(ageOf(shell, feed), 'day'),
          style: (feed) => (isStale(shell, feed) ? 'yellow' : undefined),
        },
        { title: 'What', value: ({ title }) => title, rank: 3 },
      ],
      feeds,
    ),
  );
  warnOfAge(shell, feeds);
  return 0;
}

/** Days since it was true, by its own date or else that of its import. */
function ageOf(shell: Shell, { dated, importedAt }: Feed): number {
  return Math.max(0, Math.floor((shell.now() - (dated ?? importedAt)) / DAY));
}

function isStale(shell: Shell, feed: Feed): boolean {
  return ageOf(shell, feed) > STALE;
}

function warnOfAge(shell: Shell, feeds: readonly Feed[]): void {
  const old = feeds.filter((feed) => isStale(shell, feed));
  if (old.length === 0) return;
  const names = old.slice(0, 3).map(({ id }) => id);
  const more = old.length > names.length ? ` and ${old.length - names.length} more` : '';
  shell.warn(
    `${names.join(', ')}${more}: older than ${STALE} days; what became known since is missing`,
  );
}

interface Line {
  readonly device: Device;
  readonly match: ProductMatch;
  readonly vulnerability: MatchedVulnerability;
}

function check(shell: Shell, session: Session, wanted: string | undefined): number {
  const feeds = session.store.feeds.all();
  if (feeds.length === 0) {
    throw new PortolanError('E_NOT_FOUND', 'No feed of vulnerabilities was imported', {
      remedy: 'Fetch one and import it: portolan feed import known_exploited_vulnerabilities.json',
    });
  }
  const site = session.site();
  const devices = wanted === undefined ? site.devices : [findDevice(site, wanted)];
  const lines = devices.flatMap((device) => {
    const services = site.services.filter((service) => service.device === device.id);
    return productMatches(device, services, session.store.feeds).flatMap((match) =>
      match.vulnerabilities.map((vulnerability): Line => ({ device, match, vulnerability })),
    );
  });
  if (shell.json) shell.out(jsonList(shell, 'vulnerabilities', lines.map(jsonLine)));
  else if (lines.length > 0) printLines(shell, lines);
  else shell.say('Nothing that is known of these devices stands in a feed');
  if (!shell.json) warnOfAge(shell, feeds);
  return 0;
}

function jsonLine({ device, match, vulnerability }: Line): object {
  const { vulnerabilities: _, ...product } = match;
  return { device: device.id, ...product, ...vulnerability };
}

function printLines(shell: Shell, lines: readonly Line[]): void {
  shell.out(
    table<Line>(
      shell,
      [
        { title: 'Device', value: ({ device }) => device.name, rank: 1 },
        { title: 'What', value: ({ match }) => productText(match) },
        { title: 'CVE', value: ({ vulnerability }) => vulnerability.cve },
        { title: 'Score', value: ({ vulnerability }) => vulnerability.score ?? '', align: 'right' },
        { title: 'Used', value: ({ vulnerability }) => (vulnerability.exploited ? 'yes' : '') },
        { title: 'Certainty', value: ({ vulnerability }) => vulnerability.certainty },
        { title: 'Mended in', value: ({ vulnerability }) => vulnerability.fixed ?? '', rank: 2 },
        { title: 'Title', value: ({ vulnerability }) => vulnerability.title, rank: 3 },
      ],
      lines,
    ),
  );
}

function remove(shell: Shell, session: Session, id: string | undefined): number {
  if (id !== undefined && session.store.feeds.remove(id)) {
    shell.say(`${id} was removed`);
    return 0;
  }
  throw new PortolanError('E_NOT_FOUND', `There is no feed "${id ?? ''}"`, {
    remedy: 'List them: portolan feed status',
  });
}
