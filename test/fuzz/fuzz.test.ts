import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
/** Where the bench lies when it is run by hand, from where it finds its seeds. */
const FOLDER = join(ROOT, `dist/fuzz-${process.pid}`);
const EXECUTIONS = 2000;
const SEED = 20_261_125;

const report = z.object({
  figures: z.array(z.object({ name: z.string(), ours: z.number() })),
  notes: z.array(z.string()),
});

/** In a process of its own: V8 would count every function of the test runner as well. */
async function runShort(): Promise<z.infer<typeof report>> {
  const input = { fuzz: join(ROOT, 'bench/fuzz.ts') };
  const build = await rolldown({ input, platform: 'node', external: [/^node:/, /^@?libsql/] });
  await build.write({ dir: FOLDER, format: 'esm' });
  await build.close();
  const args = [join(FOLDER, 'fuzz.js'), String(EXECUTIONS), String(SEED), '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return report.parse(JSON.parse(stdout));
}

test(`no damage makes a parser throw, and a planted fault is found (seed ${SEED})`, async () => {
  try {
    const { figures, notes } = await runShort();
    const faults = figures.filter(({ name }) => name.endsWith(': faults'));
    expect(
      faults.map(({ ours }) => ours),
      notes.join('\n'),
    ).toEqual([0, 0, 0, 0]);
    expect(figures.find(({ name }) => name.startsWith('planted fault'))?.ours).toBe(1);
  } finally {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}, 300_000);
