import { PortolanError } from '../base/errors.ts';
import type { CaptureMessage } from '../io/capture/messages.ts';
import { loadConfig } from '../io/config.ts';
import { links } from '../io/discover/interfaces.ts';
import { scopeOf } from '../io/scan/scope.ts';
import { scanInto } from '../io/site/scan-into.ts';
import { ranges } from '../io/site/scan-plan.ts';
import { who } from '../io/site/session.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';
import { NewDevices, REASON } from './watch-scan.ts';
import type { Seen } from './watch-seen.ts';

/** Milliseconds between two looks at who waits. */
const TICK = 1000;

/** `--scan-new`: hands whoever is seen to `NewDevices`, and gives that its world. */
export interface NewScanner {
  take(message: CaptureMessage): void;
  /** Ends the scan that is under way, and waits for it. */
  close(): Promise<void>;
}

/** @throws PortolanError E_USAGE where it makes no sense */
export function checkScanNew(input: Input): void {
  if (!input.flag('scanNew')) return;
  const cap = Number(input.text('scanNewCap'));
  if (!Number.isInteger(cap) || cap < 1 || cap > 1000) {
    throw new PortolanError('E_USAGE', 'The cap of --scan-new is a number from 1 to 1000', {
      remedy: 'For example: portolan watch --scan-new --scan-new-cap 10',
    });
  }
  if (input.text('read') === undefined && input.flag('store')) return;
  throw new PortolanError(
    'E_USAGE',
    '--scan-new needs live traffic and a store to know who is new',
    {
      remedy: 'Leave out --read and --no-store: portolan watch -i eth0 --scan-new',
    },
  );
}

/** Nothing where it was not asked for. Sends nothing before a new device was seen. */
export async function openNewScanner(
  shell: Shell,
  input: Input,
  seen: Seen,
  say: (text: string) => void,
): Promise<NewScanner | undefined> {
  const { session } = seen;
  if (!input.flag('scanNew') || session === undefined) return undefined;
  const before = seen.site();
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const stop = new AbortController();
  const quiet = { found: () => {}, show: () => {}, note: () => {} };
  const devices = new NewDevices({
    before,
    own: links().map(({ address }) => address),
    cap: Number(input.text('scanNewCap')),
    scope: scopeOf({
      wanted: await ranges(settings.scope),
      exclude: await ranges(settings.never_touch),
    }),
    now: () => shell.now(),
    site: () => seen.site(),
    past: () => session.store.auditLog().flatMap(({ at, why }) => (why === REASON ? [at] : [])),
    scan: (plan) => {
      const what = `scan ${plan.id}`;
      session.store.audit({ at: shell.now(), who: who(), what, why: REASON });
      const signal = AbortSignal.any([shell.stop, stop.signal]);
      return scanInto(session, shell, plan, { distressedToo: false, signal }, quiet);
    },
    say,
  });
  const timer = setInterval(() => devices.tick(), TICK);
  return {
    take: (message) => {
      if (message.kind !== 'evidence') return;
      for (const { subject } of message.evidence) devices.seen(subject.address, subject.mac);
    },
    close: async () => {
      clearInterval(timer);
      stop.abort();
      await devices.end();
    },
  };
}
