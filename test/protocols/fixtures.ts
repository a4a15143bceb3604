import type { Fact } from '../../src/model/evidence.ts';
import type { FirstBytes } from '../../src/protocols/protocol.ts';
import { EXCHANGES } from './exchanges/index.ts';

/** What each side said first, in hex, and what must be concluded from it. */
export interface Exchange {
  readonly name: string;
  /** Id of a protocol; `none` marks an impostor: every protocol must refuse it. */
  readonly protocol: string;
  readonly client: string;
  readonly server: string;
  readonly facts: readonly Fact[];
}

export { EXCHANGES };

export function bytes(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}

/** Text as it goes over the wire, in hex: for exchanges of text protocols. */
export function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

export function firstBytes(exchange: Exchange, depth: number): FirstBytes {
  return {
    client: bytes(exchange.client).subarray(0, depth),
    server: bytes(exchange.server).subarray(0, depth),
  };
}
