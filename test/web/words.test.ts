import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, test, vi } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../web/src');
const WORDS = join(SOURCE, 'words');

const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('words/'))
  .toSorted();

/** Attributes that are read aloud or shown. */
const SAID = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'name', 'text']);
/** What is called so in every language. */
const NAMES = new Set(['Portolan', 'JSON', 'tcp', 'udp']);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Every node of a file with those that it is in, the nearest last. */
function* nodesOf(value: unknown, within: readonly Node[] = []): Iterable<[Node, readonly Node[]]> {
  if (Array.isArray(value)) {
    for (const one of value) yield* nodesOf(one, within);
  } else if (isNode(value)) {
    yield [value, within];
    const inner = [...within, value];
    for (const child of Object.values(value)) {
      if (typeof child === 'object') yield* nodesOf(child, inner);
    }
  }
}

/** What a person would read as words; undefined where it is none of them. */
function saidBy(node: Node, within: readonly Node[]): string | undefined {
  if (node.type === 'JSXText') return wordsIn(node['value']);
  if (node.type !== 'Literal' || typeof node['value'] !== 'string') return undefined;
  const [parent] = within.slice(-1);
  if (parent?.type === 'JSXAttribute') {
    const { name } = parent;
    return isNode(name) && SAID.has(String(name['name'])) && String(name['name']) !== 'name'
      ? wordsIn(node['value'])
      : undefined;
  }
  if (parent?.type === 'JSXExpressionContainer') return wordsIn(node['value']);
  // Elsewhere: a sentence, or the beginning of one.
  return /^\p{Lu}\p{Ll}+ \p{Ll}{2,} /u.test(node['value']) ? node['value'] : undefined;
}

function wordsIn(text: unknown): string | undefined {
  const words = String(text).match(/\p{L}{2,}/gu) ?? [];
  return words.some((word) => !NAMES.has(word)) ? String(text).trim() : undefined;
}

describe('words of the dashboard', () => {
  test('all of them are in the catalogue, none is in a page', () => {
    const outside = FILES.flatMap((file) => {
      const program = parseAst(readFileSync(join(SOURCE, file), 'utf8'), { lang: 'tsx' });
      return [...nodesOf(program)].flatMap(([node, within]) => {
        const said = saidBy(node, within);
        return said === undefined ? [] : [`${file}: ${said}`];
      });
    });
    expect(outside).toEqual([]);
  });

  test('a file with words in it is found out', () => {
    const page = `const a = <p title="Front door">Hello there {'and then'}</p>;
      throw new Error('Something is wrong here');`;
    const found = [...nodesOf(parseAst(page, { lang: 'tsx' }))].flatMap(
      ([node, within]) => saidBy(node, within) ?? [],
    );
    expect(found).toEqual(['Front door', 'Hello there', 'and then', 'Something is wrong here']);
  });

  test('both languages have the same sections', () => {
    const sections = (language: string): readonly string[] => readdirSync(join(WORDS, language));
    expect(sections('de')).toEqual(sections('en'));
  });

  test('no word of the catalogue is one that no page says', async () => {
    const pages = FILES.map((file) => readFileSync(join(SOURCE, file), 'utf8')).join('\n');
    const said = new Set(pages.match(/\w+/g));
    const unused = (await catalogue('en')).flatMap(({ section, entries }) =>
      entries
        .map(([path]) => path.split('.')[0] ?? '')
        .filter((key) => !said.has(key))
        .map((key) => `${section}: ${key}`),
    );
    expect([...new Set(unused)]).toEqual([]);
  });

  test('no German sentence is an English one', async () => {
    const english = new Map(
      (await catalogue('en')).flatMap(({ section, entries }) =>
        entries.map(([path, text]) => [`${section}.${path}`, text]),
      ),
    );
    const same = (await catalogue('de')).flatMap(({ section, entries }) =>
      entries.filter(
        ([path, text]) =>
          /\p{L}{2,} \p{L}{2,}/u.test(text) && english.get(`${section}.${path}`) === text,
      ),
    );
    // The filter language is one for all.
    expect(same.map(([path]) => path)).toEqual([
      ...['devices', 'ledger', 'flows', 'alerts'].map((list) => `filterHints.${list}`),
    ]);
  });
});

interface Section {
  readonly section: string;
  /** Key (`pages.overview`) and text; a sentence with holes as its source. */
  readonly entries: readonly (readonly [path: string, text: string])[];
}

function catalogue(language: string): Promise<readonly Section[]> {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('navigator', { language, languages: [language] });
  const files = readdirSync(join(WORDS, language));
  return Promise.all(
    files.map(async (file) => {
      const sections: Readonly<Record<string, unknown>> = await import(join(WORDS, language, file));
      return {
        section: basename(file, '.ts'),
        entries: Object.values(sections).flatMap((one) => entriesOf(one)),
      };
    }),
  );
}

function entriesOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, one]) =>
    entriesOf(one, path === '' ? key : `${path}.${key}`),
  );
}
