import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { elementsText } from '../../../src/io/apply/elements.ts';
import { refusal } from '../../../src/io/apply/permitted.ts';
import type { NameOperation } from '../../../src/policy/names.ts';
import { lacking } from '../../lab/need.ts';

const MISSING = lacking('unshare', 'nft');

function operation(parts: Partial<NameOperation>): NameOperation {
  return { kind: 'add', name: 'cloud', address: '192.0.2.1', family: 4, seconds: 3900, ...parts };
}

test('an address of a wrong form reaches no ruleset', () => {
  expect(elementsText([operation({ address: '192.0.2.1 } ; flush ruleset' })])).toBe('');
});

test('the helper runs what is made of operations', () => {
  const text = elementsText([
    operation({}),
    operation({ kind: 'refresh', address: '2001:db8::1', family: 6 }),
    operation({ kind: 'remove', seconds: 0 }),
  ]);
  expect(refusal(['nft', '-f', '-'], text, '/x')).toBeUndefined();
});

test.skipIf(MISSING !== undefined).each([
  ['an address is added', [operation({})], '192.0.2.1 timeout'],
  ['one that is there is added again', [operation({}), operation({})], '192.0.2.1 timeout'],
  [
    'one that is there lives longer',
    [operation({ seconds: 9 }), operation({ kind: 'refresh', seconds: 5000 })],
    'timeout 1h23m20s',
  ],
  ['one that is not there is refreshed', [operation({ kind: 'refresh' })], '192.0.2.1 timeout'],
  ['one that is not there is removed', [operation({ kind: 'remove' })], ''],
  ['one that is there is removed', [operation({}), operation({ kind: 'remove' })], ''],
])('in the kernel: %s', (_, operations, expected) => {
  const table =
    'table inet portolan {\n set n_cloud_4 {\n type ipv4_addr\n flags timeout\n timeout 24h\n }\n}\n';
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const script = 'nft -f - && nft list set inet portolan n_cloud_4';
  const { status, stdout, stderr } = spawnSync('unshare', [...user, '-n', 'sh', '-c', script], {
    encoding: 'utf8',
    input: table + elementsText(operations),
  });
  expect(status, stderr).toBe(0);
  if (expected === '') expect(stdout).not.toContain('elements');
  else expect(stdout).toContain(expected);
});
