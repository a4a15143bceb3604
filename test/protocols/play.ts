import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import type { Dialogue, Peer } from '../../src/protocols/protocol.ts';
import { bytes } from './fixtures.ts';

export function peer(port: number, over: Carrier = 'tcp'): Peer {
  return { address: '192.0.2.7', port, over, nonce: Uint8Array.from({ length: 32 }, (_, i) => i) };
}

/** Plays the device's part from a list of answers in hex; once it is used up the device is silent. */
export function play(dialogue: Dialogue, answers: readonly string[]): readonly Fact[] {
  return converse(dialogue, answers).facts;
}

/** The same, with what the dialogue sent, in hex. */
export function converse(
  dialogue: Dialogue,
  answers: readonly string[],
): { facts: readonly Fact[]; sent: readonly string[] } {
  const waiting = [...answers];
  const sent: string[] = [];
  let turn = dialogue.next();
  for (let turns = 0; turn.done !== true; turns += 1) {
    if (turns > 100) throw new Error('the dialogue does not end on silence');
    sent.push(Buffer.from(turn.value.send).toString('hex'));
    turn = dialogue.next(bytes(waiting.shift() ?? ''));
  }
  return { facts: turn.value, sent };
}
