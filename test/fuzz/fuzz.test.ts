import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, `dist/fuzz-${process.pid}`);
const REACHED = join(FOLDER, 'reached.txt');
/** Of each target. */
const EXECUTIONS = 60;
const SEED = 20_261_125;

/** Where strangers' octets, other people's files and what is typed are read. */
const PARSERS = [
  ...['src/protocols', 'src/flows/dialogues', 'src/identify', 'src/wire', 'src/importers'],
  ...['src/query', 'src/policy/mud', 'src/targets'],
];
/** What is in these folders and reads nothing of anybody. */
const NO_PARSERS: readonly (readonly [why: string, files: RegExp])[] = [
  ['the plan of our own questions', /protocols\/plan\.ts$/],
  ['our own items, and pages of them', /query\/(?:resources\/.*|listing)\.ts$/],
  [
    'what is made of a MUD file that was read',
    /mud\/(?:write-\w+|compare|mud-policy|record|tls-expectations|ace-peers)\.ts$/,
  ],
  ['renders, and no parser', /targets\/(?!.*(?:parse|uci|script|statements|entry|log-prefix))/],
  ['tables of our own', /(?:identify\/oui-table|shared\/enterprises)\.ts$/],
  ['the contract', /protocols\/protocol\.ts$/],
  ['writes', /wire\/write-pcapng\.ts$/],
  ['the judgement on what was concluded', /identify\/purpose\.ts$/],
];

const report = z.object({
  figures: z.array(
    z.object({ name: z.string(), ours: z.number(), met: z.boolean(), unit: z.string() }),
  ),
  notes: z.array(z.string()),
});

/**
 * In a process of its own: V8 would count every function of the test runner as well. A module stays
 * a file, so that it shows which of them ran.
 */
beforeAll(async () => {
  const input = ['bench/fuzz.ts', ...parsers()].map((file) => join(ROOT, file));
  const build = await rolldown({ input, platform: 'node', external: /^[^./]/, logLevel: 'silent' });
  await build.write({
    dir: FOLDER,
    format: 'esm',
    preserveModules: true,
    preserveModulesRoot: ROOT,
  });
  await build.close();
}, 300_000);

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Families that are loaded together; each process is one, for a look at the counters costs by what is loaded. */
const PROCESSES = [
  'planted',
  'protocols',
  'families,shared,dialogues,identify',
  'packets',
  'documents,texts',
];

test.each(PROCESSES)(
  `no damage makes a parser throw, run on, or say two things: %s (seed ${SEED})`,
  (families) => {
    const args = [join(FOLDER, 'bench/fuzz.js'), String(EXECUTIONS), String(SEED)];
    const options = ['--json', '--family', families, '--reached', `${REACHED}.${families}`];
    const { stdout, stderr } = spawnSync(process.execPath, [...args, ...options], {
      ...{ cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 },
    });
    if (stdout === '') throw new Error(stderr);
    const { figures, notes } = report.parse(JSON.parse(stdout));
    // How long one took is for the bench to judge.
    const missed = figures.filter(({ met, unit }) => !met && unit !== 'ms');
    expect(
      missed.map(({ name }) => name),
      notes.join('\n'),
    ).toEqual([]);
  },
  600_000,
);

test('every module that reads is run by a target', () => {
  const reached = new Set(
    PROCESSES.flatMap((families) => readFileSync(`${REACHED}.${families}`, 'utf8').split('\n'))
      .filter((url) => url !== '')
      .map((url) => relative(FOLDER, new URL(url).pathname).replace(/\.js$/, '.ts')),
  );
  const left = parsers().filter((file) => hasFunctions(file) && !reached.has(file));
  expect(left.filter((file) => !NO_PARSERS.some(([, files]) => files.test(file)))).toEqual([]);
});

function parsers(): readonly string[] {
  return PARSERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
}

/** A table or a type has nothing that could run. */
function hasFunctions(file: string): boolean {
  const built = join(FOLDER, file.replace(/\.ts$/, '.js'));
  return existsSync(built) && /\bfunction\b|=>|\bclass\b/.test(readFileSync(built, 'utf8'));
}
