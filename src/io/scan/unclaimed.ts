import { untrusted } from '../../base/untrusted.ts';
import type { Transport } from '../../model/core.ts';
import type { Turn } from './converse.ts';
import type { Planner } from './planner.ts';
import type { Statement } from './statement.ts';

/** Questions to which one and the same answer came, after which no other will bring another. */
const ALIKE = 3;

/**
 * What to say of a port that no dialogue claimed: a protocol may still know what it heard, else it
 * is unrecognised, and where it answered nothing there is nothing to say.
 */
export function unclaimed(
  turns: readonly Turn[],
  planner: Pick<Planner, 'protocols' | 'characterise'>,
  over: Transport | 'tls',
): Statement | undefined {
  const carrier = over === 'tls' ? { over } : {};
  const answered = turns.filter(({ received }) => received.length > 0);
  // What it said by itself tells most; then the first thing that it did not merely send back.
  const telling = answered.find((turn) => turn.sent.length === 0 || !isEcho(turn)) ?? answered[0];
  if (telling === undefined) return undefined;
  const echoes = answered.every(isEcho);
  const recognised = echoes ? undefined : recognise(telling, planner);
  if (recognised !== undefined) return { ...recognised, ...carrier };
  const signature = planner.characterise(telling);
  const particular = echoes
    ? ({ kind: 'detail', name: 'behaviour', value: untrusted('echo') } as const)
    : undefined;
  return {
    ...carrier,
    certainty: 'proved',
    facts: [{ kind: 'unrecognised', signature }, ...(particular === undefined ? [] : [particular])],
    turns: [telling],
  };
}

/** One side alone is no proof, whatever a recogniser makes of the question that we put ourselves. */
function recognise(turn: Turn, planner: Pick<Planner, 'protocols'>): Statement | undefined {
  for (const protocol of planner.protocols) {
    const verdict = protocol.recognise({
      client: turn.sent.subarray(0, protocol.depth),
      server: turn.received.subarray(0, protocol.depth),
    });
    if (verdict.kind === 'yes') return { certainty: 'likely', facts: verdict.facts, turns: [turn] };
  }
  return undefined;
}

/** The answer is the question, or begins with it. */
export function isEcho({ sent, received }: Turn): boolean {
  if (sent.length === 0 || received.length < sent.length) return false;
  return sent.every((byte, index) => byte === received[index]);
}

/** Whether different questions bring one and the same answer, so that more of them are in vain. */
export function answersAlike(turns: readonly Turn[]): boolean {
  const asked = turns.filter(({ sent, received }) => sent.length > 0 && received.length > 0);
  if (asked.length >= ALIKE && asked.every(isEcho)) return true;
  const answers = asked.map(({ received }) =>
    Buffer.from(received.subarray(0, 64)).toString('hex'),
  );
  return (
    answers.length >= ALIKE && answers.slice(-ALIKE).every((answer) => answer === answers.at(-1))
  );
}
