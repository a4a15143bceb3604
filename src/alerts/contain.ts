import type { Signal } from '../model/alert.ts';
import { kindOf } from './kinds.ts';

/** Whoever does this is cut off whole: what it does goes to everybody, or to places not known yet. */
const WHOLE: ReadonlySet<string> = new Set([
  'malware_propagation',
  'arp_spoof',
  'mitm',
  'rogue_dhcp',
  'rogue_ra',
  'ddos_source',
]);

/**
 * How `portolan contain` stops it, or why it must not be done from here. Controllers are left alone:
 * to cut a session in the middle of a write can do more harm than the write (NIST SP 800-82r3).
 */
export function containment({ type, port, transport, peer }: Signal): Containment {
  const { stage } = kindOf(type);
  if (type === 'ot_write') {
    return {
      why: 'a session with a controller is not cut by a program: call whoever runs the plant',
    };
  }
  if (stage === 'fault' || stage === 'posture') return { why: 'there is nothing to block' };
  if (WHOLE.has(type)) return { words: ['--isolate'] };
  if (port !== undefined && transport !== undefined && peer !== undefined) {
    return { words: ['--stop', `${transport}/${port}`] };
  }
  return { words: stage === 'search' ? ['--keep-internet'] : ['--isolate'] };
}

export type Containment = { readonly words: readonly string[] } | { readonly why: string };
