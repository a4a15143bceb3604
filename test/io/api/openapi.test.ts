import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openApi } from '../../../src/io/api/openapi.ts';
import { routes } from '../../../src/io/api/routes/index.ts';
import { openApiForm } from './openapi-form.ts';

const document: unknown = JSON.parse(JSON.stringify(openApi(routes, '1.2.3')));

/** Every value within, with where it is. */
function* within(value: unknown, at = ''): Generator<{ at: string; key: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield { at: `${at}/${key}`, key, value: inner };
    yield* within(inner, `${at}/${key}`);
  }
}

function resolved(ref: string): unknown {
  return ref
    .replace('#/', '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, part) => Object(value)[part], document);
}

test('it has the form of OpenAPI 3.1, and nothing that this does not know', () => {
  expect(openApiForm.safeParse(document).error?.issues ?? []).toEqual([]);
});

test('every reference leads to something', () => {
  const refs = [...within(document)].filter(({ key }) => key === '$ref');
  expect(refs.length).toBeGreaterThan(routes.length);
  const lost = refs.filter(({ value }) => resolved(String(value)) === undefined);
  expect(lost).toEqual([]);
});

test('every route is in it once, with its parameters, and says how it fails', () => {
  const operations = routes.map(({ method, path }) => Object(resolved('#/paths'))[path][method]);
  expect(operations.map(({ operationId }) => operationId)).toEqual(routes.map(({ id }) => id));
  for (const [index, { path }] of routes.entries()) {
    const named = operations[index].parameters
      .filter((one: { in: string }) => one.in === 'path')
      .map(({ name }: { name: string }) => `{${name}}`);
    expect([path, path.match(/\{\w+\}/g) ?? []]).toEqual([path, named]);
    expect(operations[index].responses.default.content).toHaveProperty([
      'application/problem+json',
    ]);
    expect(operations[index].summary).toMatch(/^[A-Z].{5,}[^.]$/);
  }
});

test('what needs no sign-in says so, and everything else says which scope it takes', () => {
  for (const { method, path, scope } of routes) {
    const operation = Object(resolved('#/paths'))[path][method];
    expect([path, operation.security]).toEqual([path, scope === 'anyone' ? [] : undefined]);
    if (scope !== 'anyone') expect(operation.description).toContain(`\`${scope}\``);
  }
});

/** A second opinion, where it is installed: pip install openapi-spec-validator. Debian has none. */
const VALIDATE = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
errors = list(OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors())
for error in errors[:5]:
    print(list(error.path)[:6], error.message[:200])
sys.exit(1 if errors else 0)
`;

const hasValidator =
  spawnSync('python3', ['-c', 'import openapi_spec_validator'], { stdio: 'ignore' }).status === 0;

test.skipIf(!hasValidator)(
  'openapi-spec-validator finds nothing wrong with it',
  {
    timeout: 120_000,
  },
  () => {
    const { status, stdout, stderr } = spawnSync('python3', ['-c', VALIDATE], {
      encoding: 'utf8',
      input: JSON.stringify(document),
    });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  },
);
