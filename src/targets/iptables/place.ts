import type { BoundDevice } from '../../model/bound-policy.ts';
import { id as checkedId, LOG_GROUP } from '../nftables/names.ts';
import type { Owner, Plan, Side } from '../nftables/plan.ts';
import type { Path } from '../shared/terms.ts';
import type { Book, Writer } from './chains.ts';
import type { Match } from './matches.ts';
import { comment, REJECT } from './names.ts';
import type { Family, IpSets } from './sets.ts';

/** Where a line stands, and so what is known of the packet and what a denial means. */
export interface Place {
  readonly plan: Plan;
  readonly book: Book;
  readonly sets: IpSets;
  readonly family: Family;
  readonly side: Side;
  readonly path: Path;
  /** Undefined among the rules for everybody. */
  readonly owner?: Owner;
  /** The packet has an address of the owner, not only its MAC. */
  readonly isAtAddress: boolean;
  /** Where whatever passes here goes on: the other side's chain, or out of our rules. */
  readonly next: string;
}

/** Of one rule of ours: a flood must not become a flood of log records. */
const LOG_RATE = '-m limit --limit 10/second --limit-burst 20';
/** Characters of a prefix that xt_NFLOG keeps (linux/netfilter/xt_NFLOG.h). */
const LONGEST_PREFIX = 63;

export type Happening = 'allow' | 'drop' | 'reject' | 'would-block';

/** Log prefixes are read back: what happened, to whose packet (`-` is nobody's), by which rule. */
export function logged(what: Happening, device: BoundDevice | undefined, rule: string): string {
  const owner = device === undefined ? '-' : checkedId(device.id);
  const whole = `ptl ${what} ${owner} ${checkedId(rule)} `;
  // The rule says more than the device, which its address tells as well.
  const prefix = whole.length <= LONGEST_PREFIX ? whole : `ptl ${what} - ${checkedId(rule)} `;
  return `${LOG_RATE} -j NFLOG --nflog-group ${LOG_GROUP} --nflog-prefix "${prefix}"`;
}

export interface Action {
  readonly verdict: string;
  readonly logs: readonly string[];
}

/** What becomes of what is denied: a device in trial only learns what would be. */
export function denial(
  { book, next }: Pick<Place, 'book' | 'next'>,
  action: 'drop' | 'reject',
  device: BoundDevice | undefined,
  rule: string,
  log: boolean,
): Action {
  if (device?.trial === true) {
    return { verdict: next, logs: [logged('would-block', device, rule)] };
  }
  const logs = log ? [logged(action, device, rule)] : [];
  return { verdict: action === 'drop' ? '-j DROP' : rejecting(book), logs };
}

/** RFC 9293 §3.10.7.1: a refused TCP connection is reset. Others get "port unreachable". */
function rejecting(book: Book): string {
  const chain = book.open(REJECT);
  chain?.add('-p 6 -j REJECT --reject-with tcp-reset');
  chain?.add('-j REJECT');
  return `-g ${REJECT}`;
}

/** The lines of a default or a check of ours, under a match. */
export function deny(
  writer: Writer,
  place: Pick<Place, 'book' | 'next'>,
  match: string,
  {
    action,
    device,
    rule,
  }: {
    readonly action: 'drop' | 'reject';
    readonly device?: BoundDevice | undefined;
    readonly rule: string;
  },
): void {
  writeAction(
    writer,
    { words: match, unless: [] },
    denial(place, action, device, rule, true),
    rule,
  );
}

export function writeAction(
  writer: Writer,
  { words, unless }: Match,
  action: Action,
  rule: string,
): void {
  writer.unless(unless, () => {
    for (const log of action.logs) writer.add(words, log);
    writer.add(words, comment(rule), action.verdict);
  });
}
