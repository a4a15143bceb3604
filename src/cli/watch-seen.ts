import { Engine } from '../engine.ts';
import type { CaptureMessage, CaptureStatus } from '../io/capture/messages.ts';
import { sliced } from '../io/daemon/believer.ts';
import { engineTools } from '../io/site/engine-tools.ts';
import type { Session } from '../io/site/session.ts';
import { openSession } from '../io/site/session.ts';
import type { Evidence, NewEvidence } from '../model/evidence.ts';
import type { Flow } from '../model/flow.ts';
import type { Site } from '../model/site.ts';
import type { Shell } from './shell.ts';

/** Conversations that are remembered for showing. */
const NEWEST = 50;

/** What was seen since the start, and what is believed of it together with what was known before. */
export interface Seen {
  readonly status: CaptureStatus | undefined;
  /** Newest first. */
  readonly newest: readonly Flow[];
  /** Grows with each piece of evidence, so that one sees whether there is anything new. */
  readonly version: number;
  /** Addresses of this network that were seen since the start. */
  readonly addresses: ReadonlySet<string>;
  /** The store that it goes to, where it outlives the command. */
  readonly session: Session | undefined;
  /** Reads what is stored; until then what is taken is kept alone. @returns false where it was ended before */
  read(stop: AbortSignal): Promise<boolean>;
  take(message: CaptureMessage): void;
  site(): Site;
  close(): void;
}

interface Keeper {
  readonly session: Session | undefined;
  read(stop: AbortSignal): Promise<boolean>;
  add(evidence: readonly NewEvidence[]): void;
  addFlows(flows: readonly Flow[]): void;
  site(): Site;
  close(): void;
}

/** @param stores whether what is seen outlives the command */
export function openSeen(shell: Shell, observer: string, stores: boolean): Seen {
  return new Sightings(stores ? storing(shell, observer) : forgetting(shell));
}

function storing(shell: Shell, observer: string): Keeper {
  const session = openSession(shell, { shared: true, mustOwn: true, readLater: true });
  return {
    session,
    read: (stop) => readUnless(stop, session),
    add: (evidence) => session.add(evidence),
    addFlows: (flows) => session.store.appendFlows(flows, observer),
    site: () => session.site(),
    close: () => session.close(),
  };
}

/** In slices, so that Ctrl-C is heard however much there is. */
async function readUnless(stop: AbortSignal, session: Session): Promise<boolean> {
  try {
    await sliced(session.readInSteps(), () => stop.throwIfAborted());
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}

function forgetting(shell: Shell): Keeper {
  const engine = new Engine(engineTools(), []);
  let last = 0;
  return {
    session: undefined,
    read: () => Promise.resolve(true),
    add: (evidence) => {
      const numbered: Evidence[] = evidence.map((one) => {
        last += 1;
        return { ...one, id: last };
      });
      engine.step({ kind: 'evidence', evidence: numbered });
    },
    addFlows: () => {},
    site: () => engine.site(shell.now(), []),
    close: () => {},
  };
}

class Sightings implements Seen {
  status: CaptureStatus | undefined;
  newest: readonly Flow[] = [];
  version = 0;
  readonly addresses = new Set<string>();
  readonly #keeper: Keeper;
  #flows: Flow[] = [];

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  read(stop: AbortSignal): Promise<boolean> {
    return this.#keeper.read(stop);
  }

  take(message: CaptureMessage): void {
    switch (message.kind) {
      case 'flow':
        this.#flows.push(message.flow);
        if (this.#flows.length >= NEWEST * 20) this.#keep();
        return;
      case 'evidence':
        this.version += 1;
        for (const { subject } of message.evidence) this.addresses.add(subject.address);
        this.#keeper.add(message.evidence);
        return;
      case 'status':
        this.status = message.status;
        this.#keep();
        return;
      case 'observations':
      case 'ready':
      case 'end':
      case 'error':
        return;
    }
  }

  site(): Site {
    return this.#keeper.site();
  }

  get session(): Session | undefined {
    return this.#keeper.session;
  }

  close(): void {
    this.#keep();
    this.#keeper.close();
  }

  #keep(): void {
    if (this.#flows.length === 0) return;
    this.#keeper.addFlows(this.#flows);
    this.newest = newestOf([...this.#flows.slice(-NEWEST).reverse(), ...this.newest]);
    this.#flows = [];
  }
}

/** One that goes on is shown once, as it was last. */
function newestOf(flows: readonly Flow[]): readonly Flow[] {
  const shown = new Map<string, Flow>();
  for (const flow of flows) {
    const { firstSeen, transport, communityId, frames } = flow;
    const key = `${firstSeen} ${transport} ${communityId} ${frames[0]}`;
    if (!shown.has(key)) shown.set(key, flow);
  }
  return [...shown.values()].slice(0, NEWEST);
}
