import { PortolanError } from '../../../src/base/errors.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import { evidenceOf } from './samples.ts';

/** A program for the disk tests: appends until that fails, or counts what is there. */
const [folder, task] = process.argv.slice(2);
let acknowledged = 0;
let store: Store | undefined;
try {
  store = openStore(folder);
  if (task === 'count') {
    const there = Array.from(store.evidence()).length;
    process.stdout.write(`${there} are there\n`);
  }
  while (task === 'fill') {
    acknowledged += store.append(
      Array.from({ length: 10 }, () => evidenceOf({ kind: 'open' })),
    ).length;
  }
} catch (error) {
  if (!(error instanceof PortolanError)) throw error;
  process.stdout.write(`${error.code} after ${acknowledged}\n`);
}
store?.close();
