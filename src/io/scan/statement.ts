import type { Carrier, Certainty, Transport } from '../../model/core.ts';
import type { Fact, NewEvidence, Proof, Subject } from '../../model/evidence.ts';
import type { Turn } from './converse.ts';

/** What was learnt of one port at once, and the bytes that it rests on. */
export interface Statement {
  /** What carried it; absent means the transport itself. */
  readonly over?: Carrier;
  readonly certainty: Certainty;
  readonly facts: readonly Fact[];
  readonly turns: readonly Turn[];
  readonly control?: Turn;
}

/** Bytes a side that a proof keeps. */
const PROOF_CAP = 512;

/** Facts that are judged by their bytes; attributes and particulars stand beside one of them. */
const PROVED: ReadonlySet<Fact['kind']> = new Set<Fact['kind']>([
  'speaks',
  'access',
  'unrecognised',
  'tls',
  'amplification',
]);

export interface About {
  readonly at: number;
  readonly observer: string;
  readonly address: string;
  readonly mac?: string;
  readonly transport: Transport;
  readonly port: number;
}

export function evidenceOf(statement: Statement, about: About): readonly NewEvidence[] {
  const { at, observer, address, mac, transport, port } = about;
  const { certainty, facts, over } = statement;
  const subject: Subject = {
    address,
    transport,
    port,
    ...(mac === undefined ? {} : { mac }),
    ...(over === undefined || over === transport ? {} : { over }),
  };
  const proof = statement.turns.length === 0 ? undefined : proofOf(statement);
  return facts.map((fact) => ({
    at,
    source: 'active',
    observer,
    subject,
    certainty,
    fact,
    ...(proof === undefined || !PROVED.has(fact.kind) ? {} : { proof }),
  }));
}

function proofOf({ turns, control }: Statement): Proof {
  return {
    request: hex(turns.map(({ sent }) => sent)),
    response: hex(turns.map(({ received }) => received)),
    ...(control === undefined
      ? {}
      : { control: { request: hex([control.sent]), response: hex([control.received]) } }),
  };
}

function hex(pieces: readonly Uint8Array[]): string {
  let text = '';
  for (const piece of pieces) {
    text += Buffer.from(piece.subarray(0, PROOF_CAP - text.length / 2)).toString('hex');
  }
  return text;
}

/** The protocol that a statement names, if it names one. */
export function spokenIn(facts: readonly Fact[]): string | undefined {
  const fact = facts.find(({ kind }) => kind === 'speaks');
  return fact?.kind === 'speaks' ? fact.protocol : undefined;
}
