import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ErrorCode } from '../../base/errors.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Filter } from '../../wire/bpf/compile.ts';
import { runBpf } from '../../wire/bpf/run.ts';
import type { Packet } from '../../wire/packet.ts';
import { Feed } from './feed.ts';
import { holdInterface } from './interfaces.ts';
import { LiveEngine } from './live-engine.ts';
import { captureMessage, MESSAGE_LIMIT } from './message-schema.ts';
import type { CaptureMessage, CaptureRequest, FlowsWanted, Method } from './messages.ts';
import { readCapture } from './open.ts';
import type { User } from './rights.ts';

export interface LiveOptions {
  readonly interface: string;
  readonly filter: Filter;
  readonly promiscuous: boolean;
  readonly direction: 'both' | 'in' | 'out';
  readonly count: number;
  readonly flows: FlowsWanted;
  readonly observes?: boolean;
  /** Empty: the ring, else what stands in for it. */
  readonly methods: readonly Method[];
  /** Open file for the frames, or who takes them as they come. */
  readonly write?: number | FrameTaker;
  /** Octets of each frame that are written at most; 0 for all. */
  readonly snaplen?: number;
  readonly user: User | undefined;
  readonly onMessage: (message: CaptureMessage) => void;
}

/** Takes frames; they are good until it returns. */
export type FrameTaker = (packet: Packet) => void;

export interface LiveCapture {
  /** Resolves when the helper has told everything. */
  readonly done: Promise<void>;
  stop(): void;
}

/** Beside the bundle, beside its chunks, or in a source tree that was built. */
const PLACES = ['./capture.js', '../capture.js', '../../../dist/capture.js'];
const METHODS: readonly Method[] = ['ring', 'tcpdump', 'dumpcap'];
/** Milliseconds between two statuses while a file is read. */
const TELL_EVERY = 250;
/** Number of the file that the helper inherits for its frames. */
const WRITE_TO = 3;

/**
 * Starts the helper that captures. It has an empty environment, no file but those that it is given,
 * and ends with this process.
 *
 * @throws PortolanError E_NETWORK where there is no such interface, E_FILTER, E_MISSING_TOOL
 */
export function startCapture(options: LiveOptions): LiveCapture {
  holdInterface(options.interface);
  const child = spawn(process.execPath, [helperFile(), JSON.stringify(requestOf(options))], {
    stdio: ['pipe', 'pipe', 'inherit', stdioFor(options.write)],
    env: {},
  });
  if (typeof options.write === 'function') takeFrames(child, options.write);
  // It ends by itself when it sees the end of its input; then the pipe may break.
  child.stdin?.on('error', () => {});
  return { done: listen(child, options.onMessage), stop: () => child.stdin?.end() };
}

function stdioFor(write: LiveOptions['write']): 'ignore' | 'pipe' | number {
  if (write === undefined) return 'ignore';
  return typeof write === 'function' ? 'pipe' : write;
}

/** The helper writes a pcap to its pipe; it is read as carefully as any other. */
function takeFrames(child: ChildProcess, take: FrameTaker): void {
  const frames = child.stdio[WRITE_TO];
  if (frames === null || frames === undefined || !('read' in frames)) return;
  const feed = new Feed(take);
  frames.on('data', (chunk: Buffer) => feed.push(chunk)).on('error', () => {});
}

function requestOf(options: LiveOptions): CaptureRequest {
  const { filter, interface: name, methods, user, write } = options;
  return {
    interface: name,
    observer: name === 'any' ? 'live' : `live:${name}`,
    filter: filter.text,
    programs: programsOf(filter, name),
    promiscuous: options.promiscuous,
    direction: options.direction,
    count: options.count,
    flows: options.flows,
    observes: options.observes === true,
    methods: methods.length > 0 ? methods : METHODS,
    write: write === undefined ? -1 : WRITE_TO,
    snaplen: options.snaplen ?? 0,
    ...(user === undefined ? {} : { user }),
  };
}

/** For `any` the filter must fit what all links have in common; else the helper finds out. */
function programsOf(filter: Filter, name: string): CaptureRequest['programs'] {
  if (filter.text.trim() === '') return { ethernet: [], cooked: [] };
  if (name === 'any') return { cooked: filter.compile('kernel-cooked') };
  const ethernet = filter.compile('kernel-ethernet');
  try {
    return { ethernet, cooked: filter.compile('kernel-cooked') };
  } catch {
    return { ethernet };
  }
}

function helperFile(): string {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((one) =>
    existsSync(one),
  );
  if (file !== undefined) return file;
  throw new PortolanError('E_MISSING_TOOL', 'The capture helper is not beside the program', {
    remedy: 'Build it: npm run build',
  });
}

