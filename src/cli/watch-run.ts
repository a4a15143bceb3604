import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import type { Host } from '../io/apply/host.ts';
import type { NameKeeper } from '../io/apply/name-keeper.ts';
import type { LiveOptions } from '../io/capture/live.ts';
import { replayCapture, startCapture } from '../io/capture/live.ts';
import type { CaptureMessage, FlowsWanted, Method } from '../io/capture/messages.ts';
import { becomeInvoker, invoker } from '../io/capture/rights.ts';
import type { Observation } from '../model/observation.ts';
import type { Filter } from '../wire/bpf/compile.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';
import { LiveAlerts, learnDaysOf } from './watch-alerts.ts';
import { hidesNames, readWatchFilter } from './watch-filter.ts';
import { openFrames } from './watch-frames.ts';
import { listInterfaces, usualInterface } from './watch-interfaces.ts';
import { checkEnforceNames, namesHost, openNameKeeper } from './watch-names.ts';
import type { NewScanner } from './watch-new.ts';
import { checkScanNew, openNewScanner } from './watch-new.ts';
import { outputFor } from './watch-output.ts';
import type { Seen } from './watch-seen.ts';
import { openSeen } from './watch-seen.ts';

/** Parts of the packets whose loss is worth a word, and with `--strict` exit 5. */
const LOSS = 0.001;
/** nice(1) of the process that keeps and shows what the helper tells. */
const GIVE_WAY = 10;
/** Milliseconds between two words about it. */
const COMPLAIN_EVERY = 10_000;
/** Messages of the capture that wait while what is stored is read. */
const HELD = 10_000;
const CUT =
  'Ended before all that is stored was read: what was seen meanwhile is kept, and not judged';

/** @returns 0; 5 with `--strict` where packets were lost, or where a capture is damaged */
export function runWatch(shell: Shell, input: Input): Promise<number> {
  if (input.flag('interfaces')) return listInterfaces(shell);
  checkScanNew(input);
  checkEnforceNames(input);
  const filter = readWatchFilter(input.args);
  if (hidesNames(filter)) {
    shell.hint('The filter hides ARP, DNS and DHCP: devices will be known less well');
  }
  const count = countOf(input);
  return input.text('read') === undefined
    ? watchLive(shell, input, filter, count)
    : watchFile(shell, input, filter, count);
}

async function watchLive(
  shell: Shell,
  input: Input,
  filter: Filter,
  count: number,
): Promise<number> {
  const user = invoker(shell.env);
  const full = new AbortController();
  const frames = openFrames(input, user, () => full.abort());
  const name = input.text('interface') ?? usualInterface();
  const watching = new Watching(shell, input);
  const host = namesHost(input);
  const capture = startCapture({
    interface: name,
    filter,
    promiscuous: !isOff(input, 'promiscuous'),
    direction: directionOf(input.text('direction')),
    count,
    flows: flowsFor(input),
    observes: host !== undefined || !isOff(input, 'alerts'),
    methods: methodsOf(input.text('method')),
    user,
    onMessage: (message) => {
      if (message.kind === 'status') frames?.flush();
      watching.take(message);
    },
    ...(frames === undefined ? {} : { write: frames.live, snaplen: frames.snaplen }),
  });
  // Whoever shows gives way to whoever captures: on a small machine they share a processor.
  setPriority(GIVE_WAY);
  // Everything else is done with the rights of whoever typed the command.
  if (user !== undefined) becomeInvoker(user, process.env);
  const stop = (): void => capture.stop();
  const stopping = AbortSignal.any([shell.stop, full.signal]);
  stopping.addEventListener('abort', stop);
  try {
    await watching.openAndScan(name);
    if (host !== undefined) await watching.keepNames(host);
    await capture.done;
  } finally {
    stopping.removeEventListener('abort', stop);
    capture.stop();
    await watching.endScans();
    await watching.endNames();
    await watching.close();
    frames?.close();
  }
  return watching.status();
}

async function watchFile(
  shell: Shell,
  input: Input,
  filter: Filter,
  count: number,
): Promise<number> {
  const file = input.text('read') ?? '-';
  const full = new AbortController();
  const frames = openFrames(input, undefined, () => full.abort());
  const watching = new Watching(shell, input);
  let damage: string | undefined;
  try {
    await watching.open(file);
    damage = await replayCapture({
      file,
      filter,
      count,
      flows: flowsFor(input),
      observes: !isOff(input, 'alerts'),
      observer: file === '-' ? 'stdin' : basename(file),
      signal: AbortSignal.any([shell.stop, full.signal]),
      onMessage: watching.take,
      ...(frames === undefined ? {} : { onPacket: (packet) => frames.take(packet) }),
    });
  } finally {
    await watching.close();
    frames?.close();
  }
  if (damage === undefined) return watching.status();
  shell.warn(`${file} is damaged: ${damage}; what came before is kept`);
  return 5;
}

