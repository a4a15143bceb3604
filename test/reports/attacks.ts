import { existsSync, readFileSync } from 'node:fs';

/** Names that attack a page, a table, a terminal or a reader. */
export const ATTACKS: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title></style></svg><script>alert(1)</script>',
  '<!--',
  ']]>',
  '&lt;b&gt;',
  '\u001b[2J\u001b[31mPWNED\u001b[0m',
  '\u009b31mC1',
  '\r\nFAKE: login ok',
  '\u0000nul\u0000',
  '\u202egnp.exe',
  "=cmd|'/C calc'!A0",
  '+1+1',
  '-2+3',
  '@SUM(1+1)',
  '\t=1+1',
  '","injected","',
  'a\nb,c\n',
  '| a | b |\n| - | - |',
  '[x](javascript:alert(1))',
  '![x](http://192.0.2.1/x.png)',
  'http://192.0.2.1/ www.example.org',
  '# heading\n\n- item\n```',
  '\ud800',
  '\uffff',
  '__proto__',
  'x'.repeat(255),
  ...larger(),
];

/** The larger collection, where the checkout has it beside it. */
function larger(): string[] {
  const file = new URL('../../../shared/tools/hostile/strings.json', import.meta.url);
  if (!existsSync(file)) return [];
  const classes: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Object.values(Object(classes))
    .flat()
    .filter((text) => typeof text === 'string');
}
