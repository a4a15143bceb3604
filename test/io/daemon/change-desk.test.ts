import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from '../../cli/apply-site.ts';
import { lacking } from '../../lab/need.ts';
import { bundled } from '../apply/bundle.ts';

const why = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');
const made = bundled({
  desk: 'test/io/daemon/desk-entry.ts',
  enforce: 'src/io/apply/helper-main.ts',
});

describe.skipIf(why !== undefined)('a change made without a terminal', () => {
  let site: Site;
  let said: Readonly<Record<string, unknown>> = {};

  beforeAll(() => {
    site = new Site();
    const [desk, helper] = ['desk', 'enforce'].map((name) => join(made.folder, `${name}.mjs`));
    const { out } = site.run(
      `serve 443 "ip netns exec far"\ntill open camera 203.0.113.7 443\n${process.execPath} ${desk} ${helper} ${site.device}`,
    );
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    said = Object.fromEntries(
      lines.map((line): [string, unknown] => {
        const { what, value }: { what: string; value: unknown } = JSON.parse(line);
        return [what, value];
      }),
    );
    expect(Object.keys(said), out).toContain('audit');
  });
  afterAll(() => site.close());

  test('is tried first, in three ways, and nothing is kept of it', () => {
    expect(said['before']).toEqual({ https: true, rules: 1 });
    expect(said['choices']).toEqual([
      ['stop', 1],
      ['keep-internet', 0],
      ['isolate', 2],
    ]);
    expect(said['tried']).toEqual({ kept: 0, blocked: 2 });
  });

  test('goes by itself where nobody confirms, in the kernel and in the file', () => {
    expect(said['loaded']).toEqual({
      ...{ state: 'loaded', https: false, rules: 3, lock: true },
      waiting: [true],
    });
    expect(said['lapsed']).toEqual({ state: 'rolled-back', https: true, rules: 1, waiting: 0 });
  });

  test('is kept once it is confirmed, and says what it stopped since', () => {
    expect(said['kept']).toEqual({
      state: 'confirmed',
      https: false,
      inForce: true,
      verified: expect.arrayContaining([
        '+ The kernel has the rules.',
        '+ N packets of it were dropped since.',
      ]),
    });
  });

  test('stands in the ledger as what is allowed while it is in force', () => {
    // A rule that ends by itself is not decided yet, so it is not "no".
    expect(said['allowed']).toEqual([[443, expect.not.stringMatching('yes')]]);
    expect(said['allowed again']).toEqual([[443, 'yes']]);
  });

  test('is taken back, and every step was told and written down with who did it', () => {
    expect(said['back']).toEqual({ state: 'rolled-back', https: true, rules: 1 });
    const states = ['loaded', 'rolled-back', 'loaded', 'confirmed', 'confirmed', 'rolled-back'];
    expect(said['events']).toEqual(states);
    expect(said['audit']).toEqual([
      'user:mira apply ID on this machine',
      'user:mira rolled-back ID on this machine',
      'user:mira apply ID on this machine',
      'user:mira confirmed ID on this machine',
      'user:mira confirmed ID on this machine',
    ]);
  });
});
