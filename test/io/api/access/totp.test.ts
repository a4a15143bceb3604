import { expect, test } from 'vitest';
import { newTotpSecret, totpAddress, totpStep } from '../../../../src/io/api/access/totp.ts';
import { codeAt } from '../totp-code.ts';

/** RFC 6238 appendix B, SHA-1: the last six of its eight digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('at %d s the RFC has %s', (seconds, code) => {
  expect(totpStep(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

test.each([
  ['of this step', 0, true],
  ['of the step before', -30_000, true],
  ['of the next step', 30_000, true],
  ['of two steps before', -60_000, false],
  ['of two steps later', 60_000, false],
])('a code %s, with a secret of our own', (_, shift, good) => {
  const now = Date.UTC(2026, 10, 25, 12, 0, 15);
  const secret = newTotpSecret();
  const code = codeAt(secret, now + shift);
  // One in some 330,000 secrets has the same code in two of five steps.
  if (good) expect(totpStep(secret, code, now)).toBe(Math.floor((now + shift) / 30_000));
  else expect(totpStep(secret, code, now)).toBeUndefined();
});

test.each([
  ['five digits', '28708'],
  ['seven digits', '2870821'],
  ['letters', '28708a'],
  ['nothing', ''],
  ['digits of another script', '٢٨٧٠٨٢'],
])('%s are no code', (_, code) => {
  expect(totpStep(SECRET, code, 59_000)).toBeUndefined();
});

test('a secret has 160 bits, is never the same, and stands in an address for authenticators', () => {
  const secrets = new Set(Array.from({ length: 50 }, () => newTotpSecret()));
  expect(secrets.size).toBe(50);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(totpAddress(SECRET, 'mira', 'Portolan')).toBe(
    `otpauth://totp/Portolan:mira?secret=${SECRET}&issuer=Portolan`,
  );
});
