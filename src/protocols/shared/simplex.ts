import type { Parsed } from '../../base/reader.ts';
import type { Fact } from '../../model/evidence.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO, WAIT } from '../protocol.ts';
import { proved } from './facts.ts';

/**
 * For what is only ever sent, and not answered: an exporter, a producer, an announcement. The other
 * side's silence is the other half of the grammar; whatever is answered is something else.
 */
export function simplex<T>(
  { server }: FirstBytes,
  said: Parsed<T>,
  facts: (value: T) => readonly Fact[],
): Recognition {
  if (server.length > 0 || said.kind === 'bad') return NO;
  return said.kind === 'ok' ? proved(facts(said.value)) : WAIT;
}

/**
 * Whether a datagram has exactly the size that it tells, as far as `depth` bytes of it show. Two
 * datagrams in one look longer than they are, so this is for the first alone.
 */
export function fills(bytes: Uint8Array, size: number, depth: number): 'yes' | 'no' | 'more' {
  if (bytes.length < Math.min(size, depth)) return 'more';
  return bytes.length === size || (bytes.length >= depth && size >= depth) ? 'yes' : 'no';
}
