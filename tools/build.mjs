// Makes dist/: one bundle of the product with its commands as lazy chunks, and the packed data.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants } from 'node:zlib';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { EXTERNAL } from './externals.mjs';

const require = createRequire(import.meta.url);
const root = new URL('../', import.meta.url);

async function bundle(input, dir) {
  const bundled = await rolldown({
    input,
    platform: 'node',
    external: EXTERNAL,
    cwd: root.pathname,
    transform: { target: 'node20' },
  });
  await bundled.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
  });
  await bundled.close();
}

/** The JavaScript of libsql; its binary is found in node_modules by the package of the platform. */
async function bundleLibsql() {
  const bundled = await rolldown({
    input: { libsql: require.resolve('libsql') },
    platform: 'node',
    external: [/^@libsql\//],
    transform: { target: 'node20' },
  });
  const file = new URL('dist/libsql.cjs', root).pathname;
  await bundled.write({ file, format: 'cjs' });
  await bundled.close();
}

/** Brotli: 53,000 prefixes take 430 kB. Read once, by whoever needs them. */
async function pack(name, text) {
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  await writeFile(new URL(`dist/data/${name}.br`, root), packed);
}

/** One line a prefix, sorted: hex prefix (6, 7 or 9 digits), tab, organisation. */
function ouiLines() {
  const data = require('oui-data');
  return Object.entries(data)
    .map(([prefix, owner]) => `${prefix.toLowerCase()}\t${String(owner).split('\n')[0]}`)
    .sort()
    .join('\n');
}

await rm(new URL('dist/', root), { recursive: true, force: true });
await mkdir(new URL('dist/data/', root), { recursive: true });
await bundle({ portolan: 'src/cli/main.ts', lab: 'lab/run.ts' }, new URL('dist/', root).pathname);
await bundleLibsql();
// By itself, so that the process with the right to capture has nothing in it that it does not need.
await bundle({ capture: 'src/io/capture/helper-main.ts' }, new URL('dist/', root).pathname);
// The same for the one that may change the firewall.
await bundle({ enforce: 'src/io/apply/helper-main.ts' }, new URL('dist/', root).pathname);
// What takes long on the database, beside the daemon.
await bundle({ aside: 'src/io/store/aside-main.ts' }, new URL('dist/', root).pathname);
// The dashboard. dist/web/manifest.json names every file that may be served.
await build({ configFile: new URL('web/vite.config.ts', root).pathname, logLevel: 'warn' });
await pack('iana', await readFile(new URL('data/iana-ports.tsv', root), 'utf8'));
await pack('oui', ouiLines());
await pack('errors', await readFile(new URL('docs/errors.md', root), 'utf8'));
await chmod(new URL('dist/portolan.js', root), 0o755);
