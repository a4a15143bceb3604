import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/index.ts';
import { nmapSpelling } from '../../src/cli/nmap-spelling.ts';
import { VERSION } from '../../src/cli/product.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-cli-'));

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built program, as a user has it, with a data folder and a home of its own. */
function portolan(...argv: string[]): Result {
  const run = spawnSync(process.execPath, [join(ROOT, 'dist/portolan.js'), ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: FOLDER, PORTOLAN_DATA: join(FOLDER, 'data') },
    timeout: 30_000,
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

test('the version is that of package.json', () => {
  const parsed: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(parsed).toMatchObject({ version: VERSION });
});

describe.each(commands)('$name', (command) => {
  test('leads its help with examples and fits 100 columns', () => {
    const { status, out } = portolan(command.name, '--help', '--all');
    expect(status).toBe(0);
    expect(out).toContain(command.examples[0]?.[0]);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});

test.each(commands.filter(({ failed }) => failed === undefined))(
  '$name refuses an unknown option with a remedy',
  ({ name }) => {
    const { status, err } = portolan(name, '--no-such-thing');
    expect(status).toBe(2);
    expect(err).toMatch(/unknown option.*\[E_USAGE\] exit 2\n {4}\S/);
  },
);

describe('check, which a monitor reads on standard output: 2 would be critical there', () => {
  test('it is the only plugin', () => {
    const plugins = commands.filter(({ failed }) => failed !== undefined);
    expect(plugins.map(({ name }) => name)).toEqual(['check']);
  });

  test.each([
    ['an unknown option', ['check', '--no-such-thing'], 'unknown option'],
    ['a check that is not there', ['check', 'alrets'], 'alrets'],
    ['a range that is none', ['check', '-w', 'ten'], 'no range'],
    ['a limit that is none', ['check', '-t', 'soon'], 'no number of seconds'],
    ['no database, asked for within a time', ['check', '-t', '60'], 'there is no database'],
    ['an unknown option of a limited one', ['check', '-t', '60', '--nope'], 'unknown option'],
  ])('%s is unknown, 3, in one line', (_, argv, part) => {
    const { status, out, err } = portolan(...argv);
    expect(out).toMatch(/^PORTOLAN UNKNOWN - [^|\n]+\n$/);
    expect(out).toContain(part);
    expect({ status, err }).toEqual({ status: 3, err: '' });
  });
});

test('without a word it prints the overview', () => {
  expect(portolan()).toMatchObject({ status: 0, err: '' });
  expect(portolan().out).toContain('portolan COMMAND --help');
});

describe('what a user types wrong', () => {
  test.each([
    ['a command with a typing error', ['scann'], 2, 'Did you mean scan'],
    ['a target with an impossible prefix', ['scan', '192.168.1.0/33'], 2, '/3'],
    ['a network of somebody else', ['scan', '8.8.8.0/24'], 6, '--i-am-authorised'],
    ['a port that does not exist', ['scan', '127.0.0.1', '-p', '70000'], 2, '65535'],
    ['a port of the registry that does not exist', ['port', '70000'], 2, '65535'],
    ['a device that is not there', ['devices', 'show', 'toaster'], 2, 'portolan devices'],
    ['a finding that is not there', ['findings', 'PTL-F-0000'], 2, 'portolan findings'],
    ['a dossier with a typing error', ['dossier', 'hue-brigde'], 2, 'portolan dossier hue-bridge'],
    ['a claim that the article does not make', ['claim', 'toaster'], 2, 'portolan claim'],
    ['a word that means nothing', ['explain', 'E_SCOPF'], 2, 'E_SCOPE'],
    ['a report of no format', ['report', '-o', 'report.docx'], 2, '--format'],
    ['a report where nothing can be written', ['report', '-o', '/proc/x/report.html'], 3, '-o'],
    ['an import of nothing known', ['import', join(ROOT, 'package.json')], 3, '--as'],
    ['an import of a file that is not there', ['import', '/no/such/file'], 3, 'name'],
    [
      'a data folder that is a file',
      ['devices', '--data', join(ROOT, 'package.json')],
      4,
      '--data',
    ],
  ])('%s', (_, argv, status, part) => {
    const result = portolan(...argv);
    expect(result.err).toContain(part);
    expect(result.err).toMatch(/^portolan: .+\[E_[A-Z_]+\] exit \d+\n {4}\S/m);
    expect(result.status).toBe(status);
    expect(result.out).toBe('');
  });

  test.each([
    ['an unknown setting', 'pacee: fast\n', ':1:1', '"pace"'],
    ['a wrong value', 'version: 1\npace: fsat\n', ':2:7', '"fast"'],
    ['a wrong network', 'scope: [10.0.0.0/40]\n', ':1:9', '192.168.1.0/24'],
    ['broken YAML', 'scope: [\n', ':', 'E_CONFIG'],
  ])('a configuration with %s', (_, text, place, part) => {
    const file = join(FOLDER, 'bad.yaml');
    writeFileSync(file, text);
    const { status, err } = portolan('config', 'validate', '--config', file);
    expect(status).toBe(2);
    expect(err).toContain(`${file}${place}`);
    expect(err).toContain(part);
  });

  test('errors are JSON with --json', () => {
    const { err } = portolan('explain', 'nothing-like-that', '--json');
    expect(JSON.parse(err)).toMatchObject({
      schema: 'portolan/error/v1',
      code: 'E_NOT_FOUND',
      status: 2,
    });
  });
});

describe('what is known', () => {
  test.each([
    ['CoAP with its RFC', ['port', '5683/udp', '--json'], 'RFC7252'],
    ['the real use of 2100', ['port', '2100/udp'], 'Hue Entertainment'],
    ['the registered name of 2100', ['port', '2100/udp'], 'amiganetfs'],
    ['a custom range', ['port', '8000-9000', '--summary'], '222 of 1001'],
    ['nest 8080', ['claim', 'nest', '8080'], 'unsupported'],
    ['hue 6850', ['claim', 'hue', '6850'], 'refuted'],
    ['echo 443', ['claim', 'echo', '443'], 'incomplete'],
    ['fitbit 443', ['claim', 'fitbit-charge-5', '443'], 'phone'],
    ['apple watch 443', ['claim', 'apple-watch', '443'], '5223'],
    ['s7 102', ['claim', 's7-1500', '102'], 'supported'],
    ['a dossier line with its source', ['dossier', 'hue-bridge'], '[1]'],
    ['an error', ['explain', 'E_SCOPE'], 'outside the networks'],
    ['a protocol', ['explain', 'mqtt'], 'OASIS'],
  ])('%s', (_, argv, part) => {
    const { status, out } = portolan(...argv);
    expect(out).toContain(part);
    expect(status).toBe(0);
  });
});

test.each(['bash', 'zsh'])('the %s completion is a script that parses', (shell) => {
  const { out } = portolan('completion', shell);
  execFileSync('bash', ['-n'], { input: out });
  expect(out).toContain('complete -o default -F _portolan portolan');
});

test.each([
  ['scan -sn 10.0.0.0/24', 'scan --discover-only 10.0.0.0/24'],
  ['scan -p- 10.0.0.1', 'scan --ports - 10.0.0.1'],
  ['scan -p22,80 -Pn -T4 x', 'scan --ports 22,80 --assume-up --pace fast x'],
  ['scan -iL list -oX out.xml', 'scan --targets-file list --nmap-xml out.xml'],
  ['scan -p -sn', 'scan -p -sn'],
  ['devices -n', 'devices -n'],
])('%s reads as %s', (typed, meant) => {
  expect(nmapSpelling(typed.split(' ')).join(' ')).toBe(meant);
});
