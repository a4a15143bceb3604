import { beDriver, killLab } from '../../../lab/apply/kill-lab.ts';

// Both ends of the test: who kills, and who is killed.
const [, script = '', role = '', ...words] = process.argv;
if (role === 'driver') await beDriver(words);
else {
  const [applies = '', seed = '', helper = ''] = words;
  const driver = [process.execPath, script, 'driver'];
  const report = await killLab({ applies: Number(applies), seed: Number(seed), helper, driver });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
process.exit(0);
