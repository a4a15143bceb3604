import type { Answer, Direction } from '../model/core.ts';
import type { Verdict } from '../model/ledger.ts';

/** The four answers about one port and what else is known of whoever answers there. */
export interface Answers {
  readonly direction: Direction;
  readonly open: Answer;
  readonly used: Answer;
  readonly needed: Answer;
  readonly allowed: Answer;
  /** Nobody knows what answers there, or it is not what belongs on that port. */
  readonly odd: boolean;
  /** It is in the clear though an encrypted form of the protocol exists. */
  readonly encryptable: boolean;
}

/**
 * Where the answers disagree there is something to do; `unknown` agrees with everything and decides
 * nothing. What is needed and missing comes first, then what can go, then what has to change.
 */
export function verdictOf(answers: Answers): Verdict {
  if (isBroken(answers)) return 'broken';
  if (answers.direction === 'from-device') return outwards(answers);
  return answers.open === 'yes' ? whileOpen(answers) : whileNotOpen(answers);
}

function isBroken({ direction, open, needed, allowed }: Answers): boolean {
  if (needed !== 'yes') return false;
  return allowed === 'no' || (direction === 'to-device' && open === 'no');
}

function whileOpen({ used, needed, odd, encryptable }: Answers): Verdict {
  if (needed === 'no' || (used === 'no' && needed !== 'yes')) return 'close';
  if (odd) return 'look';
  if (encryptable) return 'encrypt';
  if (needed === 'yes') return 'fine';
  return used === 'yes' ? 'decide' : 'unknown';
}

function whileNotOpen({ open, used, needed, allowed }: Answers): Verdict {
  if (allowed === 'yes' && used === 'no' && needed !== 'yes') return 'tighten';
  // Closed, and nobody says that it should be otherwise.
  return open === 'no' ? 'fine' : 'unknown';
}

/** What the device opens itself: "open" is no question here. */
function outwards({ used, needed, allowed }: Answers): Verdict {
  if (used === 'yes') return needed === 'yes' ? 'fine' : needed === 'no' ? 'close' : 'decide';
  if (allowed === 'yes' && used === 'no' && needed !== 'yes') return 'tighten';
  return 'unknown';
}
