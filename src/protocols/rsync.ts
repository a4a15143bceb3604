import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins, NOTHING } from './shared/bytes.ts';
import { speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { parseLine } from './shared/text.ts';

const DEPTH = 128;

export const rsync = {
  id: 'rsync',
  title: 'rsync',
  ports: [{ port: 873, over: 'tcp', iana: 'rsync' }],
  sources: ['rsync: csprotocol.txt (start of a connection to the daemon)'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'listens', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseGreeting(first.client),
    answered: parseGreeting(first.server),
    facts: (asked, answered) => [speaks('rsync', answered ?? asked ?? 'unknown')],
  });
}

/** Only listens: the greeting is enough, and the list of modules is nobody's business. */
function* dialogue(): Dialogue {
  const greeting = parseGreeting(yield ask(NOTHING, parseGreeting));
  return greeting.kind === 'ok' ? [speaks('rsync', greeting.value)] : [];
}

/** `@RSYNCD: 31.0`, since 3.2 with the names of digests behind it; the value is the version. */
function parseGreeting(bytes: Uint8Array): Parsed<string> {
  if (begins(bytes, '@RSYNCD: ') === 'no') return bad('it does not begin with @RSYNCD');
  const line = parseLine(bytes, DEPTH);
  if (line.kind !== 'ok') return line;
  const version = /^@RSYNCD: (\d{1,3}(?:\.\d{1,3})?)(?: [\w ]+)?$/.exec(line.value)?.[1];
  if (version === undefined) return bad('no version of rsync');
  return { kind: 'ok', value: version, size: line.size };
}
