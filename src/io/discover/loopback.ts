import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { formatAddress } from '../../base/address.ts';
import type { Job } from './job.ts';
import { askAccepted } from './routed.ts';

/** Socket states of the table (Linux include/net/tcp_states.h): LISTEN; for UDP, "unconnected". */
const LISTENING = { tcp: '0A', udp: '07' } as const;

const TABLES = [
  ['tcp', '/proc/net/tcp'],
  ['udp', '/proc/net/udp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp6'],
] as const;

/**
 * Loopback addresses at which something listens, from the kernel's own list of sockets and without
 * a packet: on 127.0.0.0/8 every address refuses, so that a refusal tells nothing there. A socket
 * bound to all addresses is one at 127.0.0.1 and ::1, not sixteen million devices.
 */
export async function askLoopback(addresses: readonly string[], job: Job): Promise<void> {
  if (addresses.length === 0) return;
  const bound = await readBound();
  if (bound === undefined) return askAccepted(addresses, job);
  for (const address of addresses) {
    for (const via of bound.get(address) ?? []) job.recorder.present(address, via);
    job.asked();
  }
}

type Bound = ReadonlyMap<string, ReadonlySet<'tcp' | 'udp'>>;

async function readBound(): Promise<Bound | undefined> {
  const bound = new Map<string, Set<'tcp' | 'udp'>>();
  let readable = false;
  for (const [transport, path] of TABLES) {
    const text = await readFile(path, 'latin1').catch(() => undefined);
    readable ||= text !== undefined;
    for (const address of boundAddresses(text ?? '', transport)) {
      bound.set(address, (bound.get(address) ?? new Set()).add(transport));
    }
  }
  return readable ? bound : undefined;
}

/** The addresses of one table of `/proc/net`; those bound to all count as the loopback address. */
export function boundAddresses(table: string, transport: 'tcp' | 'udp'): readonly string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state = ''] = line.trim().split(/\s+/);
      const address = state === LISTENING[transport] ? procAddress(local) : undefined;
      return address === undefined ? [] : [address];
    });
}

/** `0100007F:0050` → `127.0.0.1`: 32-bit words in the machine's own byte order. */
export function procAddress(local: string): string | undefined {
  const hex = local.split(':')[0] ?? '';
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hex)) return undefined;
  const words = hex.match(/.{8}/g) ?? [];
  const digits = words.map((word) => (endianness() === 'LE' ? swapped(word) : word)).join('');
  const family = words.length === 1 ? 4 : 6;
  const value = BigInt(`0x${digits}`);
  if (value === 0n) return family === 4 ? '127.0.0.1' : '::1';
  return formatAddress({ family, value });
}

function swapped(word: string): string {
  return (word.match(/../g) ?? []).reverse().join('');
}
