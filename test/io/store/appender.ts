import { openStore } from '../../../src/io/store/open.ts';
import { evidenceOf } from './samples.ts';

/**
 * A program for the kill test: appends batches for ever and says on stdout which ids it was told
 * are stored. What was said here must be there after a kill at any moment.
 */
const [folder, run] = process.argv.slice(2);
const store = openStore(folder);
for (let batch = 0; ; batch += 1) {
  const stored = store.append(
    Array.from({ length: 1 + (batch % 17) }, (_, index) =>
      evidenceOf({ kind: 'open' }, { observer: `${run}-${batch}-${index}` }),
    ),
  );
  const lines = stored.map(({ id, observer }) => `${id} ${observer}\n`);
  process.stdout.write(lines.join(''));
}
