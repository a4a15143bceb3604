import type { Parsed } from '../../base/reader.ts';
import type { Fact } from '../../model/evidence.ts';
import type { Ask, FirstBytes, Recognition } from '../protocol.ts';
import { NO } from '../protocol.ts';
import { likely, proved, undecided } from './facts.ts';

/** What each side's first message parsed to, and what the two together say. */
export interface Pair<Asked, Answered> {
  readonly asked: Parsed<Asked>;
  readonly answered: Parsed<Answered>;
  /** Facts of one side or of both; undefined where the two do not belong together. */
  facts(asked: Asked | undefined, answered: Answered | undefined): readonly Fact[] | undefined;
}

/** Both sides kept the grammar: proved. One did: likely. One broke it: no. */
export function pair<Asked, Answered>(
  first: FirstBytes,
  depth: number,
  { asked, answered, facts }: Pair<Asked, Answered>,
): Recognition {
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  const nothingHeard = asked.kind === 'more' && answered.kind === 'more';
  if (nothingHeard || (asked.kind === 'more' && first.client.length > 0)) {
    return undecided(first, depth);
  }
  const found = facts(whole(asked), whole(answered));
  if (found === undefined) return NO;
  return asked.kind === 'ok' && answered.kind === 'ok' ? proved(found) : likely(found);
}

/** Whether the other side answered before the question was whole, which nobody does who parses it. */
export function isAnsweredHalf({ client, server }: FirstBytes, asked: Parsed<unknown>): boolean {
  return asked.kind === 'more' && client.length > 0 && server.length > 0;
}

function whole<T>(parsed: Parsed<T>): T | undefined {
  return parsed.kind === 'ok' ? parsed.value : undefined;
}

/** A question whose answer is whole as soon as its parser has made up its mind. */
export function ask(
  send: Uint8Array,
  parse: (received: Uint8Array) => Parsed<unknown>,
  reconnect = false,
): Ask {
  return { send, complete: (received) => parse(received).kind !== 'more', reconnect };
}

/** A farewell: nobody waits for an answer. */
export function leave(send: Uint8Array): Ask {
  return { send, complete: () => true };
}
