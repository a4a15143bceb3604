import type { Fact } from '../../model/evidence.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO } from '../protocol.ts';
import { likely } from './facts.ts';

/** Likely where one side's words are this protocol's, whatever the other says; for `overhear`. */
export function eitherSide(
  { client, server }: FirstBytes,
  isIts: (bytes: Uint8Array) => boolean,
  facts: readonly Fact[],
): Recognition {
  const said = [client, server].some((bytes) => bytes.length > 0 && isIts(bytes));
  return said ? likely(facts) : NO;
}
