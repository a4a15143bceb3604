import type { Signal } from '../../model/alert.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ScanRecord } from '../../model/scan.ts';
import type { Site } from '../../model/site.ts';
import type { Gate } from '../scan/gate.ts';
import type { ScanPlan, ScanProgress } from '../scan/scan-types.ts';
import { startScan } from '../scan/start.ts';
import type { World } from '../world.ts';
import { ScanNews } from './scan-news.ts';
import type { Session } from './session.ts';
import { userWord } from './session.ts';

export interface ScanWishes {
  /** The user's word on the targets. */
  readonly treatAs?: 'fragile' | 'robust';
  /** Also devices that stopped answering during a scan less than a day ago. */
  readonly distressedToo: boolean;
  /** Hears of what was otherwise when it was asked before: a port that opened, a device that came. */
  readonly news?: (signal: Signal) => void;
  /** Ends it; what was found is kept. */
  readonly signal: AbortSignal;
  readonly gate?: Gate;
}

/** Who hears how far it is. */
export interface ScanHearer {
  found(evidence: readonly Evidence[]): void;
  show(state: ScanProgress): void;
  note(text: string): void;
}

/** Runs a scan whose evidence goes into the session, and says how far it is. */
export async function scanInto(
  session: Session,
  world: World,
  plan: ScanPlan,
  wishes: ScanWishes,
  progress: ScanHearer,
): Promise<ScanRecord> {
  const { store, engine } = session;
  const { treatAs, news } = wishes;
  const spoken = new Set<string>();
  const before = session.site();
  const scanNews = new ScanNews(before, engine);
  const record = await startScan(plan, {
    signal: wishes.signal,
    ...(wishes.gate === undefined ? {} : { gate: wishes.gate }),
    evidence: (evidence) => {
      // Of what was believed until now, so it is asked before it is believed.
      const signals = scanNews.of(evidence);
      const stored = session.add(evidence);
      for (const signal of signals) news?.(signal);
      if (treatAs !== undefined) session.add(wordsOnNew(world, stored, treatAs, spoken));
      progress.found(stored);
    },
    progress: (state) => progress.show(state),
    note: (text) => progress.note(text),
    checkpoint: (text) => store.saveProgress(plan.id, text),
    known: (address) => {
      const known = engine.known(address);
      return treatAs === undefined ? known : { ...known, robustness: treatAs, reason: 'your word' };
    },
    leaveAlone: wishes.distressedToo ? () => undefined : resting(before, world.now()),
    hints: (address, port, transport) => engine.hints(address, port, transport),
    saved: (scan) => store.saveScan(scan),
  });
  if (record.outcome === 'complete') store.saveProgress(plan.id, undefined);
  return record;
}

/** How long a device that stopped answering under a scan is left in peace: a day. */
const REST = 24 * 60 * 60 * 1000;

function resting(site: Site, now: number): (address: string) => string | undefined {
  const at = new Set(
    site.devices
      .filter(({ distressedAt }) => distressedAt !== undefined && now - distressedAt <= REST)
      .flatMap(({ addresses }) => addresses),
  );
  return (address) =>
    at.has(address)
      ? 'it stopped answering during a scan less than a day ago (--distressed-too asks it all the same)'
      : undefined;
}

/** The user's word on a target is evidence like any other, so that the next scan knows it too. */
function wordsOnNew(
  world: World,
  stored: readonly Evidence[],
  robustness: 'robust' | 'fragile',
  spoken: Set<string>,
): ReturnType<typeof userWord>[] {
  return stored
    .filter(({ subject }) => !spoken.has(subject.address))
    .map(({ subject: { address, mac } }) => {
      spoken.add(address);
      const subject = mac === undefined ? { address } : { address, mac };
      return userWord(world, subject, { kind: 'treat-as', robustness });
    });
}
