import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../lab/kernel/random.ts';
import {
  foreignOf,
  hashOf,
  inSeconds,
  isListing,
  loading,
  obstacleIn,
  restoring,
  ZONE,
} from '../../../src/io/apply/listing.ts';
import { lacking } from '../../lab/need.ts';

const TABLE = `table inet portolan {
\tset n_cloud_4 {
\t\ttype ipv4_addr
\t\tsize 65535
\t\ttimeout 1d
\t\telements = { 192.0.2.1, 192.0.2.2,
\t\t\t     192.0.2.3 }
\t}

\tset a_1 {
\t\ttype ipv4_addr
\t\telements = { 192.0.2.9 }
\t}

\tchain p_input {
\t\ttype filter hook input priority filter - 1; policy accept;
\t\tip saddr @n_cloud_4 accept
\t}
}
`;

describe('a listing is the same', () => {
  test.each([
    ['where a name has other addresses', TABLE.replace('192.0.2.1, 192.0.2.2', '192.0.2.7'), true],
    ['where a name has none', TABLE.replace(/\t\telements = \{ 192\.0\.2\.1[^}]*\}\n/, ''), true],
    ['but not where a fixed set has', TABLE.replace('192.0.2.9', '192.0.2.8'), false],
    ['but not where a rule is gone', TABLE.replace(/.*accept\n/, ''), false],
    ['but not where a rule is new', TABLE.replace('accept\n', 'accept\n\t\tdrop\n'), false],
  ])('%s', (_, other, same) => {
    expect(hashOf(other) === hashOf(TABLE)).toBe(same);
  });
});

test('what is foreign is everything but our tables', () => {
  const theirs = 'table ip portolan {\n\tchain c {\n\t}\n}\ntable inet portolans {\n}\n';
  expect(foreignOf(`${TABLE}${theirs}table inet portolan_pending {\n}\n`)).toBe(theirs);
});

test('a comment of somebody else that looks like our table is theirs, whatever its lines say', () => {
  const comment = 'comment "it\'s\ntable inet portolan {\n}\ntable inet portolan_pending {"';
  const theirs = `# Warning: don't touch "this\ntable ip x {\n\tchain c {\n\t\tdrop ${comment}\n\t}\n}\n`;
  expect(foreignOf(`${theirs}${TABLE}${theirs}`)).toBe(theirs + theirs);
});

describe('whether nft listed our tables', () => {
  test.each([
    ['one', TABLE, true],
    ['both', `${TABLE}${TABLE.replace('inet', 'bridge')}`, true],
    [
      'with a comment that looks like an end',
      TABLE.replace('accept\n', 'accept comment "\n}\n"\n'),
      true,
    ],
    ['half of one', TABLE.slice(0, 120), false],
    ['another', TABLE.replace('portolan', 'theirs'), false],
    ['something behind it', `${TABLE}Segmentation fault\n`, false],
    ['something before it', `warning\n${TABLE}`, false],
    ['anything', '}\n{', false],
  ])('%s', (_, text, expected) => expect(isListing(text)).toBe(expected));
});

const BRIDGED = TABLE.replace('table inet', 'table bridge');

describe('the table for bridges', () => {
  test('is ours', () => {
    expect(foreignOf(`${TABLE}${BRIDGED}`)).toBe('');
    expect(obstacleIn(restoring(`${TABLE}${BRIDGED}`))).toBeUndefined();
    expect(obstacleIn(loading(TABLE, BRIDGED))).toBeUndefined();
  });

  test.each([
    ['is not named where nobody has it', TABLE, TABLE, false],
    ['goes with what had brought it', TABLE, `${TABLE}${BRIDGED}`, true],
    ['comes back with what had it', `${TABLE}${BRIDGED}`, TABLE, true],
  ])('%s', (_, previous, loaded, named) => {
    expect(restoring(previous, loaded).includes('delete table bridge portolan')).toBe(named);
  });

  test('goes where the new rules have it no more', () => {
    expect(loading(TABLE, `${TABLE}${BRIDGED}`)).toContain('delete table bridge portolan\n');
    expect(loading(TABLE, TABLE)).not.toContain('bridge');
  });

  test('is drift where somebody changed it', () => {
    const changed = BRIDGED.replace('accept\n', 'drop\n');
    expect(hashOf(`${TABLE}${changed}`)).not.toBe(hashOf(`${TABLE}${BRIDGED}`));
  });
});

