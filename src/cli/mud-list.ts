import type { KeptMud } from '../io/mud/library.ts';
import type { GivenMudUrl } from '../io/site/mud-urls.ts';
import { mudUrls } from '../io/site/mud-urls.ts';
import { withSession } from '../io/site/session.ts';
import { shown } from '../policy/schema-values.ts';
import { count, jsonList, timeText } from './format.ts';
import { mudLibrary } from './mud-file.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

interface Row {
  readonly device: string;
  readonly url: string;
  readonly via: GivenMudUrl['via'] | 'person';
  readonly state: string;
  readonly file?: KeptMud;
  readonly waiting?: KeptMud;
}

/** Devices that name a MUD file, and files that no device names. */
export function runMudList(shell: Shell): Promise<number> {
  return withSession(shell, (session) => {
    const library = mudLibrary(shell);
    const given = mudUrls(session);
    const inUse = new Map(library.list('in-use').map((one) => [one.url, one]));
    const waiting = new Map(library.list('waiting').map((one) => [one.url, one]));
    const rowOf = (device: string, url: string, via: Row['via']): Row => {
      const [file, next] = [inUse.get(url), waiting.get(url)];
      return {
        device,
        url,
        via,
        state: stateOf(shell, file, next),
        ...(file === undefined ? {} : { file }),
        ...(next === undefined ? {} : { waiting: next }),
      };
    };
    const named = session.site().devices.flatMap(({ id, macs, addresses }) => {
      const all = [...macs, ...addresses].map((key) => given.get(key));
      const one =
        all.find((each) => each?.via === 'certificate') ?? all.find((each) => each !== undefined);
      return one === undefined ? [] : [rowOf(id, one.url, one.via)];
    });
    const used = new Set(named.map(({ url }) => url));
    const others = [...new Set([...inUse.keys(), ...waiting.keys()])]
      .filter((url) => !used.has(url))
      .map((url) => rowOf('', url, 'person'));
    print(shell, [...named, ...others]);
    return 0;
  });
}

function stateOf(shell: Shell, file: KeptMud | undefined, waiting: KeptMud | undefined): string {
  if (waiting !== undefined)
    return file === undefined ? 'waits for a yes' : 'update waits for a yes';
  if (file === undefined) return 'not fetched';
  // RFC 8520 §3.5: an old file need not be discarded; it is told that it is old.
  const age = file.freshUntil < shell.now() ? ', stale' : '';
  const signed = file.signature === 'good' ? 'signed' : `${file.signature}, approved`;
  return `${signed}${age}`;
}

function print(shell: Shell, rows: readonly Row[]): void {
  if (shell.json) {
    shell.out(jsonList(shell, 'mud', rows));
    return;
  }
  if (rows.length === 0) {
    shell.say('No device names a MUD file, and none was imported.');
    return;
  }
  shell.out(
    table(
      shell,
      [
        { title: 'Device', value: ({ device }) => device },
        { title: 'MUD URL', value: ({ url }) => url.slice(0, 300) },
        { title: 'Told by', value: ({ via }) => via, rank: 2 },
        { title: 'State', value: ({ state }) => state },
        { title: 'Since', value: ({ file }) => timeText(shell, file?.at), rank: 1 },
      ],
      rows,
    ),
  );
  const missing = rows.find(({ file, waiting }) => file === undefined && waiting === undefined);
  if (missing !== undefined)
    shell.hint(`Nothing is fetched unasked: portolan mud fetch ${shown(missing.url)}`);
  shell.hint(count(rows.length, 'row'));
}
