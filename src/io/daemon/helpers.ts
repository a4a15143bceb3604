import { statSync } from 'node:fs';
import { PortolanError } from '../../base/errors.ts';
import { readFilter } from '../../wire/bpf/compile.ts';
import { captureFolder } from '../alerts/packets.ts';
import type { Host } from '../apply/host.ts';
import { localHost } from '../apply/local-host.ts';
import { KeptFrames } from '../capture/kept-frames.ts';
import { loadLibc } from '../capture/libc.ts';
import type { LiveCapture } from '../capture/live.ts';
import { startCapture } from '../capture/live.ts';
import type { CaptureMessage } from '../capture/messages.ts';
import type { User } from '../capture/rights.ts';
import { become, becomeInvoker, capabilities, invoker, userNamed } from '../capture/rights.ts';
import { defaultFolder } from '../store/open.ts';

/** Messages of the capture that are held until somebody listens. */
const HELD = 10_000;
/** Milliseconds after which packets that are kept can be read by others. */
const FLUSH_EVERY = 1000;

export interface HelperWishes {
  /** Where to capture; undefined: nowhere. */
  readonly interface?: string;
  /** What of it, as tcpdump has it. */
  readonly filter?: string;
  /** Octets of packets that are kept, the newest; undefined: none. */
  readonly keepPackets?: number;
  /** Whether this machine's firewall may be changed. */
  readonly enforce: boolean;
  /** Folder of the enforcing helper's state; the usual one otherwise. */
  readonly state?: string;
  /** Whom the daemon becomes, where it was started as root. */
  readonly user?: string;
  /** Where the store is: whose it is runs the daemon, where nobody else was named. */
  readonly dataFolder?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The processes that hold a right; this one holds none from then on. */
export interface Helpers {
  readonly capture: HeldCapture | undefined;
  readonly host: Host | undefined;
}

export const NO_HELPERS: Helpers = { capture: undefined, host: undefined };

/**
 * Opens what needs a right, and gives up every right for good: nothing that comes from outside was
 * read before.
 *
 * @throws PortolanError E_FILTER, E_MISSING_TOOL; E_USAGE where there is no such user
 */
export function openHelpers(wishes: HelperWishes): Helpers {
  const user = whoever(wishes);
  const capture =
    wishes.interface === undefined
      ? undefined
      : new HeldCapture(wishes.interface, wishes.filter ?? '', user, framesFor(wishes));
  const folder = wishes.state === undefined ? {} : { folder: wishes.state };
  const host = wishes.enforce ? localHost(folder) : undefined;
  giveUpRights(user, wishes.env);
  return { capture, host };
}

/** Written by this process once it has no right any more; nothing is kept beside a store in memory. */
function framesFor({ keepPackets, dataFolder }: HelperWishes): KeptFrames | undefined {
  if (keepPackets === undefined || dataFolder === ':memory:') return undefined;
  return new KeptFrames(() => captureFolder(dataFolder ?? defaultFolder()), keepPackets);
}

/** By name, by `sudo`, by whose the data is; undefined where we are nobody special, or root stays. */
function whoever({ user, env, dataFolder }: HelperWishes): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (user !== undefined) {
    const named = userNamed(user);
    if (named !== undefined) return named;
    throw new PortolanError('E_USAGE', `There is no account "${user}" on this machine`, {
      remedy: `Make one: sudo useradd --system --shell /usr/sbin/nologin ${/^[a-z_][a-z0-9_-]{0,31}$/.test(user) ? user : 'portolan'}`,
    });
  }
  return invoker(env) ?? ownerOf(dataFolder);
}

function ownerOf(folder: string | undefined): User | undefined {
  if (folder === undefined) return undefined;
  try {
    const { uid, gid } = statSync(folder);
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined; // It is made later, by whoever we are then.
  }
}

function giveUpRights(user: User | undefined, env: NodeJS.ProcessEnv): void {
  if (user !== undefined) becomeHome(user, env);
  // What systemd gave as ambient capabilities, or root that nobody is to become.
  if (capabilities() !== 0n) loadLibc()?.dropCapabilities();
}

/** An account without an entry, as containers have it, has no home either. */
function becomeHome(user: User, env: NodeJS.ProcessEnv): void {
  try {
    becomeInvoker(user, env);
  } catch {
    become(user);
  }
}

/** A capture whose first messages wait until the store is open. */
export class HeldCapture {
  readonly name: string;
  readonly done: Promise<void>;
  /** Where its packets are kept. */
  readonly frames: KeptFrames | undefined;
  readonly #capture: LiveCapture;
  #held: CaptureMessage[] = [];
  #hear: ((message: CaptureMessage) => void) | undefined;

  constructor(name: string, filter: string, user: User | undefined, frames?: KeptFrames) {
    this.name = name;
    this.frames = frames;
    this.#capture = startCapture({
      interface: name,
      filter: readFilter(filter),
      promiscuous: true,
      direction: 'both',
      count: 0,
      flows: 'all',
      observes: true,
      methods: [],
      user,
      ...(frames === undefined ? {} : { write: (packet) => frames.take(packet) }),
      onMessage: (message) => this.#take(message),
    });
    this.done = this.#capture.done;
    const timer = setInterval(() => frames?.flush(), FLUSH_EVERY).unref();
    const end = (): void => {
      clearInterval(timer);
      frames?.close();
    };
    // Whoever listens hears of what went wrong; until then it is no unhandled rejection.
    this.done.then(end, end);
  }

  listen(hear: (message: CaptureMessage) => void): void {
    this.#hear = hear;
    for (const message of this.#held) hear(message);
    this.#held = [];
  }

  stop(): void {
    this.#capture.stop();
  }

  #take(message: CaptureMessage): void {
    if (this.#hear !== undefined) this.#hear(message);
    else if (this.#held.length < HELD) this.#held.push(message);
  }
}
