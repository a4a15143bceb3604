import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { untrusted } from '../../base/untrusted.ts';
import type { Fact } from '../../model/evidence.ts';

/**
 * What this machine knows of itself: its name, and an identity that joins its network cards. The
 * machine id is confidential and not to be shown, so only a digest of it is used (machine-id(5)).
 */
export function machineFacts(): readonly Fact[] {
  const id = machineId();
  const name: Fact = { kind: 'attribute', name: 'name', value: untrusted(hostname()) };
  if (id === undefined) return [name];
  const digest = createHash('sha256').update(`portolan ${id}`).digest('hex').slice(0, 32);
  return [name, { kind: 'identifier', scheme: 'uuid', value: untrusted(`machine:${digest}`) }];
}

function machineId(): string | undefined {
  try {
    const text = readFileSync('/etc/machine-id', 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
