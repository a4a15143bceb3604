import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beDriver, killLab } from '../lab/apply/kill-lab.ts';
import { obstacle } from '../lab/lab.ts';
import { find } from '../lab/tools.ts';

/*
 * 200 changes of the firewall, each killed (SIGKILL, with everything that it started) at a random
 * moment. In force afterwards must be the rules before or the new ones, whole, every time.
 */

const INSIDE = 'PORTOLAN_BENCH_APPLY';
const script = process.argv[1] ?? '';
const [, , role = '200', ...words] = process.argv;
if (role === 'driver') {
  await beDriver(words);
  process.exit(0);
}
if (process.env[INSIDE] === undefined) {
  const missing = obstacle();
  if (missing !== undefined) {
    process.stderr.write(`This bench needs network namespaces: ${missing}\n`);
    process.exit(2);
  }
  const user = process.getuid?.() === 0 ? [] : ['-U', '-r'];
  const alone = [...user, '-n', '-m', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const command = [...alone, '--', process.execPath, script, role, ...words];
  const env = { ...process.env, [INSIDE]: '1' };
  process.exit(
    spawnSync(find('unshare') ?? 'unshare', command, { stdio: 'inherit', env }).status ?? 2,
  );
}
const seed = Number(words[0] ?? 1);
const begun = performance.now();
const report = await killLab({
  applies: Number(role),
  seed,
  helper: fileURLToPath(new URL('../enforce.js', import.meta.url)),
  driver: [process.execPath, script, 'driver'],
});
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
const reached = Object.entries(report.reached)
  .map(([step, times]) => `${times} when ${step}`)
  .join(', ');
process.stdout.write(
  `${report.applies} applies killed (seed ${seed}, ${seconds} s): ${report.old} times the old rules, ${report.new} times the new ones, ${report.broken.length} times anything else\n`,
);
process.stdout.write(`Killed ${reached}\n`);
for (const each of report.broken) process.stdout.write(`BROKEN ${each}\n`);
process.exit(report.broken.length === 0 ? 0 : 1);
