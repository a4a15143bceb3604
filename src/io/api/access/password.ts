import type { ScryptOptions } from 'node:crypto';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { PortolanError } from '../../../base/errors.ts';

/** OWASP Password Storage Cheat Sheet, scrypt: N=2^15, r=8, p=3; 32 MiB and some 100 ms. */
const COSTS = { N: 2 ** 15, r: 8, p: 3 } as const;
/** What scrypt may take: 128 · N · r, and as much again for its own work. */
const MEMORY = 64 * 1024 * 1024;
const BYTES = 32;
const SHORTEST = 12;
/** Longer ones would only cost time. */
const LONGEST = 512;

/**
 * A password is as good as it is long: there are no rules of composition (NIST SP 800-63B 5.1.1.2).
 *
 * @throws PortolanError E_USAGE
 */
export function refuseWeakPassword(password: string): void {
  const length = [...password].length;
  if (length >= SHORTEST && length <= LONGEST) return;
  const because =
    length < SHORTEST
      ? `has ${length} characters, and needs ${SHORTEST}`
      : `is longer than ${LONGEST} characters`;
  throw new PortolanError('E_USAGE', `The password ${because}`, {
    remedy: 'Take four or five words that do not belong together; no digits or signs are needed.',
  });
}

/** Its costs and salt stand in the hash, so that both can be raised one day. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COSTS);
  const { N, r, p } = COSTS;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** What is compared with where there is no such account: it takes as long, and never fits. */
const NOBODY = `scrypt$${COSTS.N}$${COSTS.r}$${COSTS.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** @param stored undefined where there is no such account */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? NOBODY).split('$');
  const given = await derive(password.slice(0, LONGEST), Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  const kept = Buffer.from(hash, 'base64url');
  return kept.length === BYTES && timingSafeEqual(given, kept) && stored !== undefined;
}

/** NFC: the same letters from another keyboard are the same password. */
function derive(password: string, salt: Buffer, costs: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...costs, maxmem: MEMORY };
    scrypt(password.normalize('NFC'), salt, BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
