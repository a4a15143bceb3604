import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runPolicy } from '../../src/cli/policy-run.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import type { Result } from './stand-in.ts';
import { runIn } from './stand-in.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-cli-policy-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const NOW = Date.UTC(2026, 10, 25);
let data = '';
let file = '';

beforeEach(() => {
  data = mkdtempSync(join(ROOT, 'data-'));
  file = join(data, 'policy.yaml');
});

/** What the command prints and says; an error as the command line would report it. */
function policy(words: string, env: Shell['env'] = {}): Promise<Result> {
  const given = words.match(/"[^"]*"|\S+/g) ?? [];
  const flags = given.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  const args = given
    .filter((word) => !word.startsWith('--'))
    .map((word) => word.replaceAll('"', ''));
  const options = Object.fromEntries(flags.map((name): [string, true] => [camelCase(name), true]));
  return runIn({ data, now: NOW, env }, runPolicy, args, options);
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A device in the inventory, and its id. */
function known(address: string, mac: string): string {
  const store = openStore(data);
  const seen: NewEvidence = {
    at: NOW,
    source: 'active',
    observer: 'test',
    subject: { address, mac },
    certainty: 'proved',
    fact: { kind: 'present', via: 'arp' },
  };
  store.append([seen]);
  store.close();
  return address;
}

const TEXT = `# ours
zones:
  iot: { interfaces: br-iot, networks: [192.168.20.0/24], default: deny }
  lan: { interfaces: br-lan, networks: 192.168.1.0/24 }
  wan: { interfaces: wan, internet: true }
endpoints:
  bulb: { networks: 192.168.20.11 }
guard: { admins: net:192.168.1.2 }
rules:
  - { id: out, from: bulb, to: zone:wan, service: mqtts, action: allow }
  - { id: in, from: zone:lan, to: bulb, service: http, action: allow }
tests:
  - { from: bulb, to: net:198.51.100.9, service: mqtts, expect: allow }
`;

describe('check', () => {
  test.each([
    ['a good one', TEXT, 'check', 0, '', 'no problem found'],
    [
      'one with a repetition',
      TEXT.replace(
        'tests:',
        '  - { id: two, from: bulb, to: zone:wan, service: mqtts, action: deny }\ntests:',
      ),
      'check',
      0,
      ':12:5: rule two: contradicts rule out, which comes before it and decides (line 10)  [warning]\n',
      '0 errors, 1 warning.',
    ],
    [
      'the same, strictly',
      TEXT.replace(
        'tests:',
        '  - { id: two, from: bulb, to: zone:wan, service: mqtts, action: deny }\ntests:',
      ),
      'check --strict',
      2,
      '[warning]',
      '1 warning',
    ],
    [
      'a bad one',
      TEXT.replace('to: bulb', 'to: blub'),
      'check',
      2,
      ':11:35: rule in: to: there is no endpoint "blub". Did you mean "bulb"?  [error]\n        - { id: in, from: zone:lan, to: blub',
      '1 error, 0 warnings.',
    ],
    [
      'one with a device that is not there',
      TEXT.replace('{ networks: 192.168.20.11 }', '{ device: ZZZZ }'),
      'check',
      2,
      ':7:19: rule out: there is no device PTL-D-ZZZZ (line 10)  [error]',
      '1 error',
    ],
    [
      'the same, by the file only',
      TEXT.replace('{ networks: 192.168.20.11 }', '{ device: ZZZZ }'),
      'check --file-only',
      0,
      '',
      'no problem found',
    ],
  ])('%s', async (_, text, words, status, out, said) => {
    writeFileSync(file, text);
    const result = await policy(words);
    expect(result.said).toContain(said);
    expect(result.out).toContain(out);
    expect(result.status).toBe(status);
  });

  test('as JSON, and of another file', async () => {
    const other = join(data, 'other.yaml');
    writeFileSync(other, TEXT.replace('to: bulb', 'to: blub'));
    const { out, status } = await policy(`check ${other} --json`);
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'portolan/policy-check/v1',
      diagnostics: [{ level: 'error', line: 11, column: 35, rule: 'in' }],
    });
  });
});

