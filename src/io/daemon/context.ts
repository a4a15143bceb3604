import type {
  ApiEvent,
  ScanRequest,
  ScanView,
  SettingsView,
  StatusPart,
  StatusView,
} from '../../model/api/daemon.ts';
import type { Site } from '../../model/site.ts';
import type { FlowFigure } from '../../reports/prometheus/prometheus.ts';
import type { AlertKeeper } from '../alerts/keeper.ts';
import type { Enforcer } from '../apply/enforcer.ts';
import type { LoadedConfig } from '../config.ts';
import type { Session } from '../site/session.ts';
import type { FlowSums } from '../store/flow-totals.ts';
import type { World } from '../world.ts';

/** What the daemon offers to the routes of its API: everything that outlives one request. */
export interface DaemonContext {
  readonly world: World;
  readonly version: string;
  readonly config: LoadedConfig;
  /** Store and beliefs, shared with every command that runs beside the daemon. */
  readonly session: Session;
  /**
   * What is believed now. It is judged anew when something changed, and not more often than every few
   * seconds: `version` is another one whenever the site is.
   */
  site(): Believed;
  /** The same with everything that was stored so far: for who has just written, and answers with it. */
  settled(): Promise<Believed>;
  /** Something else than evidence was stored that beliefs depend on. */
  changed(): void;
  /** While what is stored is being read; until then there is no site of which anything could be said. */
  readonly reading: Promise<void> | undefined;
  /** What is done by itself, and when. */
  schedules(): SettingsView['schedules'];
  /** Alerts with everything that other processes did to them. */
  readonly alerts: AlertKeeper;
  readonly events: EventBus;
  readonly scans: Scans;
  readonly enforcement: Enforcement;
  /** Conversations by zone and verdict since the start; undefined where none are captured. */
  readonly flows?: FlowCounter | undefined;
  /** Sums over the conversations, made beside; without it the store makes them. */
  readonly sums?: FlowSums;
  status(): StatusView;
}

export interface FlowCounter {
  counts(): readonly FlowFigure[];
  /** Undefined where no rules of ours are in force. */
  wouldBlock(): number | undefined;
}

export interface Believed {
  readonly site: Site;
  readonly version: string;
}

export interface EventBus {
  publish(event: ApiEvent): void;
  /**
   * Hears everything after `lastId`, as far as it is kept, then what comes; `gap` first where older
   * events are gone. @returns ends it
   */
  subscribe(hear: (id: string, event: ApiEvent | 'gap') => void, lastId?: string): () => void;
}

/** Scans that this daemon runs, one after another; those of other processes are seen, not stopped. */
export interface Scans {
  /** @throws PortolanError E_TARGET, E_SCOPE, E_PORTS, E_FRAGILE */
  start(request: ScanRequest, by: string): Promise<ScanView>;
  get(id: string): ScanView | undefined;
  running(): readonly ScanView[];
  /** Whether there was such a scan under way; what it found is kept. */
  stop(id: string): boolean;
}

/** The right to change this machine's firewall, where the daemon was started with it. */
export interface Enforcement {
  /** The helper that holds the right, opened before every other right was dropped. */
  readonly enforcer: Enforcer | undefined;
  /** Why there is none, and what to do. */
  readonly because: string;
  /** Aborted when the daemon ends, while it can still store. */
  readonly ended?: AbortSignal;
}

/** A part of the daemon that may fail while the others go on. */
export interface Part {
  status(): StatusPart;
}
