import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Libc } from './libc.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Nobody, on every Linux. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** Whoever typed `sudo`; undefined where nobody did. */
export function invoker(env: Readonly<Record<string, string | undefined>>): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = [Number(env['SUDO_UID']), Number(env['SUDO_GID'])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : undefined;
}

/**
 * Gives up everything that the helper does not need to look at packets: from root to the user who
 * typed `sudo`, else to nobody; and every capability. Nothing may be opened with a right after this.
 *
 * @returns whether no right is left
 */
export function dropRights(user: User | undefined, libc: Libc | undefined): boolean {
  if (process.getuid?.() === 0) become(user ?? NOBODY);
  libc?.dropCapabilities();
  return capabilities() === 0n;
}

/** Becomes the user for good, all groups included. */
export function become({ uid, gid }: User): void {
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** The user's own files are in the user's own home, also under `sudo`. */
export function becomeInvoker(user: User, env: NodeJS.ProcessEnv): void {
  become(user);
  env['HOME'] = userInfo().homedir;
}

/** Does something as that user, and is root again after it. */
export function asUser<T>(user: User | undefined, work: () => T): T {
  if (user === undefined) return work();
  process.setegid?.(user.gid);
  process.seteuid?.(user.uid);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** passwd(5) */
export function nameOf(uid: number): string | undefined {
  return accounts().find((fields) => fields[2] === String(uid))?.[0];
}

/** The account of that name; none where it is root's. */
export function userNamed(name: string): User | undefined {
  const found = accounts().find((fields) => fields[0] === name);
  const [uid, gid] = [Number(found?.[2]), Number(found?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : undefined;
}

function accounts(): readonly (readonly string[])[] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}

/** Effective and permitted, as bits (capabilities(7)). */
export function capabilities(): bigint {
  try {
    const text = readFileSync('/proc/thread-self/status', 'utf8');
    const [effective, permitted] = ['CapEff', 'CapPrm'].map((name) => {
      const hex = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(text)?.[1];
      return BigInt(`0x${hex ?? '0'}`);
    });
    return (effective ?? 0n) | (permitted ?? 0n);
  } catch {
    return 0n;
  }
}

/** CAP_NET_RAW */
export const NET_RAW = 1n << 13n;
