import { expect, test } from 'vitest';
import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import type { Dialogue, Peer, Protocol } from '../../src/protocols/protocol.ts';
import { bytes } from './fixtures.ts';
import { converse, peer } from './play.ts';

/** A sentence, what each side said in hex, and the verdict: a certainty stands for "yes". */
export type RecogniseRow = [
  string,
  client: string,
  server: string,
  verdict: 'proved' | 'likely' | 'more' | 'no',
];

export function recognises(protocol: Protocol, rows: readonly RecogniseRow[]): void {
  test.each(rows)('recognises or not: %s', (_, client, server, expected) => {
    const verdict = protocol.recognise({ client: bytes(client), server: bytes(server) });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });
}

/** A sentence, the answers of the device in hex, and what is learnt. */
export type ProbeRow = [string, answers: readonly string[], facts: readonly Fact[]];

interface Probing {
  readonly probe: { dialogue(who: Peer): Dialogue };
}

export function learns({ probe }: Probing, rows: readonly ProbeRow[], over: Carrier = 'tcp'): void {
  test.each(rows)('learns from %s', (_, answers, facts) => {
    expect(converse(probe.dialogue(peer(4711, over)), answers).facts).toEqual(facts);
  });
}

/** What a dialogue sends over a whole session, as text: it must not say more than this. */
export function says(
  { probe }: Probing,
  answers: readonly string[],
  over: Carrier = 'tcp',
): string[] {
  const { sent } = converse(probe.dialogue(peer(4711, over)), answers);
  return sent.map((digits) => Buffer.from(digits, 'hex').toString('latin1'));
}
