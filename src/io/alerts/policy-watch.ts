import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { Site } from '../../model/site.ts';
import { bindAll } from '../../policy/bind.ts';
import { mayOpenBy } from '../../policy/may-open.ts';
import { loadPolicy, policyPath, readPolicyText } from '../policy-file.ts';
import { bindContext } from '../site/bind-context.ts';
import { ownAddresses } from '../site/plan.ts';
import type { Session } from '../site/session.ts';
import type { World } from '../world.ts';

/** Milliseconds between two looks at the file. */
const LOOK = 5000;
/** Milliseconds after which names and addresses are looked up anew: devices get others. */
const AGE = 600_000;

type MayOpen = (observation: Observation) => boolean | undefined;

export interface PolicyWatchOptions {
  readonly world: World;
  readonly session: Session;
  /** Where it was judged already. */
  site?(): Pick<Site, 'devices'>;
  /** Without a policy that can be read one watches all the same. */
  warn(text: string): void;
}

/**
 * Asks the policy that stands beside the database whether what is seen is allowed: as the policy is
 * now, and for the addresses that its devices have now.
 */
export class PolicyWatch {
  readonly #options: PolicyWatchOptions;
  #answer: MayOpen | undefined;
  #text: string | undefined;
  #lookedAt: Instant | undefined;
  #readAt: Instant = 0;
  #said = '';

  constructor(options: PolicyWatchOptions) {
    this.#options = options;
  }

  /** Undefined where the policy says nothing, and until it is read. */
  readonly mayOpen: MayOpen = (observation) => {
    const now = this.#options.world.now();
    if (this.#lookedAt === undefined || Math.abs(now - this.#lookedAt) >= LOOK) {
      this.#lookedAt = now;
      this.#look(now).catch((error: unknown) => this.#failed(error));
    }
    return this.#answer?.(observation);
  };

  /** @throws PortolanError E_POLICY where it cannot be read, E_INPUT_UNREADABLE */
  async #look(now: Instant): Promise<void> {
    const { world, session, site } = this.#options;
    if (session.store.location === ':memory:') return;
    const file = policyPath(world.dataFolder ?? world.env['PORTOLAN_DATA']);
    const text = readPolicyText(file);
    if (text === this.#text && now - this.#readAt < AGE) return;
    this.#text = text;
    this.#readAt = now;
    if (text === undefined) {
      this.#answer = undefined;
      return;
    }
    const { policy } = loadPolicy(file);
    const { bound } = bindAll(policy, bindContext(world, session, site?.()));
    this.#answer = mayOpenBy(bound, await ownAddresses());
    this.#said = '';
  }

  /** What was read last stands. Said once, however often it is looked. */
  #failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (why === this.#said) return;
    this.#said = why;
    this.#options.warn(`Alerts do not ask the policy: ${why}`);
  }
}
