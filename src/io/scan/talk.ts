import type { Transport } from '../../model/core.ts';
import type { Peer } from '../../protocols/protocol.ts';
import type { Turn } from './converse.ts';
import type { Door } from './door.ts';
import type { Limits } from './limits.ts';
import type { Occasion, Planned, Planner } from './planner.ts';
import type { Statement } from './statement.ts';
import type { Patience } from './stream.ts';
import type { Treatment } from './treatment.ts';

/** What is needed to find out what a port speaks. */
export interface Talker {
  readonly address: string;
  readonly door: Door;
  readonly limits: Limits;
  readonly planner: Planner;
  /** Whether devices are also asked about themselves, not only greeted. */
  readonly read: boolean;
  treatment(): Treatment;
  hints(port: number, transport: Transport): readonly string[];
  nonce(): Uint8Array;
}

export interface Heard {
  readonly statements: readonly Statement[];
  readonly turns: readonly Turn[];
}

export function occasionOf(
  talker: Talker,
  transport: Transport,
  port: number,
  banner: Uint8Array,
): Occasion {
  const { robustness, category } = talker.treatment();
  return { port, transport, robustness, category, hints: talker.hints(port, transport), banner };
}

export function peerOf(talker: Talker, port: number, planned: Planned): Peer {
  return { address: talker.address, port, over: planned.over, nonce: talker.nonce() };
}

/** What may be asked at all: without `read`, greetings alone. */
export function askable(talker: Talker, planned: readonly Planned[]): readonly Planned[] {
  return planned.filter(
    ({ protocol }) =>
      protocol.probe !== undefined && (talker.read || protocol.probe.impact !== 'reads'),
  );
}

export function isOnlyTried(planned: Planned): boolean {
  return planned.why === 'generic' || planned.why === 'habit';
}

/** A device is waited for longer where the answer is likely. */
export function patienceFor(limits: Limits, planned: Planned): Patience {
  const first = planned.why === 'generic' ? limits.firstTried : limits.first;
  return { first, silence: limits.silence };
}
