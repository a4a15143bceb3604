import { expect, test } from 'vitest';
import { probeFeatures } from '../../../src/io/apply/features.ts';
import { tryInScratch } from '../../../src/io/apply/scratch.ts';
import { lacking } from '../../lab/need.ts';

const MISSING = lacking('unshare', 'nft');
const TABLE = (line: string): string =>
  `table inet portolan {\n chain c {\n type filter hook input priority 0\n ${line}\n }\n}\n`;

test.skipIf(MISSING !== undefined)('what this kernel lacks is named, and only that', async () => {
  const probed = await probeFeatures([
    ['accepting', ' chain c {\n type filter hook input priority 0\n accept\n }\n'],
    ['what nobody has', ' chain c {\n type filter hook sideways priority 0\n }\n'],
  ]);
  expect(probed).toEqual({ missing: ['what nobody has'] });
});

test.skipIf(MISSING !== undefined)('all that our rules use is asked for, and is here', async () => {
  expect((await probeFeatures()).missing).toEqual([]);
});

test.skipIf(MISSING !== undefined)('rules are tried over what is in force', async () => {
  expect(await tryInScratch(TABLE('accept'), TABLE('tcp dport 1 drop'))).toEqual({ tried: true });
  expect(await tryInScratch(TABLE('accept'), undefined)).toEqual({ tried: true });
});

test.skipIf(MISSING !== undefined)('rules that the kernel does not take are refused', async () => {
  await expect(tryInScratch(TABLE('jump nowhere'), undefined)).rejects.toMatchObject({
    code: 'E_POLICY_UNSUPPORTED',
  });
});