describe('only our table is loaded: refused is', () => {
  const inside = (line: string): string => TABLE.replace('accept\n', `accept\n${line}\n`);
  test.each([
    ['a flush', 'flush ruleset\n'],
    ['another table', 'table inet fw4 {\n}\n'],
    ['another family', 'table ip portolan {\n}\n'],
    ['a table that begins like ours', 'table inet portolan2 {\n}\n'],
    ['a second statement on a line', 'table inet portolan; flush ruleset\n'],
    ['a table that ends early', inside('\t}}; flush ruleset; table inet portolan { chain x {')],
    ['an end with something behind it', TABLE.replace(/\}\n$/, '} flush ruleset\n')],
    ['an include', inside('include "/etc/passwd"')],
    ['a variable', inside('define x = 1')],
    ['a comment, which could hide a brace', inside('# }')],
    ['a string that does not end', inside('comment "x')],
    ['a brace too few', TABLE.replace(/\}\n$/, '')],
  ])('%s', (_, text) => {
    expect(obstacleIn(text)).not.toBeUndefined();
  });

  test('and what we render and restore is not', () => {
    expect(obstacleIn(restoring(TABLE))).toBeUndefined();
    expect(obstacleIn(restoring(undefined))).toBeUndefined();
  });
});

const MISSING = lacking('unshare', 'nft');
const SEED = 4711;

test.skipIf(MISSING !== undefined)(
  `text that is let through changes no other table, however it is damaged (seed ${SEED})`,
  () => {
    const random = new Random(SEED);
    const pieces = [
      '}',
      '{',
      '\n',
      ';',
      '\t',
      '"',
      ' ',
      'flush ruleset',
      'delete table ip foreign',
      'table ip foreign {',
      'add rule ip foreign c drop',
      'chain c {',
      'include "x"',
      '\\\n',
      'portolan',
      'table inet portolan {',
      'accept',
      '\r',
    ];
    const damaged = Array.from({ length: 4000 }, () => {
      let text = random.chance(50) ? restoring(TABLE) : TABLE;
      for (let times = 1 + random.below(4); times > 0; times -= 1) {
        const at = random.below(text.length);
        const cut = random.chance(30) ? random.below(12) : 0;
        text = text.slice(0, at) + random.of(pieces) + text.slice(at + cut);
      }
      return text;
    }).filter((text) => obstacleIn(text) === undefined);
    expect(damaged.length).toBeGreaterThan(100);
    const script = `
      printf 'table ip foreign {\\n\\tchain c {\\n\\t\\taccept\\n\\t}\\n}\\n' | nft -f - || exit 9
      before=$(nft list table ip foreign)
      while read -r line; do
        printf '%s' "$line" | base64 -d | nft -f - 2>/dev/null
        [ "$(nft list table ip foreign 2>&1)" = "$before" ] || { echo "$line"; exit 1; }
      done`;
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const input = damaged
      .slice(0, 200)
      .map((text) => `${Buffer.from(text).toString('base64')}\n`)
      .join('');
    const { status, stdout } = spawnSync('unshare', [...user, '-n', 'sh', '-c', script], {
      encoding: 'utf8',
      input,
    });
    expect(status, Buffer.from(stdout, 'base64').toString()).toBe(0);
  },
);

test.skipIf(MISSING !== undefined)(
  'a rule with a time is kept in seconds, and means the same in every time zone',
  () => {
    const rules = ['<', '<=', '>', '>='].map((sign) => `\t\tmeta time ${sign} 1795615200 accept`);
    const table = `table inet portolan {\n\tchain c {\n${rules.join('\n')}\n\t}\n}\n`;
    const listed = (text: string, loadedIn: string): string =>
      execFileSync('unshare', ['-rn', 'sh', '-c', `nft -f - && TZ=${ZONE} nft -s list ruleset`], {
        input: text,
        encoding: 'utf8',
        env: { ...process.env, TZ: loadedIn },
      });
    const first = inSeconds(listed(table, ZONE));
    expect(first).toBe(table);
    expect(inSeconds(listed(first, 'Asia/Tokyo'))).toBe(first);
  },
);
