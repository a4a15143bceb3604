import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Site } from '../../cli/apply-site.ts';
import { lacking } from '../../lab/need.ts';
import { bundled } from '../apply/bundle.ts';

const why = lacking('unshare', 'ip', 'nft');
const made = bundled({
  drift: 'test/io/daemon/drift-entry.ts',
  enforce: 'src/io/apply/helper-main.ts',
});

test.skipIf(why !== undefined)('a firewall that somebody else changes is told once', () => {
  const site = new Site();
  try {
    const [drift, helper] = ['drift', 'enforce'].map((name) => join(made.folder, `${name}.mjs`));
    const { out } = site.run(`${process.execPath} ${drift} ${helper}`);
    const said = out.split('\n').flatMap((line): unknown[] => {
      return line.startsWith('{') ? [JSON.parse(line)] : [];
    });
    const facts = ['+ ip saddr 192.0.2.8 accept'];
    expect(said, out).toEqual([
      { what: 'as it was left', state: 'ok', told: 0, facts: [] },
      { what: 'changed by hand', state: 'degraded', told: 1, facts },
      { what: 'still', state: 'degraded', told: 1, facts },
      { what: 'put back', state: 'ok', told: 1, facts },
    ]);
  } finally {
    site.close();
  }
});
