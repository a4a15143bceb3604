import type { Attempts } from './attempts.ts';
import type { Kind } from './kinds.ts';
import { EPHEMERAL } from './kinds.ts';
import type { LearnContext, LearnDevice, Reason } from './proposal.ts';

/** What is seen less often may be anything. */
const RARE = 3;
/** From so many days of a device on, a kind of flow that was seen on one of them is rare. */
const SOME_DAYS = 3;
/** Datagrams without any answer that are more than knocking. */
const ONE_WAY = 3;

/** What a person must decide; `rule`: nothing speaks against it; `none`: no need was seen. */
export type Judgement = Reason | 'rule' | 'none';

export interface Circumstances {
  readonly device: LearnDevice;
  /** Days on which the device was seen. */
  readonly days: number;
  readonly attempts: Attempts;
  readonly context: LearnContext;
}

const SUSPICIOUS: ReadonlySet<Judgement> = new Set([
  'no-name',
  'from-internet',
  'scan',
  'after-scan',
  'known-bad',
]);

export function isSuspicious(judgement: Judgement): boolean {
  return SUSPICIOUS.has(judgement);
}

/** What is suspicious goes before what is merely unclear: that it happens often makes it no better. */
export function judgeKind(kind: Kind, circumstances: Circumstances): Judgement {
  const { tally } = kind;
  if (tally.flows === tally.silent && tally.silent < ONE_WAY) return 'none';
  return suspicionOf(kind, circumstances) ?? doubtOf(kind, circumstances.days) ?? 'rule';
}

function suspicionOf(kind: Kind, { device, attempts, context }: Circumstances): Reason | undefined {
  const { side, peer } = kind;
  if (isListed(kind, context.knownBad)) return 'known-bad';
  const other = peer.kind === 'device' ? peer.device.id : addressOf(kind);
  const [client, server] = side === 'from-device' ? [device.id, other] : [other, device.id];
  const { firstSeen } = kind.tally;
  if (attempts.isSearch(firstSeen, client, server, `${kind.protocol}/${kind.from}`)) return 'scan';
  const searching = attempts.searchingSince(client);
  if (searching !== undefined && firstSeen >= searching) return 'after-scan';
  if (peer.kind !== 'public' || context.knownAddresses.includes(peer.address)) return undefined;
  if (side === 'to-device') return 'from-internet';
  // The answer may have come before we listened, as the opening did.
  return kind.tally.opened + kind.tally.silent === 0 ? undefined : 'no-name';
}

function addressOf({ peer }: Kind): string {
  return 'address' in peer ? peer.address : peer.kind;
}

/** By its name, by what is above that, by its address, or by the name it was called in TLS. */
function isListed({ peer, tally }: Kind, bad: ReadonlySet<string>): boolean {
  if (bad.size === 0) return false;
  if ('address' in peer && bad.has(peer.address)) return true;
  const names = [peer.kind === 'name' ? peer.name : undefined, tally.sni];
  return names.some((name) => name !== undefined && aboves(name).some((one) => bad.has(one)));
}

function aboves(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

function doubtOf({ protocol, tally, ports, from }: Kind, days: number): Reason | undefined {
  if (typeof protocol === 'number') return 'protocol';
  if (tally.flows === tally.silent) return 'one-way';
  if (tally.opened === 0) return 'unopened';
  if (ports > 1 && from >= EPHEMERAL) return 'ephemeral';
  const answered = tally.opened + tally.midStream;
  const isOnce = days >= SOME_DAYS && tally.days.size === 1;
  return answered < RARE || isOnce ? 'rare' : undefined;
}
