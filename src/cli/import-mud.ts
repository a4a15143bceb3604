import { closeSync, openSync, readSync } from 'node:fs';
import { mudUrls } from '../io/site/mud-urls.ts';
import type { Session } from '../io/site/session.ts';
import { authorityOf } from '../policy/mud/mud.ts';
import { looksLikeMud } from '../policy/mud/read-mud.ts';
import type { Input } from './command.ts';
import {
  freshUntil,
  mudLibrary,
  mudOrRefuse,
  readIfThere,
  readMudFile,
  readSmallFile,
  signatureOf,
  warnOf,
} from './mud-file.ts';
import type { Shell } from './shell.ts';

/** Octets in which a MUD file names its module; RFC 8520's own example does so in the first line. */
const START = 4096;

export function isMudFile(file: string): boolean {
  if (file === '-') return false;
  const start = Buffer.alloc(START);
  try {
    const descriptor = openSync(file, 'r');
    const length = readSync(descriptor, start, 0, START, 0);
    closeSync(descriptor);
    return looksLikeMud(start.subarray(0, length).toString('utf8'));
  } catch {
    return false; // Whoever reads it as something else says why it cannot be read.
  }
}

/** Keeps it aside: which device it is for, and whether it may be used, is a person's to say. */
export async function importMud(
  shell: Shell,
  session: Session,
  input: Input,
  file: string,
): Promise<number> {
  const content = readSmallFile(file);
  const read = readMudFile(shell, input, content);
  warnOf(shell, file, read.ok ? read.diagnostics : []);
  const mud = mudOrRefuse(file, read);
  const signature = readIfThere(`${file}.p7s`);
  const verdict = await signatureOf(shell, input, mud, { content, signature }, session);
  const at = shell.now();
  mudLibrary(shell).put(
    'waiting',
    { url: mud.url, source: 'file', at, signature: verdict.state, freshUntil: freshUntil(mud, at) },
    content,
  );
  const given = mudUrls(session);
  const named = session
    .site()
    .devices.filter(({ macs, addresses }) =>
      [...macs, ...addresses].some((key) => given.get(key)?.url === mud.url),
    );
  const device = named.length === 1 ? (named[0]?.id ?? 'DEVICE') : 'DEVICE';
  shell.say(`${file}: MUD file of ${authorityOf(mud.url) ?? 'nobody'}. ${verdict.why}.`);
  shell.say(
    `Kept aside. Its rules into the policy: portolan mud import ${file} --device ${device}`,
  );
  return 0;
}
