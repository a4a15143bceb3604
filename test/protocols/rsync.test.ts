import { describe, expect, test } from 'vitest';
import { rsync } from '../../src/protocols/rsync.ts';
import { speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const GREETING = hex('@RSYNCD: 31.0 sha512 md5\n');

describe('rsync', () => {
  recognises(rsync, [
    ['both sides', hex('@RSYNCD: 30.0\n'), GREETING, 'proved'],
    ['the server alone', '', GREETING, 'likely'],
    ['half a greeting', '', hex('@RSYN'), 'more'],
    ['an error at once', '', hex('@ERROR: access denied\n'), 'no'],
    ['a greeting that goes on', '', hex(`@RSYNCD: 31.0 ${'a'.repeat(200)}`), 'no'],
  ]);

  learns(rsync, [
    ['a daemon of today', [GREETING], [speaks('rsync', '31.0')]],
    ['a daemon of old', [hex('@RSYNCD: 26\n')], [speaks('rsync', '26')]],
    ['silence', [''], []],
  ]);

  test('only listens', () => {
    expect(says(rsync, [GREETING])).toEqual(['']);
  });
});
