import type { Fact } from '../../model/evidence.ts';
import type { Ask, Dialogue } from '../../protocols/protocol.ts';

/** One question and what came of it. */
export interface Turn {
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
}

export interface Talk {
  readonly facts: readonly Fact[];
  readonly turns: readonly Turn[];
}

/** Puts one question; undefined where it cannot be put any more (budget, abort, nobody there). */
export type Put = (ask: Ask) => Promise<Uint8Array | undefined>;

/** The contract suite holds every dialogue to fewer: this stops one that is broken. */
const TURNS_CAP = 64;

/**
 * Lends a way to put questions to a dialogue. Where a question cannot be put, the dialogue hears
 * silence, which ends it.
 */
export async function converse(dialogue: Dialogue, put: Put): Promise<Talk> {
  const turns: Turn[] = [];
  let turn = dialogue.next();
  while (turn.done !== true && turns.length < TURNS_CAP) {
    const received = (await put(turn.value)) ?? new Uint8Array(0);
    turns.push({ sent: turn.value.send, received });
    turn = dialogue.next(received);
  }
  return { facts: turn.done === true ? turn.value : [], turns };
}
