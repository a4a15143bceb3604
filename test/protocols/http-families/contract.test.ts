import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/model/evidence.ts';
import { http } from '../../../src/protocols/http.ts';
import { families } from '../../../src/protocols/http-families/index.ts';
import type { Page } from '../../../src/protocols/shared/http-page.ts';
import { readPage } from '../../../src/protocols/shared/http-page.ts';
import { hex } from '../hex.ts';
import { converse, peer } from '../play.ts';
import type { Example } from './example.ts';
import { answer, titled } from './example.ts';
import { SERVERS } from './servers.ts';
import { THINGS } from './things.ts';

const EXAMPLES: readonly Example[] = [...THINGS, ...SERVERS];

const FOLDER = new URL('../../../src/protocols/http-families/', import.meta.url);
const NOT_MEMBERS = ['index.ts', 'family.ts'];

test('every file of the folder is in the list, under its own name', () => {
  const files = readdirSync(FOLDER).filter((file) => !NOT_MEMBERS.includes(file));
  expect(families.all.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
});

describe.each(families.all)('$id', (family) => {
  test('cites what it was written from, and has an example', () => {
    expect(family.sources).not.toHaveLength(0);
    expect(EXAMPLES.map((example) => example.family)).toContain(family.id);
  });

  test('asks for a plain path: no query, no command, nothing that leads out', () => {
    const path = family.document?.path ?? '/';
    expect(path).toMatch(/^\/[\w./-]*$/);
    expect(path).not.toMatch(/\.\.|\/\/|\/(?:cm|set|rpc|reboot|reset|login|update|upgrade)\b/);
  });

  test('is not taken in by an empty page or by the page of another server', () => {
    for (const root of [answer(''), answer(titled('Welcome to nginx!'), ['Server: nginx'])]) {
      expect(family.suspects(page(root), 8081)).toBe('no');
    }
  });

  test("takes no other family's page for its own", () => {
    for (const example of EXAMPLES.filter((one) => one.family !== family.id)) {
      expect(family.suspects(page(example.root), example.port), example.name).not.toBe('named');
      const document = example.document?.[1];
      const facts = document === undefined ? [] : family.document?.read(page(document));
      expect(facts ?? [], example.name).toEqual([]);
    }
  });

  test('reads any page without throwing', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom(...TRAPS));
    fc.assert(
      fc.property(text, fc.string(), fc.integer({ min: 200, max: 599 }), (body, value, status) => {
        const line = value.replaceAll(/[\r\n]/g, ' ');
        const fields = ['Server', 'Location', 'WWW-Authenticate'].map((name) => `${name}: ${line}`);
        const one = page(answer(body, fields, `${status} x`));
        expect(['named', 'possible', 'no']).toContain(family.suspects(one, 80));
        expect(Array.isArray(family.root?.(one) ?? [])).toBe(true);
        expect(Array.isArray(family.document?.read(one) ?? [])).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** What attacks readers of JSON and XML: inherited members, nesting, entities that grow. */
const TRAPS: readonly string[] = [
  '{"__proto__":{"bridgeid":"x","mac":"CC50E325A73E","auth":false},"constructor":{"prototype":{}}}',
  `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
  '<!DOCTYPE r [<!ENTITY a "&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]><root><device><friendlyName>&a;&x;</friendlyName></device></root>',
  '<a>'.repeat(20_000),
  '<title>'.repeat(9000),
];

describe.each(EXAMPLES)('$family: $name', (example) => {
  test('is understood, with one more question at most', () => {
    const { facts, sent } = talk(example);
    expect(facts.slice(-example.facts.length)).toEqual(example.facts);
    expect(sent).toEqual(['/', ...(example.document === undefined ? [] : [example.document[0]])]);
  });
});

test.each([
  ['a root that names nobody', answer(titled('Welcome')), 8081],
  [
    'a redirect to somewhere else',
    answer('', ['Location: http://169.254.169.254/'], '302 Found'),
    80,
  ],
] as const)('nothing is asked after %s', (_, root, port) => {
  expect(talk({ root, port }).sent).toEqual(['/']);
});

test('no more than two documents are asked for where several families are possible', () => {
  const root = answer('x', ['Content-Encoding: gzip']);
  expect(talk({ root, port: 80 }).sent).toEqual(['/', '/shelly', '/json/info']);
});

/** Plays the device: the root page, the document where it is asked for, and 404 for anything else. */
function talk({ root, port, document }: Pick<Example, 'root' | 'port' | 'document'>): {
  facts: readonly Fact[];
  sent: readonly string[];
} {
  const missing = answer('', [], '404 Not Found');
  const order = converse(http.probe.dialogue(peer(port)), [hex(root), hex(missing), hex(missing)]);
  const paths = order.sent.map(pathOf);
  const answers = paths.map((path) => {
    if (path === '/') return root;
    return path === document?.[0] ? document[1] : missing;
  });
  const { facts, sent } = converse(http.probe.dialogue(peer(port)), answers.map(utf8Hex));
  return { facts, sent: sent.map(pathOf) };
}

function utf8Hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

function pathOf(sent: string): string {
  return Buffer.from(sent, 'hex').toString('latin1').split(' ')[1] ?? '';
}

function page(text: string): Page {
  const parsed = readPage(Buffer.from(text));
  if (parsed === undefined) throw new Error('no answer of HTTP');
  return parsed;
}
