import { readFileSync } from 'node:fs';
import { savePolicy } from '../../src/io/policy-file.ts';

/** A program for the kill test: saves a large policy for ever, and says when it has begun. */
const [file = ''] = process.argv.slice(2);
for (let version = 1; ; version += 1) {
  const rule = `{id: r, from: any, to: self, service: ssh, action: deny, note: v${version}}`;
  const text = `#${'x'.repeat(500_000)}\nrules: [${rule}]\n# end\n`;
  savePolicy(file, readFileSync(file, 'utf8'), text);
  process.stdout.write(`${version}\n`);
}
