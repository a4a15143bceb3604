import { describe, expect, test } from 'vitest';
import { GUARD_SCRIPT } from '../../../src/io/apply/guard-script.ts';
import { INSTALL, refusal } from '../../../src/io/apply/permitted.ts';

const F = '/var/lib/portolan/enforce';
const RULES =
  'table inet portolan\ndelete table inet portolan\ntable inet portolan {\n\tchain p_input {\n\t}\n}\n';
const script = (...words: readonly string[]): readonly string[] => [
  'sh',
  `${F}/guard.sh`,
  ...words,
];

describe('the helper runs', () => {
  test.each([
    ['a listing of our table', ['nft', '-s', 'list', 'table', 'inet', 'portolan'], ''],
    ['the same within segments', ['nft', '-s', 'list', 'table', 'bridge', 'portolan'], ''],
    ['what our rules counted', ['nft', 'list', 'table', 'inet', 'portolan'], ''],
    ['a listing of everything', ['nft', '-s', 'list', 'ruleset'], ''],
    ['the rules of a change', ['nft', '-f', `${F}/changes/PTL-C-7F3K/load.nft`], ''],
    [
      'elements of our sets',
      ['nft', '-f', '-'],
      'add element inet portolan n_cloud_4 { 192.0.2.1 timeout 3900s }\n',
    ],
    ['the installation of the script', ['sh', '-c', INSTALL, 'sh', F], GUARD_SCRIPT],
    ['a verdict', script('decide', F, 'PTL-C-7F3K', 'no'), ''],
    ['rules that are kept', script('put', F, 'changes/PTL-C-7F3K/rules.nft'), RULES],
    [
      'the end of one connection',
      [
        'conntrack',
        '-D',
        '-f',
        'ipv4',
        '-p',
        '6',
        '--orig-src',
        '192.0.2.1',
        '--orig-dst',
        '192.0.2.2',
        '--orig-port-src',
        '1',
        '--orig-port-dst',
        '2',
      ],
      '',
    ],
  ])('%s', (_, command, input) => {
    expect(refusal(command, input, F)).toBeUndefined();
  });
});

describe('the helper refuses', () => {
  test.each([
    ['everything else', ['cat', '/etc/shadow'], ''],
    ['nothing', [], ''],
    ['a shell', ['sh', '-c', 'id'], ''],
    ['another script', ['sh', '-c', INSTALL, 'sh', F], 'rm -rf /'],
    ['another folder', ['sh', '-c', INSTALL, 'sh', '/etc'], GUARD_SCRIPT],
    ['to flush all rules', ['nft', 'flush', 'ruleset'], ''],
    ['to load a file of somebody', ['nft', '-f', '/tmp/x.nft'], ''],
    ['a way out of the folder', ['nft', '-f', `${F}/changes/../../x/load.nft`], ''],
    ['to flush connections', ['conntrack', '-F'], ''],
    ['to end connections of all', ['conntrack', '-D', '-f', 'ipv4', '-p', '6'], ''],
    ['an id that is a path', script('decide', F, '../x', 'no'), ''],
    ['a time that is none', script('arm', F, 'PTL-C-7F3K', '0'), ''],
    ['a file that is no part of a change', script('put', F, 'confirmed.nft'), RULES],
    ['a listing of another family', ['nft', 'list', 'table', 'ip', 'portolan'], ''],
    ['elements of other tables', ['nft', '-f', '-'], 'add element ip filter s { 192.0.2.1 }\n'],
    ['rules of other tables', script('put', F, 'changes/PTL-C-7F3K/load.nft'), 'flush ruleset\n'],
    ['a line more after the word', script('decide', F, 'PTL-C-7F3K\nx', 'no'), ''],
  ])('%s', (_, command, input) => {
    expect(refusal(command, input, F)).not.toBeUndefined();
  });
});
