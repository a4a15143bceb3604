import type { Answer, Direction, Instant, Transport } from './core.ts';

/** An answer to one of the four questions, with who gave it and when. */
export interface Cell {
  readonly answer: Answer;
  /** One sentence: why. For `unknown`: what is missing to know it. */
  readonly because: string;
  readonly at?: Instant;
  /** Evidence ids, or the dossier's source. */
  readonly evidence?: readonly number[];
  readonly citation?: string;
}

/**
 * Where the four answers disagree there is something to do.
 *
 * `close` open but unused or not needed · `decide` used but nobody said that it is needed ·
 * `broken` needed but not allowed or not open · `tighten` allowed but unused · `encrypt` open in
 * the clear · `look` open on the wrong protocol, or unrecognised · `fine` they agree ·
 * `unknown` too little is known to say.
 */
export type Verdict =
  | 'close'
  | 'decide'
  | 'broken'
  | 'tighten'
  | 'encrypt'
  | 'look'
  | 'fine'
  | 'unknown';

/** One port of one device in one direction: is it open, used, needed, allowed? */
export interface LedgerRow {
  readonly device: string;
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  /** Protocol id as in the service, or as the dossier has it. */
  readonly protocol: string;
  readonly open: Cell;
  readonly used: Cell;
  readonly needed: Cell;
  readonly allowed: Cell;
  readonly verdict: Verdict;
  /** What to do, in one sentence. */
  readonly advice: string;
}