/** Every message is checked; where there is no last one, the helper died. */
async function listen(
  child: ChildProcess,
  onMessage: (message: CaptureMessage) => void,
): Promise<void> {
  const closed = once(child, 'close');
  let isOver = false;
  for await (const line of lines(child.stdout ?? [])) {
    const message = captureMessage.parse(JSON.parse(line));
    isOver ||= message.kind === 'end';
    onMessage(message);
  }
  await closed;
  if (isOver) return;
  const how = child.signalCode ?? `status ${child.exitCode ?? 'unknown'}`;
  throw new PortolanError('E_NETWORK', `The capture helper ended before its time (${how})`, {
    remedy: 'What it had told is kept. Start it again',
  });
}

/** Lines of a stream; one that does not end is no message. */
async function* lines(stream: AsyncIterable<unknown> | readonly unknown[]): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MESSAGE_LIMIT) throw new RangeError('a message of the helper has no end');
    yield* parts;
  }
}

export interface ReplayOptions {
  /** A capture, or `-`. */
  readonly file: string;
  readonly filter: Filter;
  readonly count: number;
  readonly flows: FlowsWanted;
  readonly observes?: boolean;
  /** Of the evidence. */
  readonly observer: string;
  readonly signal: AbortSignal;
  readonly onMessage: (message: CaptureMessage) => void;
  /** Each frame that the filter takes. */
  readonly onPacket?: (packet: Packet) => void;
}

/**
 * The same from a file: the same messages, without a helper, since it takes no right to read one.
 *
 * @returns why it was not whole, where it was not
 */
export async function replayCapture(options: ReplayOptions): Promise<string | undefined> {
  const { file, filter, count, signal, onMessage, onPacket } = options;
  const enough = new AbortController();
  const engine = new LiveEngine({ ...options, send: onMessage });
  onMessage({ kind: 'ready', method: 'file', rights: 'none', linkType: -1 });
  const takes = selector(filter);
  let isOpen = true;
  const timer = setInterval(() => engine.tell(undefined), TELL_EVERY);
  const summary = await readCapture(file, {
    signal: AbortSignal.any([signal, enough.signal]),
    onPacket: (packet) => {
      if (!isOpen || !takes(packet)) return;
      onPacket?.(packet);
      isOpen = engine.take(packet);
      if (!isOpen) enough.abort();
    },
  }).finally(() => clearInterval(timer));
  engine.end(summary.dropped);
  const isStopped = signal.aborted || !isOpen;
  onMessage({ kind: 'end', why: signal.aborted ? 'stopped' : count > 0 ? 'count' : 'end-of-file' });
  return isStopped ? undefined : summary.damage?.why;
}

/** A capture may hold several link types; the filter is compiled for each as it comes. */
function selector(filter: Filter): (packet: Packet) => boolean {
  if (filter.text.trim() === '') return () => true;
  const programs = new Map<number, ReturnType<Filter['compile']>>();
  return (packet) => {
    let program = programs.get(packet.linkType);
    if (program === undefined) {
      program = filter.compile(packet.linkType);
      programs.set(packet.linkType, program);
    }
    return runBpf(program, packet) > 0;
  };
}

/** What a try to capture came to: the way that works, or why none does. */
export type Probe =
  | { readonly works: true; readonly method: Method | 'file'; readonly rights: 'none' | 'kept' }
  | { readonly works: false; readonly code: ErrorCode; readonly message: string };

/**
 * Opens an interface as a capture would, and closes it again: what it says is what will be. A
 * `prefix` starts the helper by another program, for example with other rights.
 */
export async function probeCapture(
  methods: readonly Method[],
  prefix: readonly string[] = [],
): Promise<Probe> {
  const request: CaptureRequest = {
    interface: 'lo',
    observer: 'probe',
    filter: '',
    programs: { ethernet: [], cooked: [] },
    promiscuous: false,
    direction: 'both',
    count: 0,
    flows: 'none',
    methods,
    write: -1,
  };
  const command = [...prefix, process.execPath, helperFile(), JSON.stringify(request)];
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
  child.stdin.on('error', () => {});
  let probe: Probe = {
    works: false,
    code: 'E_MISSING_TOOL',
    message: `${program} cannot be started`,
  };
  child.on('error', () => {}); // It then says nothing, which is the answer above.
  await listen(child, (message) => {
    if (message.kind === 'ready') {
      probe = { works: true, method: message.method, rights: message.rights };
      child.stdin.end();
    }
    if (message.kind === 'error') {
      probe = { works: false, code: message.code, message: message.message };
    }
  }).catch(() => {}); // A helper that dies leaves the answer as it is.
  return probe;
}
