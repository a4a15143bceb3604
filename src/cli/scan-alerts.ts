import type { AlertKeeper } from '../io/alerts/keeper.ts';
import type { Deliverer } from '../io/deliver/deliverer.ts';
import type { Session } from '../io/site/session.ts';
import type { Signal } from '../model/alert.ts';
import { keepAlerts } from './alert-keeper.ts';
import { openDeliverer } from './deliverer.ts';
import { count } from './format.ts';
import type { Shell } from './shell.ts';

/** What a scan finds otherwise than before becomes alerts, and is told by the channels of the configuration. */
export class ScanAlerts {
  readonly #shell: Shell;
  readonly #session: Session;
  #kept: { readonly keeper: AlertKeeper; readonly deliverer: Deliverer } | undefined;
  #count = 0;

  constructor(shell: Shell, session: Session) {
    this.#shell = shell;
    this.#session = session;
  }

  readonly take = (signal: Signal): void => {
    this.#kept ??= this.#open();
    this.#count += this.#kept.keeper.take(signal).length;
  };

  /** Sends what is due; what a channel does not take stays in the outbox. */
  async close(): Promise<void> {
    if (this.#kept === undefined) return;
    const { keeper, deliverer } = this.#kept;
    keeper.close();
    await deliverer.sendDue();
    await deliverer.close();
    if (this.#count > 0) {
      this.#shell.say(`${count(this.#count, 'alert')} of what changed: portolan alerts`);
    }
  }

  #open(): { readonly keeper: AlertKeeper; readonly deliverer: Deliverer } {
    const deliverer = openDeliverer(this.#shell, this.#session);
    const deliver = deliverer.deliver.bind(deliverer);
    const sharesOf = deliverer.sharesOf.bind(deliverer);
    return { deliverer, keeper: keepAlerts(this.#shell, this.#session, { deliver, sharesOf }) };
  }
}
