// Bundles and runs one bench: `npm run bench -- identify`. Without a name it lists them.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { EXTERNAL } from './externals.mjs';

const root = new URL('../', import.meta.url).pathname;
const [name, ...args] = process.argv.slice(2);
const known = readdirSync(`${root}bench`)
  .filter((file) => file.endsWith('.ts') && !file.startsWith('_'))
  .map((file) => file.slice(0, -3));

if (name === undefined || !known.includes(name)) {
  process.stdout.write(
    `Benches: ${known.join(', ')}\nRun one: npm run bench -- ${known[0] ?? 'NAME'}\n`,
  );
  process.exit(name === undefined ? 0 : 2);
}
const build = await rolldown({
  input: { [name]: `bench/${name}.ts` },
  platform: 'node',
  external: EXTERNAL,
  cwd: root,
  logLevel: 'silent',
});
await build.write({ dir: `${root}dist/bench`, format: 'esm', entryFileNames: '[name].js' });
await build.close();
const run = spawnSync(process.execPath, [`${root}dist/bench/${name}.js`, ...args], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
