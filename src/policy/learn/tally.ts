import type { Instant } from '../../model/core.ts';
import type { LearntFlow } from './proposal.ts';

/** Ids of flows that a rule quotes (`RuleOrigin.evidence`). */
const EVIDENCE = 8;
/** Days that are told apart: a year. */
const DAYS = 366;
export const DAY = 86_400_000;

/** What a flow shows of its beginning. */
export type Beginning = 'opened' | 'midStream' | 'silent';

/** Flows of one kind, counted: its size does not grow with their number. */
export class Tally {
  /** Answered ones whose first packet was seen: only they show who opens it. */
  opened = 0;
  /** Answered ones that were under way when we began to listen. */
  midStream = 0;
  /** Those that nobody answered. */
  silent = 0;
  bytes = 0;
  firstSeen: Instant = Number.POSITIVE_INFINITY;
  lastSeen: Instant = Number.NEGATIVE_INFINITY;
  readonly days = new Set<number>();
  /** Lowest ids, ascending: the same ones in whatever order the flows come. */
  readonly evidence: number[] = [];
  /** Name that the client gave in TLS: its own word, no proof of where it leads. */
  sni: string | undefined;

  get flows(): number {
    return this.opened + this.midStream + this.silent;
  }

  /** @param offset milliseconds east of UTC: days are local */
  add(flow: LearntFlow, kind: Beginning, offset: number): void {
    this[kind] += 1;
    this.bytes += flow.sent.bytes + flow.received.bytes;
    this.firstSeen = Math.min(this.firstSeen, flow.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, flow.lastSeen);
    noteDays(this.days, flow, offset);
    this.#call(flow.sni);
    this.#quote(flow.id);
  }

  merge(other: Tally): void {
    this.opened += other.opened;
    this.midStream += other.midStream;
    this.silent += other.silent;
    this.bytes += other.bytes;
    this.firstSeen = Math.min(this.firstSeen, other.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, other.lastSeen);
    for (const day of other.days) if (this.days.size < DAYS) this.days.add(day);
    for (const id of other.evidence) this.#quote(id);
    this.#call(other.sni);
  }

  /** The first by the alphabet, whichever came first. */
  #call(sni: string | undefined): void {
    if (sni !== undefined && (this.sni === undefined || sni < this.sni)) this.sni = sni;
  }

  #quote(id: number): void {
    if (this.evidence.includes(id)) return;
    if (this.evidence.length === EVIDENCE && id >= (this.evidence.at(-1) ?? 0)) return;
    this.evidence.push(id);
    this.evidence.sort((a, b) => a - b);
    if (this.evidence.length > EVIDENCE) this.evidence.pop();
  }
}

/** Each day that a flow touched: one connection may last for weeks. */
export function noteDays(days: Set<number>, flow: LearntFlow, offset: number): void {
  const first = Math.floor((flow.firstSeen + offset) / DAY);
  const last = Math.min(Math.floor((flow.lastSeen + offset) / DAY), first + DAYS);
  for (let day = first; day <= last && days.size < DAYS; day += 1) days.add(day);
}
