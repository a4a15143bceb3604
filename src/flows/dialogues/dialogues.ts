import type {
  Dialogue,
  DialogueContext,
  DialogueKind,
  Gaps,
  Side,
  Tell,
  Totals,
} from './dialogue.ts';

/** Messages by which a conversation is taken for one of these; who says nothing known is let go. */
const TRIES = 2;
/** Conversations that are followed at a time; further ones are not looked into. */
const CAPACITY = 65_536;

/** Gives each conversation to the one who follows its protocol, by what is said first. */
export class Dialogues {
  readonly #overTcp: readonly DialogueKind[];
  readonly #overDatagrams: readonly DialogueKind[];
  readonly #tell: Tell;
  readonly #active = new Map<number, Dialogue>();
  /** By record: how often it was tried, until it is known. */
  readonly #tries: number[] = [];

  constructor(kinds: readonly DialogueKind[], tell: Tell) {
    this.#overTcp = kinds.filter(({ datagrams }) => datagrams !== true);
    this.#overDatagrams = kinds.filter(({ datagrams }) => datagrams === true);
    this.#tell = tell;
  }

  opened(record: number): void {
    this.#active.delete(record);
    this.#tries[record] = TRIES;
  }

  /** Whether what it says is looked at, where it says whose words they are that side's. */
  listens(record: number, side?: Side): boolean {
    if ((this.#tries[record] ?? 0) > 0) return true;
    const dialogue = this.#active.get(record);
    if (dialogue === undefined) return false;
    return side === undefined || dialogue.ignores?.(side) !== true;
  }

  said(record: number, side: Side, bytes: Uint8Array, context: DialogueContext, gaps: Gaps): void {
    const dialogue = this.#active.get(record) ?? this.#find(record, side, bytes, context);
    if (dialogue === undefined) return;
    if (!dialogue.said(side, bytes, context, gaps)) this.#forget(record);
  }

  closed(record: number, context: DialogueContext, totals: Totals): void {
    this.#active.get(record)?.closed?.(context, totals);
    this.#forget(record);
  }

  #find(
    record: number,
    side: Side,
    bytes: Uint8Array,
    { transport }: DialogueContext,
  ): Dialogue | undefined {
    const tries = (this.#tries[record] ?? 0) - 1;
    this.#tries[record] = tries;
    const kinds = transport === 'tcp' ? this.#overTcp : this.#overDatagrams;
    const kind = kinds.find((one) => one.begins(bytes, side));
    if (kind === undefined || this.#active.size >= CAPACITY) return undefined;
    const dialogue = kind.start(this.#tell);
    this.#active.set(record, dialogue);
    this.#tries[record] = 0;
    return dialogue;
  }

  #forget(record: number): void {
    this.#active.delete(record);
    this.#tries[record] = 0;
  }
}
