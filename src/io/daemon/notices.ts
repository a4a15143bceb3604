import { PortolanError } from '../../base/errors.ts';
import type { StatusView } from '../../model/api/daemon.ts';
import type { Notice, NoticeDevice } from '../../notifiers/notifier.ts';
import type { DelivererOptions } from '../deliver/deliverer.ts';
import { Deliverer } from '../deliver/deliverer.ts';
import { HomeAssistant } from '../deliver/home-assistant.ts';
import { sender } from '../deliver/send.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { PartState } from './part-state.ts';

export interface NoticesOptions extends DelivererOptions {
  readonly store: Store;
  readonly part: PartState;
  /** For sinks that show all devices; undefined while they are not known. */
  devices(): readonly NoticeDevice[] | undefined;
}

/**
 * Brings notices to their channels. While the store cannot keep them they go by way of memory: whoever
 * is to be told hears of it, though a restart in between would tell it again.
 */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #deliverer: Deliverer;
  readonly #homes: readonly HomeAssistant[];
  #standIn: { readonly store: Store; readonly deliverer: Deliverer } | undefined;

  constructor(options: NoticesOptions) {
    this.#options = { send: sender(options.version, true), ...options };
    this.#deliverer = new Deliverer(options.store, this.#options);
    this.#homes = homesOf(options);
    this.#deliverer.start();
    this.tick();
  }

  readonly deliver = (notice: Notice): void => {
    try {
      this.#deliverer.deliver(notice);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      this.#byMemory().deliver(notice);
    }
  };

  /** Channel → what of a notice is for it. */
  readonly sharesOf = (notice: Notice): ReadonlyMap<string, Notice> =>
    this.#deliverer.sharesOf(notice);

  /** How many wait, and how many were given up. */
  counts(): StatusView['outbox'] {
    const all = [this.#options.store, this.#standIn?.store].flatMap(
      (store) => store?.outbox.counts() ?? [],
    );
    const sum = (wanted: string): number =>
      all.reduce((total, { state, count }) => total + (state === wanted ? count : 0), 0);
    return { waiting: sum('waiting'), parked: sum('parked') };
  }

  /** Looks how it is. */
  tick(): void {
    for (const home of this.#homes) home.tick();
    const { part } = this.#options;
    const channels = this.#deliverer.channels.length;
    if (channels === 0) {
      part.set('off', 'No channel is configured: alerts are shown, and nobody is told');
      return;
    }
    const { waiting, parked } = this.counts();
    if (parked > 0) {
      const text = `${parked} notices were not delivered`;
      part.set('degraded', text, 'Mend the channel, then: portolan notify retry');
    } else part.set('ok', `${channels} channels, ${waiting} notices under way`);
  }

  async close(patience: number): Promise<void> {
    const both = [this.#deliverer, this.#standIn?.deliverer];
    await Promise.all([
      ...both.map((deliverer) => deliverer?.close(patience)),
      ...this.#homes.map((home) => home.close()),
    ]);
    this.#standIn?.store.close();
  }

  #byMemory(): Deliverer {
    if (this.#standIn === undefined) {
      const store = openStore(':memory:');
      const deliverer = new Deliverer(store, this.#options);
      deliverer.start();
      this.#standIn = { store, deliverer };
    }
    return this.#standIn.deliverer;
  }
}

function homesOf({
  settings,
  version,
  now,
  devices,
  log = () => {},
}: NoticesOptions): readonly HomeAssistant[] {
  return Object.entries(settings.channels).flatMap(([channel, config]) =>
    config.type === 'mqtt' && config.discovery !== 'off'
      ? [new HomeAssistant({ channel, settings: config, version, now, devices, log })]
      : [],
  );
}
