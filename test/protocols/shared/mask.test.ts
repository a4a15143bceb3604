import { expect, test } from 'vitest';
import { maskQuery, maskTarget } from '../../../src/protocols/shared/mask.ts';

test.each([
  ['a path alone', '/cgi-bin/status', '/cgi-bin/status'],
  ['ordinary names', '/a?x=1&y=2', '/a?x=1&y=2'],
  ['a password of a camera', '/cgi?user=admin&pwd=12345&ch=1', '/cgi?user=admin&pwd=***&ch=1'],
  [
    'other spellings',
    '/x?LoginPass=a;api_key=b;access-token=c',
    '/x?LoginPass=***;api_key=***;access-token=***',
  ],
  ['user info before a host', 'rtsp://root:pw@cam/live', 'rtsp://***@cam/live'],
  ['an empty value', '/x?password=&a=1', '/x?password=***&a=1'],
  ['a name without a value', '/x?password', '/x?password'],
  ['an @ in a path', '/@me/x', '/@me/x'],
])('%s', (_, target, expected) => {
  expect(maskTarget(target)).toBe(expected);
});

test('a query alone', () => {
  expect(maskQuery('psk=1&n=2')).toBe('psk=***&n=2');
});
