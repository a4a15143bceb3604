import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MODES } from '../../src/cli/check-modes.ts';
import type { Command } from '../../src/cli/command.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/globals.ts';
import { commands } from '../../src/cli/index.ts';
import { loadConfig } from '../../src/io/config.ts';
import { notifiers } from '../../src/notifiers/index.ts';
import { FIELDS } from '../../src/notifiers/route.ts';

const GUIDES = join(import.meta.dirname, '../../docs/guides');
const NOTIFICATIONS = readFileSync(join(GUIDES, 'notifications.md'), 'utf8');
const NAGIOS = readFileSync(join(GUIDES, 'nagios.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'portolan-guide-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['notifications.md', NOTIFICATIONS],
  ['nagios.md', NAGIOS],
])('every command of %s exists, with each of its options', (_, guide) => {
  const blocks = [...guide.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block = '']) => block);
  const lines = [...blocks.join('\n').matchAll(/portolan ((?:--data \S+ )?)([a-z]+)([^#|\n]*)/g)];
  expect(lines.length).toBeGreaterThan(4);
  for (const [, , name = '', rest = ''] of lines) {
    const command: Command | undefined = commands.find((one) => one.name === name);
    expect(command?.name).toBe(name);
    const known = [...(command?.options ?? []), ...GLOBAL_OPTIONS].map(({ flags }) => flags);
    for (const word of rest.split(/\s+/).filter((one) => /^--?[a-z]/i.test(one))) {
      expect(
        known.some((flags) => flags.split(/[ ,]+/).includes(word)),
        `${name} ${word}`,
      ).toBe(true);
    }
  }
});

describe('notifications.md', () => {
  test('its example is a configuration', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(NOTIFICATIONS) ?? [];
    const file = join(folder, 'portolan.yaml');
    writeFileSync(file, example);
    const { settings } = loadConfig({ file, env: {} });
    expect(Object.keys(settings.channels)).toEqual(['phone', 'siem']);
    expect(settings.alerts).toHaveLength(3);
  });

  test('the table of channels has every type with every setting, and no other', () => {
    const rows = [...NOTIFICATIONS.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \|$/gm)]
      .filter(([, name]) => notifiers.all.some(({ id }) => id === name))
      .map(([, name = '', text = '', needed = '']) => ({ name, text, needed }));
    expect(rows.map(({ name }) => name).toSorted()).toEqual(notifiers.all.map(({ id }) => id));
    for (const { name, text, needed } of rows) {
      const shape = notifiers.all.find(({ id }) => id === name)?.settings.shape ?? {};
      const keys = Object.keys(shape).filter((key) => key !== 'type');
      for (const key of keys) expect(`${name} ${text}`).toContain(`\`${key}\``);
      for (const [, key] of needed.matchAll(/`(\w+)`/g)) expect(keys).toContain(key);
    }
  });

  test('the table of rules has every field', () => {
    const rules = NOTIFICATIONS.slice(NOTIFICATIONS.indexOf('| ask for |'));
    for (const field of FIELDS) expect(rules).toContain(`| \`${field}\` |`);
  });
});

test('nagios.md has every check with the ranges that hold without any', () => {
  const rows = [...NAGIOS.matchAll(/^\| `([a-z-]+)` \| (.*?) \| `(.*?)` \| (.*?) ?\|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual([...MODES.keys()]);
  for (const [, name = '', , ranges] of rows) {
    const mode = MODES.get(name);
    const critical = mode?.critical === '~:' ? '' : ` -c ${mode?.critical}`;
    expect(ranges).toBe(`-w ${mode?.warning}${critical}`);
  }
});
