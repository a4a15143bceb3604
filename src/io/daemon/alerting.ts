import { Names } from '../../alerts/names.ts';
import { parseQuietHours } from '../../alerts/quiet.ts';
import { reveal, visible } from '../../base/untrusted.ts';
import { detectors } from '../../detectors/index.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import type { ApiEvent } from '../../model/api/daemon.ts';
import type { NoticeDevice } from '../../notifiers/notifier.ts';
import { AlertWatch } from '../alerts/alert-watch.ts';
import { AlertKeeper } from '../alerts/keeper.ts';
import { PolicyWatch } from '../alerts/policy-watch.ts';
import { TlsProfiles } from '../alerts/tls-profiles.ts';
import type { Settings } from '../config.ts';
import { describeAll, describer } from '../deliver/describe.ts';
import type { Session } from '../site/session.ts';
import type { World } from '../world.ts';
import { alertStore } from './alert-store.ts';
import type { Believed } from './context.ts';
import { Notices } from './notices.ts';
import type { PartState } from './part-state.ts';
import type { Spool } from './spool.ts';

export interface AlertingOptions {
  readonly world: World;
  readonly version: string;
  readonly settings: Settings;
  readonly learnDays: number;
  readonly session: Session;
  readonly spool: Spool;
  /** Of the deliveries. */
  readonly part: PartState;
  believed(): Believed;
  publish(event: ApiEvent): void;
}

/** Everything between what happens and who is told of it. */
export class Alerting {
  readonly keeper: AlertKeeper;
  readonly watch: AlertWatch;
  readonly notices: Notices;
  readonly #options: AlertingOptions;
  #names: { readonly version: string; readonly names: Names } | undefined;

  constructor(options: AlertingOptions) {
    const { world, version, settings, learnDays, session, spool, part, believed } = options;
    const { store } = session;
    this.#options = options;
    this.notices = new Notices({
      settings,
      version,
      now: () => world.now(),
      log: (text) => world.warn(text),
      describe: describer({
        site: () => believed().site,
        now: () => world.now(),
        book: () => this.keeper.book,
      }),
      devices: () => this.#devices(),
      store,
      part,
    });
    const quiet = parseQuietHours(settings.quiet_hours);
    this.keeper = new AlertKeeper(alertStore(store, spool), {
      ...(quiet === undefined ? {} : { quiet }),
      deliver: this.notices.deliver,
      sharesOf: this.notices.sharesOf,
      onEvent: (event) => this.#tell(event),
      nameOf: (device) => this.#nameOf(device),
    });
    const asked = {
      ...{ world, session },
      site: () => believed().site,
      warn: (text: string) => world.warn(text),
    };
    this.watch = new AlertWatch({
      keeper: this.keeper,
      detectors: detectors.all,
      learnDays,
      ownScans: (since, until) => store.ownScans(since, until),
      categoryOf: (device) => this.#namesNow().device(device)?.category ?? 'unknown',
      mayOpen: new PolicyWatch(asked).mayOpen,
      tlsProfileOf: new TlsProfiles(asked).of,
    });
  }

  #devices(): readonly NoticeDevice[] | undefined {
    const { world, believed } = this.#options;
    const { site, version } = believed();
    // Before what is stored was read, no device is known, and none is gone.
    return version === 'none' ? undefined : describeAll(site, this.keeper.book, world.now());
  }

  #tell(event: AlertEvent): void {
    const alert = this.keeper.book.get(event.subject)?.alert;
    if (alert === undefined) return;
    this.#options.publish({
      type: event.kind === 'opened' ? 'alert.new' : 'alert.changed',
      at: event.at,
      id: alert.id,
      severity: alert.severity,
      summary: alert.last.summary,
    });
  }

  /** Made once for each site. */
  #namesNow(): Names {
    const { site, version } = this.#options.believed();
    if (this.#names?.version !== version) this.#names = { version, names: new Names(site) };
    return this.#names.names;
  }

  #nameOf(key: string): string | undefined {
    const name = this.#namesNow().device(key)?.name;
    return name === undefined ? undefined : visible(reveal(name));
  }
}
