import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Shell } from '../../src/cli/shell.ts';
import { openSeen } from '../../src/cli/watch-seen.ts';
import { openStore } from '../../src/io/store/open.ts';
import { Story } from '../evidence.ts';
import { runIn } from './stand-in.ts';

const CAMERA = '192.168.1.31';
/** More than is read in one turn. */
const MANY = 20_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-seen-'));
  const story = new Story();
  for (let count = 0; count < MANY; count += 1) story.present(CAMERA);
  const store = openStore(folder);
  store.append(story.evidence);
  store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Ctrl-C before what is stored was read, or not. */
async function watch(isStopped: boolean): Promise<{ isRead: boolean; devices: number }> {
  const found = { isRead: false, devices: 0 };
  const stop = new AbortController();
  if (isStopped) stop.abort();
  await runIn(
    { data: folder, now: Date.now() },
    async (shell: Shell) => {
      const seen = openSeen(shell, 'test', true);
      const reading = seen.read(stop.signal);
      const evidence = new Story().present('192.168.1.32').evidence;
      seen.take({ kind: 'evidence', evidence });
      found.isRead = await reading;
      if (found.isRead) found.devices = seen.site().devices.length;
      seen.close();
      return 0;
    },
    [],
  );
  return found;
}

test.each([
  ['is heard while what is stored is read', true, { isRead: false, devices: 0 }],
  ['that nobody types lets it be read', false, { isRead: true, devices: 2 }],
])('Ctrl-C %s, and what was seen meanwhile is kept', async (_, isStopped, found) => {
  expect(await watch(isStopped)).toEqual(found);
  const store = openStore(folder);
  expect([...store.evidence()]).toHaveLength(MANY + 1);
  store.close();
});
