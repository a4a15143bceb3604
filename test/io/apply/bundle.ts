import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** Bundles of sources for processes of their own, and where they are. */
export function bundled(inputs: Readonly<Record<string, string>>): { readonly folder: string } {
  const made = { folder: '' };
  beforeAll(async () => {
    made.folder = mkdtempSync(join(tmpdir(), 'portolan-apply-'));
    // What a bundle finds beside itself: prebuilt packages, and the packed data.
    symlinkSync(join(ROOT, 'node_modules'), join(made.folder, 'node_modules'));
    symlinkSync(join(ROOT, 'dist/data'), join(made.folder, 'data'));
    for (const [name, input] of Object.entries(inputs)) {
      const build = await rolldown({
        input: join(ROOT, input),
        platform: 'node',
        external: [/^node:/, /^libsql/, /^@koromix\//],
      });
      await build.write({
        file: join(made.folder, `${name}.mjs`),
        format: 'esm',
        codeSplitting: false,
      });
      await build.close();
    }
  });
  afterAll(() => rmSync(made.folder, { recursive: true, force: true }));
  return made;
}
