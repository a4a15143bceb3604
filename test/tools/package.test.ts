import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

const versions = z.record(z.string(), z.string());
const { dependencies, optionalDependencies, devDependencies } = z
  .object({
    dependencies: versions.default({}),
    optionalDependencies: versions,
    devDependencies: versions,
  })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

test('what is shipped depends on prebuilt binaries only', () => {
  expect(dependencies).toEqual({});
  const names = Object.keys(optionalDependencies);
  expect(names.filter((name) => !/^@(?:libsql|koromix)\//.test(name))).toEqual([]);
});

test('binaries of libsql are of the version whose JavaScript is bundled', () => {
  const { optionalDependencies: platforms } = z
    .object({ optionalDependencies: versions })
    .parse(JSON.parse(readFileSync(join(ROOT, 'node_modules/libsql/package.json'), 'utf8')));
  expect(optionalDependencies).toMatchObject(platforms);
  expect(Object.values(platforms)).toContain(devDependencies['libsql']);
});

test('the store opens where nothing but the binaries is installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-package-'));
  try {
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    mkdirSync(join(folder, 'node_modules'));
    for (const scope of ['@libsql', '@koromix']) {
      symlinkSync(join(ROOT, 'node_modules', scope), join(folder, 'node_modules', scope));
    }
    const args = [join(folder, 'dist/portolan.js'), '--data', join(folder, 'data'), 'devices'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toContain('No devices are known yet');
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
