import { untrusted } from '../../base/untrusted.ts';
import type { Access } from '../../model/core.ts';
import type { AttributeName, Fact } from '../../model/evidence.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO, WAIT } from '../protocol.ts';

/** Short spellings of the facts that most members state; text is untrusted from here on. */
export function speaks(protocol: string, version = 'unknown'): Fact {
  return { kind: 'speaks', protocol, version };
}

export function access(level: Access): Fact {
  return { kind: 'access', level };
}

export function detail(name: string, text: string): Fact {
  return { kind: 'detail', name, value: untrusted(text) };
}

export function attribute(name: AttributeName, text: string): Fact {
  return { kind: 'attribute', name, value: untrusted(text) };
}

/** Bytes of UDP payload of one question and of its answer; nothing where there was no answer. */
export function amplification(sent: Uint8Array, received: Uint8Array): readonly Fact[] {
  if (received.length === 0) return [];
  return [{ kind: 'amplification', sent: sent.length, received: received.length }];
}

export function proved(facts: readonly Fact[]): Recognition {
  return { kind: 'yes', certainty: 'proved', facts };
}

export function likely(facts: readonly Fact[]): Recognition {
  return { kind: 'yes', certainty: 'likely', facts };
}

/**
 * For a client's first words that several protocols have in common: the server's answer will tell,
 * but nobody waits for it beyond the depth.
 */
export function undecided(first: FirstBytes, depth: number): Recognition {
  return first.client.length < depth && first.server.length < depth ? WAIT : NO;
}
