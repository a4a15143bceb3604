import { PortolanError } from '../../base/errors.ts';
import { Enforcer } from '../apply/enforcer.ts';
import type { Host } from '../apply/host.ts';
import type { Enforcement } from './context.ts';
import type { PartState } from './part-state.ts';

const HOW = 'Start the daemon with that right: sudo portolan serve --enforce';

/** The right to change this machine's firewall: whether there is one, and whether its holder lives. */
export class Enforcing implements Enforcement {
  readonly #host: Host | undefined;
  readonly #part: PartState;
  #enforcer: Enforcer | undefined;
  #isClosed = false;

  constructor(host: Host | undefined, part: PartState) {
    this.#host = host;
    this.#part = part;
    part.set('off', 'This daemon may not change the firewall of this machine', HOW);
  }

  get enforcer(): Enforcer | undefined {
    return this.#enforcer;
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
      this.#part.set('ok', 'A helper of its own may change the firewall of this machine');
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      this.#part.set('failed', error.message, error.remedy);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#host?.close();
  }

  #ended(): void {
    this.#enforcer = undefined;
    if (!this.#isClosed) this.#part.set('failed', 'The enforcing helper is gone', HOW);
  }
}
