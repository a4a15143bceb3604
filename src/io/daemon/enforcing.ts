import { PortolanError } from '../../base/errors.ts';
import type { Signal } from '../../model/alert.ts';
import type { Instant } from '../../model/core.ts';
import { driftLines } from '../apply/drift-lines.ts';
import type { Drift } from '../apply/enforcer.ts';
import { Enforcer } from '../apply/enforcer.ts';
import type { Host } from '../apply/host.ts';
import type { Enforcement } from './context.ts';
import type { PartState } from './part-state.ts';

/** Milliseconds between two looks whether our table is as it was left. */
const LOOK_EVERY = 60_000;
/** Lines of a difference that an alert carries. */
const LINES = 8;
const MAY = 'A helper of its own may change the firewall of this machine';
const HOW = 'Start the daemon with that right: sudo portolan serve --enforce';

/** The right to change this machine's firewall: whether there is one, and whether its holder lives. */
export class Enforcing implements Enforcement {
  readonly #host: Host | undefined;
  readonly #part: PartState;
  #enforcer: Enforcer | undefined;
  readonly #end = new AbortController();
  #lookedAt = 0;
  #hasDrifted = false;
  readonly #onDrift: (signal: Signal) => void;

  /** @param onDrift hears once of each time that somebody else changes our table */
  constructor(host: Host | undefined, part: PartState, onDrift: (signal: Signal) => void) {
    this.#host = host;
    this.#part = part;
    this.#onDrift = onDrift;
    part.set('off', 'This daemon may not change the firewall of this machine', HOW);
  }

  get enforcer(): Enforcer | undefined {
    return this.#enforcer;
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  get because(): string {
    if (this.#enforcer !== undefined) return '';
    const { text, remedy } = this.#part.status();
    return remedy === undefined ? text : `${text}. ${remedy}`;
  }

  /** Without it everything else goes on. */
  async open(): Promise<void> {
    if (this.#host === undefined) return;
    void this.#host.ended?.then(() => this.#ended());
    try {
      this.#enforcer = await Enforcer.open(this.#host);
      this.#part.set('ok', MAY);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      this.#part.set('failed', error.message, error.remedy);
    }
  }

  /** Looks now and then whether what is in force is what was decided. */
  tick(now: Instant): void {
    if (this.#enforcer === undefined || now - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = now;
    this.#look(this.#enforcer, now).catch((error: unknown) => {
      // A helper that is gone says so by its end.
      if (!(error instanceof PortolanError)) throw error;
    });
  }

  async #look(enforcer: Enforcer, now: Instant): Promise<void> {
    const state = await enforcer.state();
    if (state.pending !== undefined) return;
    const drift = await enforcer.drift(state, await enforcer.listing());
    if (drift === undefined && this.#hasDrifted) this.#part.set('ok', MAY);
    if (drift !== undefined) {
      this.#part.set('degraded', 'Our table of the firewall is not as it was left', LOOK);
      if (!this.#hasDrifted) this.#onDrift(driftSignal(drift, state.confirmed, now));
    }
    this.#hasDrifted = drift !== undefined;
  }

  close(): void {
    this.#end.abort();
    this.#host?.close();
  }

  #ended(): void {
    this.#enforcer = undefined;
    if (!this.#end.signal.aborted) this.#part.set('failed', 'The enforcing helper is gone', HOW);
  }
}

const LOOK = 'See what is another: portolan firewall drift';

/** What is enforced is not what was decided: told like what a device does. */
export function driftSignal(drift: Drift, change: string | undefined, at: Instant): Signal {
  const [head = '', ...lines] = driftLines(drift);
  return {
    type: 'firewall_changed',
    at,
    severity: 'high',
    threat: 'unauthorised-access',
    devices: [],
    key: 'firewall_changed',
    summary: `The firewall of this machine was changed by somebody else. ${head}`,
    usual:
      change === undefined
        ? 'Nothing of ours is in force on it.'
        : `It is as ${change} left it, until that is taken back here.`,
    evidence: {
      frames: [],
      flows: [],
      facts: lines.slice(0, LINES).map((value, index) => ({ name: `line ${index + 1}`, value })),
      count: Math.max(1, lines.length),
    },
    unseen: ['who changed it'],
    remedy: `${LOOK}; put back what was decided: portolan apply --accept-drift`,
    reasons: ['what is enforced is not what was decided'],
  };
}
