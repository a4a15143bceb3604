import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GLOBAL_OPTIONS } from '../../src/cli/globals.ts';
import { serve } from '../../src/cli/serve.ts';
import { setup } from '../../src/cli/setup.ts';
import { loadConfig } from '../../src/io/config.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/serve.md'), 'utf8');

test('the configuration of the guide is one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-guide-'));
  try {
    const [, yaml = ''] = /```yaml\n([^`]*)```/.exec(GUIDE) ?? [];
    const file = join(folder, 'portolan.yaml');
    // The zone that it scans stands elsewhere in a whole file.
    writeFileSync(file, `${yaml}zones: {iot: [10.20.0.0/16]}\n`);
    const { settings } = loadConfig({ file, env: {} });
    expect(settings.schedules.map(({ what }) => what)).toEqual([
      'scan',
      'scan',
      'report',
      'backup',
    ]);
    expect(settings.time_zone).toBe('Europe/Berlin');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every option that the guide names is there', () => {
  const named = new Set(GUIDE.match(/--[a-z][a-z-]+/g));
  const known = [serve.options ?? [], setup.options ?? [], GLOBAL_OPTIONS]
    .flat()
    .flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []);
  expect(named.size).toBeGreaterThan(5);
  expect([...named].filter((option) => !known.includes(option))).toEqual([]);
});

test.each([
  ['an unknown kind of work', 'schedules: [{what: reboot, every: 6h}]', 'schedules.0'],
  ['an interval that is none', 'schedules: [{what: scan, every: 6x}]', 'no interval'],
  ['a misspelt key', 'schedules: [{what: scan, evry: 6h}]', 'Did you mean "every"'],
  ['copies of which none stays', 'schedules: [{what: backup, every: 1d, keep: 0}]', 'schedules.0'],
  ['a folder somewhere', 'schedules: [{what: backup, every: 1d, folder: x}]', 'no path from'],
  ['a time zone that there is not', 'time_zone: Europe/Atlantis', 'no time zone'],
  ['days that are none', 'retention: {flows_days: 0}', 'retention.flows_days'],
])('%s is said with its place', (_, yaml, said) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-guide-'));
  try {
    const file = join(folder, 'portolan.yaml');
    writeFileSync(file, `${yaml}\n`);
    expect(() => loadConfig({ file, env: {} })).toThrow(said);
    expect(() => loadConfig({ file, env: {} })).toThrow(/portolan\.yaml:1:\d+: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