describe('init', () => {
  test('names every device, denies nothing, and is not done twice', async () => {
    known('192.168.20.11', '02:00:00:00:00:0b');
    const first = await policy('init');
    expect(first.said).toContain('1 device. Nothing is denied yet');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/endpoints:\n {2}[a-z0-9-]+: \{ device: PTL-D-[0-9A-Z]{4} \}\n/);
    expect(text).toContain('internet: true');
    expect((await policy('check --strict')).status).toBe(0);
    expect(await policy('init')).toMatchObject({ status: 2 });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('can be looked at first', async () => {
    expect((await policy('init --dry-run')).out).toContain('version: 1\n');
    expect((await policy('show')).said).toContain('portolan policy init');
  });
});

describe('edit', () => {
  beforeEach(() => writeFileSync(file, TEXT));

  test('saves what the editor made, and keeps what was', async () => {
    const { said, status } = await policy('edit', { EDITOR: 'sed -i s/mqtts/coaps/' });
    expect(said).toContain('As it was before');
    expect(status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(TEXT.replaceAll('mqtts', 'coaps'));
    expect(readFileSync(`${file}.1`, 'utf8')).toBe(TEXT);
  });

  test('refuses a broken text, and keeps it for whoever wrote it', async () => {
    const { said, status } = await policy('edit', { EDITOR: 'sed -i s/mqtts/mqtzs/' });
    expect(status).toBe(2);
    expect(said).toContain('there is no service "mqtzs". Did you mean "mqtts"?');
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    const draft = /Your text is in (\S+)\. /.exec(said)?.[1] ?? '';
    expect(readFileSync(draft, 'utf8')).toBe(TEXT.replaceAll('mqtts', 'mqtzs'));
    rmSync(join(draft, '..'), { recursive: true });
  });

  test.each([
    ['an editor that fails', 'false', 2, 'ended with 1'],
    ['an editor that is not there', '/no/such/editor', 4, 'cannot be started'],
    ['an editor that changes nothing', 'true', 0, 'Nothing was changed'],
  ])('%s', async (_, editor, status, said) => {
    const result = await policy('edit', { EDITOR: editor });
    expect(result.said).toContain(said);
    expect(result.status).toBe(status);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
  });
});

describe('the rest', () => {
  beforeEach(() => writeFileSync(file, TEXT));

  test('rm takes one rule out and leaves the comments', async () => {
    expect((await policy('rm in --dry-run')).out).not.toContain('id: in');
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    await policy('rm in');
    expect(readFileSync(file, 'utf8')).toBe(TEXT.replace(/ {2}- \{ id: in.*\n/, ''));
    expect((await policy('rm in')).said).toContain('has no rule in');
  });

  test('set-state finds a device by its address and gives it an endpoint', async () => {
    known('192.168.20.50', '02:00:00:00:00:32');
    const { status } = await policy('set-state 192.168.20.50 trial');
    expect(status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(
      / {2}device-[0-9a-z]{4}: \{ device: PTL-D-[0-9A-Z]{4}, state: trial \}\n/,
    );
    await policy('set-state 192.168.20.50 enforcing');
    expect(readFileSync(file, 'utf8').match(/state: \w+/g)).toEqual(['state: enforcing']);
    expect((await policy('set-state 192.168.20.50 off')).said).toContain('is no state');
    expect((await policy('set-state bulb trial')).said).toContain('is no device');
  });

  test('test succeeds, and fails with the line of the test and of the rule that decided', async () => {
    expect(await policy('test')).toMatchObject({ status: 0, said: '1 test, 0 failed.\n' });
    writeFileSync(file, TEXT.replace('expect: allow', 'expect: deny'));
    const { status, out } = await policy('test');
    expect(status).toBe(1);
    expect(out).toContain(`${file}:13: bulb → net:198.51.100.9 mqtts: expected deny, but: `);
    expect(out).toContain('(rule out, line 10)');
  });

  test('explain says what becomes of a connection, and by which line', async () => {
    const { out } = await policy('explain "192.168.20.11:4000→net:198.51.100.9 tcp/8883"');
    expect(out.split('\n')[1]).toContain('tcp/8883\tallow\trule out, line 10\t');
    expect((await policy('explain "bulb→net:198.51.100.9 tcp/1"')).out).toContain('drop\tdefault');
  });

  test('diff shows what is newly allowed, with an example', async () => {
    const other = join(data, 'other.yaml');
    writeFileSync(other, TEXT.replace('service: http', 'service: https'));
    const { out, status } = await policy(`diff ${other} --exit-code`);
    expect(status).toBe(1);
    expect(out).toMatch(
      /newly allowed\tdrop\tallow\tbr-lan → br-iot\t\S+ → 192\.168\.20\.11 tcp\/443/,
    );
    expect(out).toMatch(
      /newly denied\tallow\tdrop\tbr-lan → br-iot\t\S+ → 192\.168\.20\.11 tcp\/80/,
    );
    expect((await policy(`diff ${file} ${file} --exit-code`)).status).toBe(0);
  });

  test('shadow shows rules that decide nothing', async () => {
    expect((await policy('shadow --exit-code')).status).toBe(0);
    const rest =
      '  - { id: more, from: bulb, to: net:198.51.100.0/24, toZone: wan, service: tcp/8883, action: deny }\n';
    writeFileSync(file, TEXT.replace('tests:', `${rest}tests:`));
    const { out, status } = await policy('shadow --exit-code');
    expect(status).toBe(1);
    expect(out).toContain('more\t12\tegress\tcovered by out\tyes');
  });

  test('show names the rules about one endpoint', async () => {
    expect(
      (await policy('show bulb')).out
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split('\t')[0]),
    ).toEqual(['out', 'in']);
    expect((await policy('show blub')).said).toContain('Did you mean "bulb"?');
    expect(JSON.parse((await policy('show --json')).out)).toMatchObject({
      schema: 'portolan/policy/v1',
      policy: { rules: [{ id: 'out' }, { id: 'in' }] },
    });
  });

  test('schema is a JSON Schema that knows the sections', async () => {
    expect(JSON.parse((await policy('schema')).out)).toMatchObject({
      additionalProperties: false,
      properties: { zones: {}, rules: { type: 'array' }, tests: {} },
    });
  });
});
