import { Names } from '../alerts/names.ts';
import { parseQuietHours } from '../alerts/quiet.ts';
import { reveal, visible } from '../base/untrusted.ts';
import type { KeeperOptions } from '../io/alerts/keeper.ts';
import { AlertKeeper, FORGETTING } from '../io/alerts/keeper.ts';
import { loadConfig } from '../io/config.ts';
import type { Session } from '../io/site/session.ts';
import type { Device } from '../model/device.ts';
import type { Shell } from './shell.ts';

/** Milliseconds for which the names of devices are not looked up again. */
const NAMES_FOR = 10_000;

/**
 * The alerts of a session, with the quiet hours of the configuration and the names of its devices.
 *
 * @param session undefined where nothing is kept
 * @param options where notices go, and who hears of what happens; without them nobody is told
 */
export function keepAlerts(
  shell: Shell,
  session: Session | undefined,
  options: Pick<KeeperOptions, 'deliver' | 'sharesOf' | 'onEvent'> = {},
): AlertKeeper {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const quiet = parseQuietHours(settings.quiet_hours);
  const names = session === undefined ? undefined : new LateNames(shell, session);
  return new AlertKeeper(session?.store ?? FORGETTING, {
    ...options,
    ...(quiet === undefined ? {} : { quiet }),
    nameOf: (device) => names?.of(device),
  });
}

/** Devices by what detectors call them: made when somebody asks, and not for each name. */
export class LateNames {
  readonly #shell: Shell;
  readonly #session: Session;
  readonly #lasts: number;
  #names: Names | undefined;
  #at = 0;

  /** @param lasts milliseconds for which what is believed of the site is not made anew */
  constructor(shell: Shell, session: Session, lasts: number = NAMES_FOR) {
    this.#shell = shell;
    this.#session = session;
    this.#lasts = lasts;
  }

  of(device: string): string | undefined {
    const name = this.device(device)?.name;
    return name === undefined ? undefined : visible(reveal(name));
  }

  device(key: string): Device | undefined {
    const now = this.#shell.now();
    if (this.#names === undefined || Math.abs(now - this.#at) > this.#lasts) {
      this.#names = new Names(this.#session.site());
      this.#at = now;
    }
    return this.#names.device(key);
  }
}
