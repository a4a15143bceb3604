import { existsSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { PortolanError } from '../base/errors.ts';

/** Packed at build: IANA's registry (`data/iana-ports.tsv`), the IEEE's (package oui-data), docs/errors.md. */
export type DataName = 'iana' | 'oui' | 'errors';

/** Beside the bundle, beside its chunks, or in a source tree that was built. */
const FOLDERS = ['./data/', '../data/', '../../dist/data/'];

/** @throws PortolanError E_MISSING_TOOL where the product was not built */
export function readData(name: DataName): string {
  for (const folder of FOLDERS) {
    const file = new URL(`${folder}${name}.br`, import.meta.url);
    if (existsSync(file)) return brotliDecompressSync(readFileSync(file)).toString('utf8');
  }
  throw new PortolanError('E_MISSING_TOOL', `The data file ${name}.br is not beside the program`, {
    remedy: 'Build it: npm run build',
  });
}
