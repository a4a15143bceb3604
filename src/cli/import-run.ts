import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { readerFor } from '../importers/capture-reader.ts';
import { feedFormats } from '../importers/feeds/index.ts';
import type { Importer } from '../importers/importer.ts';
import { importers } from '../importers/index.ts';
import { compressionOf } from '../io/capture/unpack.ts';
import { feedFormatOf } from '../io/feed/import-feed.ts';
import { languageOf, targetCalled } from '../io/firewall-state.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import { targets } from '../targets/index.ts';
import type { Target } from '../targets/target.ts';
import type { Input } from './command.ts';
import { importFeedFile } from './feed-import.ts';
import { count } from './format.ts';
import { importCapture } from './import-capture.ts';
import { importRuleset, importThisFirewall } from './import-firewall.ts';
import { importMud, isMudFile } from './import-mud.ts';
import { importSnmp } from './import-snmp.ts';
import type { Shell } from './shell.ts';

/** Bytes of a document that are looked at to tell what it is. */
const START = 4096;
/** A document is held in memory whole; nothing of this kind is larger. */
const LIMIT = 256 * 1024 * 1024;
/** Problems that are printed one by one. */
const SHOWN = 10;

export function runImport(shell: Shell, input: Input): Promise<number> {
  if (input.flag('listFormats')) {
    shell.out(`capture\tpcap and pcapng, plain, gzip or zstd\n`);
    for (const { id, title } of [...importers.all, ...feedFormats.all]) {
      shell.out(`${id}\t${title}\n`);
    }
    for (const { id, title } of targets.all) shell.out(`${id}\tRules in force of ${title}\n`);
    return Promise.resolve(0);
  }
  if (input.args[0] === 'snmp') return importSnmp(shell, input);
  if (input.args[0] === 'firewall') return importThisFirewall(shell);
  return withSession(shell, async (session) => {
    let status = 0;
    for (const file of input.args) {
      const as = input.text('as');
      const isMud = as === undefined && isMudFile(file);
      const done = isMud
        ? await importMud(shell, session, input, file)
        : await importAny(shell, session, file, as);
      status = Math.max(status, done);
      if (shell.stop.aborted) break;
    }
    return status;
  });
}

async function importAny(
  shell: Shell,
  session: Session,
  file: string,
  as: string | undefined,
): Promise<number> {
  // Before captures: a feed may be packed as well, and is told by what is in it.
  if (as === undefined && file !== '-' && (await feedFormatOf(file)) !== undefined) {
    const { skipped } = await importFeedFile(shell, session, file);
    return skipped > 0 ? 5 : 0;
  }
  if (isCapture(file, as)) return importCapture(shell, session, file);
  return importOne(shell, session, file, as);
}

/** A capture is told by its first octets; of standard input they cannot be put back, so say it. */
function isCapture(file: string, as: string | undefined): boolean {
  if (as !== undefined || file === '-') return as === 'capture';
  const start = Buffer.alloc(START);
  try {
    const descriptor = openSync(file, 'r');
    const length = readSync(descriptor, start, 0, START, 0);
    closeSync(descriptor);
    const head = start.subarray(0, length);
    return compressionOf(head) !== undefined || readerFor(head) !== undefined;
  } catch {
    return false; // Reading it as a document says why it cannot be read.
  }
}

/** @returns 0, or 5 where a part could not be read */
function importOne(shell: Shell, session: Session, file: string, as: string | undefined): number {
  const document = readDocument(file);
  const start = document.subarray(0, START);
  const found = importers.all.find((one) => one.recognise(start));
  const importer = as === undefined ? found : importers.get(as);
  const language = rulesetIn(document, found, as);
  if (language !== undefined) importRuleset(shell, session, file, document, language);
  // What iptables-save prints tells of port mappings as well.
  if (language !== undefined && importer?.recognise(start) !== true) return 0;
  return importAs(shell, session, file, document, importer ?? unknownFormat(file, as));
}

/** In whose language rules stand there; undefined for what is no ruleset. */
function rulesetIn(
  document: Uint8Array,
  found: Importer | undefined,
  as: string | undefined,
): Target | undefined {
  const language = languageOf(document);
  if (as !== undefined) {
    const forced = importers.get(as) === undefined ? targetCalled(as) : undefined;
    return language?.id === as ? language : forced;
  }
  return found === undefined || found.id === language?.id ? language : undefined;
}

function importAs(
  shell: Shell,
  session: Session,
  file: string,
  document: Uint8Array,
  importer: Importer,
): number {
  const observer = `${importer.id}:${file === '-' ? 'stdin' : basename(file)}`;
  const { evidence, problems } = importer.read(document, { at: shell.now(), observer });
  if (evidence.length === 0 && problems[0] !== undefined) {
    const { line, why } = problems[0];
    throw new PortolanError('E_INPUT_MALFORMED', `${file}:${line}: ${why}`, {
      remedy: `It was read as ${importer.title}; choose another with --as. Nothing was changed`,
    });
  }
  session.add(evidence);
  const addresses = new Set(evidence.map(({ subject }) => subject.address)).size;
  const ports = evidence.filter(({ fact }) => fact.kind === 'open').length;
  shell.say(
    `${file}: ${count(addresses, 'address')}, ${count(ports, 'open port')} (${importer.title})`,
  );
  for (const { line, why } of problems.slice(0, SHOWN)) shell.warn(`${file}:${line}: ${why}`);
  if (problems.length > SHOWN) shell.warn(`${file}: ${problems.length - SHOWN} more problems`);
  return problems.length > 0 ? 5 : 0;
}

function unknownFormat(file: string, as: string | undefined): never {
  const known = [...new Set([...importers.all, ...targets.all].map(({ id }) => id))].join(', ');
  throw new PortolanError(
    'E_INPUT_MALFORMED',
    as === undefined ? `${file} is nothing that can be imported` : `There is no format "${as}"`,
    { remedy: `Formats: ${known}; choose one with --as` },
  );
}

function readDocument(file: string): Uint8Array {
  try {
    if (file !== '-' && statSync(file).size > LIMIT) {
      throw new Error(`it is larger than ${LIMIT / 1024 / 1024} MiB`);
    }
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PortolanError('E_INPUT_UNREADABLE', `${file} cannot be read: ${why}`, {
      remedy: 'Check its name and its permissions',
      cause: error,
    });
  }
}