/** What came of it so far, and what is shown of it. */
class Watching {
  readonly #shell: Shell;
  readonly #input: Input;
  readonly #output: ReturnType<typeof outputFor>;
  #seen: Seen | undefined;
  #alerts: LiveAlerts | undefined;
  #error: PortolanError | undefined;
  #scanner: NewScanner | undefined;
  #names: NameKeeper | undefined;
  #complained = 0;
  /** What came while what is stored was read. */
  #held: CaptureMessage[] | undefined = [];

  constructor(shell: Shell, input: Input) {
    this.#shell = shell;
    this.#input = input;
    this.#output = outputFor(shell, input);
  }

  /** Reads what is stored, then takes what came meanwhile. @returns false where it was ended before */
  async open(where: string): Promise<boolean> {
    const seen = openSeen(this.#shell, where, !isOff(this.#input, 'store'));
    this.#seen = seen;
    const isRead = await seen.read(this.#shell.stop);
    if (isRead) {
      this.#output.open(where, seen);
      if (!isOff(this.#input, 'alerts')) this.#alerts = this.#openAlerts(seen);
    } else this.#output.warn(CUT);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.take(message);
    return isRead;
  }

  #openAlerts(seen: Seen): LiveAlerts {
    const now = this.#input.text('read') === undefined ? this.#shell.now() : undefined;
    return new LiveAlerts(
      this.#shell,
      seen,
      learnDaysOf(this.#input),
      now,
      (opened) => this.#output.alert(opened),
      (text) => this.#output.warn(text),
    );
  }

  async openAndScan(where: string): Promise<void> {
    if (!(await this.open(where)) || this.#seen === undefined) return;
    const say = (text: string): void => this.#output.warn(text);
    this.#scanner = await openNewScanner(this.#shell, this.#input, this.#seen, say);
  }

  async keepNames(host: Host): Promise<void> {
    this.#names = await openNameKeeper(this.#shell, host, (text) => this.#output.warn(text));
  }

  async endNames(): Promise<void> {
    await this.#names?.close();
  }

  async endScans(): Promise<void> {
    await this.#scanner?.close();
  }

  readonly take = (message: CaptureMessage): void => {
    if (this.#held !== undefined) {
      if (this.#held.length < HELD) this.#held.push(message);
      return;
    }
    this.#seen?.take(message);
    this.#scanner?.take(message);
    this.#alerts?.take(message);
    // A file has its own time.
    if (message.kind === 'status' && this.#input.text('read') === undefined) {
      this.#alerts?.tick(this.#shell.now());
    }
    if (message.kind === 'observations') this.#hear(message.observations);
    if (message.kind === 'error') {
      const { code, remedy } = message;
      this.#error = new PortolanError(code, message.message, { remedy });
    }
    if (message.kind === 'status') this.#complain();
    this.#output.show(message);
  };

  async close(): Promise<void> {
    await this.#alerts?.close();
    this.#output.close();
    this.#seen?.close();
  }

  /** @throws PortolanError what ended the capture; what was seen before is kept */
  status(): number {
    if (this.#error !== undefined) throw this.#error;
    return this.#input.flag('strict') && this.#loss() > LOSS ? 5 : 0;
  }

  #hear(observations: readonly Observation[]): void {
    for (const one of observations) if (one.kind === 'lookup') this.#names?.take(one);
  }

  #loss(): number {
    const { packets = 0, dropped = 0 } = this.#seen?.status ?? {};
    return dropped === 0 ? 0 : dropped / (packets + dropped);
  }

  #complain(): void {
    const now = this.#shell.now();
    if (this.#loss() <= LOSS || now - this.#complained < COMPLAIN_EVERY) return;
    this.#complained = now;
    const share = (this.#loss() * 100).toFixed(1);
    this.#output.warn(`${share} % of the packets were lost: what is seen is not all there is`);
  }
}

/** commander writes `--no-x` as x = false. */
function isOff(input: Input, name: string): boolean {
  return !input.flag(name);
}

function flowsFor(input: Input): FlowsWanted {
  const isWanted = input.flag('flows') || input.flag('jsonl') || !isOff(input, 'store');
  return isWanted ? 'all' : 'newest';
}

function countOf(input: Input): number {
  const text = input.text('count');
  if (text === undefined) return 0;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new PortolanError('E_USAGE', `"${text}" is no number of packets`, {
    remedy: 'Use a whole number above 0: -c 100',
  });
}

function directionOf(text: string | undefined): LiveOptions['direction'] {
  return text === 'in' || text === 'out' ? text : 'both';
}

function methodsOf(text: string | undefined): readonly Method[] {
  return text === 'ring' || text === 'tcpdump' || text === 'dumpcap' ? [text] : [];
}
