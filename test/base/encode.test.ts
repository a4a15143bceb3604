import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forCsv, forHtml, forMarkdown, forTerminal, forXml } from '../../src/base/encode.ts';
import { quote, untrusted, visible } from '../../src/base/untrusted.ts';

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '\u001b[2J\u001b[H\u001b[31mPWNED\u001b[0m',
  '\u001b]0;owned\u0007',
  '\u009b31mC1',
  '\r\nFAKE: login ok',
  '\u202Egnp.exe',
  "=cmd|'/C calc'!A0",
  '@SUM(1+1)*cmd',
  '\t=1+1',
  '","injected","',
  '[x](javascript:alert(1))',
  ']]><x/>',
  ...more(),
];

/** The larger collection, where the checkout has it beside it. */
function more(): string[] {
  const file = new URL('../../../shared/tools/hostile/strings.json', import.meta.url);
  if (!existsSync(file)) return [];
  const classes: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Object.values(Object(classes))
    .flat()
    .filter((text) => typeof text === 'string');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

describe.each(ATTACKS)('%j', (attack) => {
  test('moves no cursor and forges no line on a terminal', () => {
    expect(forTerminal(untrusted(attack))).not.toMatch(CONTROLS);
  });

  test('is text in HTML and XML', () => {
    expect(forHtml(attack)).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
    expect(forXml(attack)).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
  });

  test('is one CSV field that starts no formula', () => {
    const field = forCsv(attack);
    expect(field).toMatch(/^"(?:[^"]|"")*"$/);
    expect(field.slice(1)).not.toMatch(/^[=+\-@\t\r]/);
  });

  test('is no markup in Markdown', () => {
    expect(forMarkdown(attack).replaceAll(/\\[\\`*_{}[\]()<>#+!|~&]|&lt;|&amp;/g, '')).not.toMatch(
      /[`*_[\]<>|]/,
    );
  });
});

test('quote cuts at a length and says so', () => {
  expect(quote(untrusted('x'.repeat(200)), 10)).toBe(`"${'x'.repeat(9)}…"`);
});

test.each(['\uff1d1+1', '\uff0b1', '\uff0d1', '\uff20SUM(1)'])(
  '%s, full-width, is no formula where a spreadsheet takes it for its sign',
  (text) => expect(forCsv(text)).toBe(`"'${text}"`),
);

test('a CSV field gives back what was put in, its controls visible, but for the guard', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inner = forCsv(text).slice(1, -1).replaceAll('""', '"');
      const clean = visible(text);
      expect(inner === clean || inner === `'${clean}`).toBe(true);
    }),
  );
});
