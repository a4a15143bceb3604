import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/index.ts';
import { SCOPES } from '../../src/io/api/access/scopes.ts';
import { RouteTable } from '../../src/io/api/match.ts';
import { securityHeaders } from '../../src/io/api/respond.ts';
import { routes } from '../../src/io/api/routes/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const guide = readFileSync(join(ROOT, 'docs/guides/api.md'), 'utf8');
const security = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

test('every address of the guide is one of the API', () => {
  const table = new RouteTable(routes);
  const isThere = (path: string): boolean =>
    routes.some(({ method }) => {
      try {
        return table.find(method, path).route.path !== '';
      } catch {
        return false;
      }
    });
  const shown = [...guide.matchAll(/\/api\/v1(\/[a-z/]+)/g)].map(([, path = '']) => path);
  expect(shown.length).toBeGreaterThan(8);
  const own = ['/openapi'];
  expect(shown.filter((path) => !own.includes(path) && !isThere(path))).toEqual([]);
});

test('the guide has every scope', () => {
  const rows = [...guide.matchAll(/^\| `([a-z:]+)` \|/gm)].map(([, scope]) => scope);
  expect(rows).toEqual([...SCOPES]);
});

test.each([
  ['docs/guides/api.md', guide],
  ['docs/security.md', security],
])('every command of %s exists, with its options', (_, text) => {
  const byName = new Map(commands.map((command) => [command.name, command]));
  const lines = [...text.matchAll(/portolan ([a-z-]+)((?: [^\s`#|]+)*)/g)];
  expect(lines.length).toBeGreaterThan(1);
  for (const [whole, name = '', rest = ''] of lines) {
    const command = byName.get(name);
    expect(command, whole).toBeDefined();
    const flags = (command?.options ?? []).map((option) => option.flags);
    for (const [flag] of rest.matchAll(/--[a-z-]+/g)) {
      expect(
        flags.some((one) => one.includes(flag)),
        whole,
      ).toBe(true);
    }
  }
});

test('the policy for browsers stands in the document as it is sent', () => {
  const written = security.replaceAll('\n', ' ');
  expect(written).toContain(securityHeaders([])['content-security-policy']);
});

test('every test that the document names is there', () => {
  const named = [...security.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(6);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
