import type { Gate } from '../io/scan/gate.ts';
import type { Progress } from './progress.ts';
import type { Shell } from './shell.ts';

/** What is said of them when a scan begins on a terminal. */
export const KEYS = 'Keys: space status, v/V more or less, p pause, q stop and keep';

/** What a key does; undefined for the others. Letters are nmap's where nmap has them. */
export type Deed = 'status' | 'more' | 'less' | 'pause' | 'stop' | 'interrupt' | 'suspend';

const DEEDS: ReadonlyMap<string, Deed> = new Map<string, Deed>([
  [' ', 'status'],
  ['\r', 'status'],
  ['\n', 'status'],
  ['v', 'more'],
  ['d', 'more'],
  ['V', 'less'],
  ['D', 'less'],
  ['p', 'pause'],
  ['q', 'stop'],
  // In raw mode the terminal makes no signals of these.
  ['\u0003', 'interrupt'],
  ['\u001a', 'suspend'],
]);

export function deedOf(key: string): Deed | undefined {
  return DEEDS.get(key);
}

export interface Keys {
  /** Aborted by `q` and by whatever stops the command. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Listens to the keyboard while a scan runs on a terminal, and to SIGUSR2, which asks for its status. */
export function listenToKeys(shell: Shell, gate: Gate, progress: Progress): Keys {
  const stop = new AbortController();
  const signal = AbortSignal.any([shell.stop, stop.signal]);
  const status = (): void => progress.sayStatus();
  process.on('SIGUSR2', status);
  const { stdin } = process;
  const listens = stdin.isTTY && shell.errIsTerminal && !shell.json && !shell.quiet;
  if (!listens) return { signal, close: () => process.off('SIGUSR2', status) };
  const raw = (): void => {
    stdin.setRawMode(true);
  };
  const take = (text: string): void => {
    // What is pasted is no command: the first character of a piece counts.
    act(deedOf(text.slice(0, 1)), { gate, progress, stop: () => stop.abort() });
  };
  raw();
  stdin.setEncoding('utf8').on('data', take).resume();
  process.on('SIGCONT', raw);
  shell.hint(KEYS);
  return {
    signal,
    close: () => {
      process.off('SIGUSR2', status).off('SIGCONT', raw);
      stdin.off('data', take).pause();
      stdin.setRawMode(false);
    },
  };
}

interface Scan {
  readonly gate: Gate;
  readonly progress: Pick<Progress, 'sayStatus' | 'talk' | 'pause'>;
  stop(): void;
}

function act(deed: Deed | undefined, { gate, progress, stop }: Scan): void {
  switch (deed) {
    case 'status':
      progress.sayStatus();
      return;
    case 'more':
    case 'less':
      progress.talk(deed === 'more');
      return;
    case 'pause':
      if (gate.isShut) gate.open();
      else gate.shut();
      progress.pause(gate.isShut);
      return;
    case 'stop':
      gate.open();
      stop();
      return;
    case 'interrupt':
      process.kill(process.pid, 'SIGINT');
      return;
    case 'suspend':
      process.stdin.setRawMode(false);
      process.kill(process.pid, 'SIGTSTP');
      return;
    case undefined:
      return;
  }
}
