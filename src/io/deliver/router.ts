import { contains, parseAddress, parseNetwork } from '../../base/address.ts';
import type { Notice } from '../../notifiers/notifier.ts';
import type { Route } from '../../notifiers/route.ts';
import { parseWhen, share } from '../../notifiers/route.ts';
import type { Settings } from '../config.ts';

/** Says which channel is told what, as the configuration has it. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #channels: readonly string[];
  readonly #zones: Settings['zones'];

  constructor({ channels, alerts, zones }: Pick<Settings, 'channels' | 'alerts' | 'zones'>) {
    this.#channels = Object.keys(channels);
    this.#zones = zones;
    this.#routes = alerts.map(({ when, to }) => {
      const parsed = parseWhen(when);
      // The configuration was checked when it was read.
      if ('problem' in parsed) throw new Error(`"${when}" is no rule: ${parsed.problem}`);
      return { when: parsed, to };
    });
  }

  share(notice: Notice): ReadonlyMap<string, Notice> {
    return share(notice, this.#routes, this.#channels, (zone, address) =>
      this.#isIn(zone, address),
    );
  }

  #isIn(zone: string, text: string): boolean {
    const address = parseAddress(text);
    if (address === undefined) return false;
    return (this.#zones[zone] ?? []).some((network) => {
      const parsed = parseNetwork(network);
      return parsed !== undefined && contains(parsed, address);
    });
  }
}
