import { setImmediate } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { Instruction } from '../../wire/bpf/instruction.ts';
import type { Packet } from '../../wire/packet.ts';
import type { Libc } from './libc.ts';
import { loadLibc } from './libc.ts';
import { LiveEngine } from './live-engine.ts';
import type { CaptureMessage, CaptureRequest, Method } from './messages.ts';
import { PcapWriter } from './pcap-writer.ts';
import { CapturePipe } from './pipe.ts';
import { dropRights } from './rights.ts';
import { Ring } from './ring.ts';

/** Milliseconds that a wait for packets lasts: as long may a wish to end wait. */
const PATIENCE = 100;
/** Milliseconds between two statuses. */
const TELL_EVERY = 1000;
/** LINUX_SLL, as `any` gives it. */
const COOKED = 113;

type Send = (message: CaptureMessage) => void;

/** What the helper has of whoever started it. */
export interface Ends {
  readonly send: Send;
  /** Resolves when what was sent has been taken, or most of it. */
  room(): Promise<void>;
  readonly stop: AbortSignal;
}

/**
 * Captures, recognises and follows in one process, and tells what came of it. (Frames through a pipe
 * to another process would cost more than to decode them here: docs/architecture.md, "Capture".)
 *
 * The ring, or the tool, is opened with the right to capture; before the first packet is looked at,
 * all rights are given up. So a stranger's octets are never read by a process that may do anything.
 */
export async function runHelper(request: CaptureRequest, ends: Ends): Promise<void> {
  const { send } = ends;
  const failures: PortolanError[] = [];
  const libc = loadLibc();
  for (const method of request.methods) {
    try {
      await runMethod(method, { request, libc, ...ends });
      return;
    } catch (error) {
      if (!(error instanceof NotOpened)) return fail(send, error);
      failures.push(error.why);
    }
  }
  // The ring's reason outranks that of what stands in for it.
  fail(send, failures.find(({ code }) => code === 'E_NO_PERMISSION') ?? failures[0]);
}

/** Another way may still work. */
class NotOpened extends Error {
  readonly why: PortolanError;

  constructor(why: PortolanError) {
    super(why.message, { cause: why });
    this.why = why;
  }
}

function fail(send: Send, error: unknown): void {
  if (!(error instanceof PortolanError)) throw error;
  const { code, message, remedy } = error;
  send({ kind: 'error', code, message, remedy });
  send({ kind: 'end', why: 'failed' });
}

interface Task extends Ends {
  readonly request: CaptureRequest;
  readonly libc: Libc | undefined;
}

function runMethod(method: Method, task: Task): Promise<void> {
  return method === 'ring' ? runRing(task) : runPipe(method, task);
}

async function runRing({ request, libc, send, room, stop }: Task): Promise<void> {
  const ring = openRing(libc, request);
  const { linkType } = ring;
  const rights = dropRights(request.user, libc) ? 'none' : 'kept';
  send({ kind: 'ready', method: 'ring', rights, linkType });
  const sink = new Sink(request, linkType, send);
  try {
    let told = Date.now();
    while (!stop.aborted && sink.isOpen) {
      ring.read(PATIENCE, sink.take);
      if (Date.now() - told >= TELL_EVERY) {
        told = Date.now();
        sink.tell(ring.counters.dropped);
      }
      // Signals and the end of standard input get their turn.
      await setImmediate();
      await room();
    }
    sink.end(ring.counters.dropped);
    send({ kind: 'end', why: stop.aborted ? 'stopped' : 'count' });
  } catch (error) {
    // What was seen is kept and told, and then why there is no more.
    sink.end(ring.counters.dropped);
    throw error;
  } finally {
    ring.close();
  }
}

function openRing(libc: Libc | undefined, request: CaptureRequest): Ring {
  if (libc === undefined) {
    throw new NotOpened(
      new PortolanError('E_MISSING_TOOL', 'The package for the packet ring is not installed', {
        remedy: 'Install tcpdump, which stands in for it: sudo apt install tcpdump',
      }),
    );
  }
  try {
    return new Ring(libc, { ...request, filter: programFor(request) });
  } catch (error) {
    throw orAnother(error);
  }
}

/** The ring finds out on which link it is; a filter that does not fit that link is refused. */
function programFor({ programs }: CaptureRequest): (linkType: number) => readonly Instruction[] {
  return (linkType) => {
    const program = linkType === COOKED ? programs.cooked : programs.ethernet;
    if (program !== undefined) return program;
    throw new PortolanError('E_FILTER', 'The capture filter does not fit this interface', {
      remedy: 'It has neither Ethernet addresses nor VLAN tags: filter by IP addresses and ports',
    });
  };
}

async function runPipe(
  tool: Exclude<Method, 'ring'>,
  { request, libc, send, room, stop }: Task,
): Promise<void> {
  const pipe = await openPipe(tool, request);
  const rights = dropRights(request.user, libc) ? 'none' : 'kept';
  let sink: Sink | undefined;
  const timer = setInterval(() => {
    pipe.ask();
    sink?.tell(pipe.dropped);
  }, TELL_EVERY);
  const onStop = (): void => pipe.stop();
  stop.addEventListener('abort', onStop);
  send({ kind: 'ready', method: tool, rights, linkType: -1 });
  const take = (packet: Packet): boolean => {
    sink ??= new Sink(request, packet.linkType, send);
    return sink.take(packet);
  };
  try {
    await pipe.read(take, room);
    sink?.end(pipe.dropped);
    send({ kind: 'end', why: stop.aborted ? 'stopped' : 'count' });
  } catch (error) {
    sink?.end(pipe.dropped);
    throw error;
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', onStop);
  }
}

async function openPipe(
  tool: Exclude<Method, 'ring'>,
  request: CaptureRequest,
): Promise<CapturePipe> {
  try {
    const pipe = new CapturePipe(tool, request);
    await pipe.opened();
    return pipe;
  } catch (error) {
    throw orAnother(error);
  }
}

/** A right or a tool that is missing here may not be missing there; nothing else is mended so. */
function orAnother(error: unknown): unknown {
  if (!(error instanceof PortolanError)) return error;
  const { code } = error;
  return code === 'E_NO_PERMISSION' || code === 'E_MISSING_TOOL' ? new NotOpened(error) : error;
}

/** Observations of one second that are told: a flood must not choke the pipe. */
const OBSERVED_CAP = 20_000;

/** Where packets go: the engine, and the file that is written. */
class Sink {
  isOpen = true;
  readonly #engine: LiveEngine;
  readonly #writer: PcapWriter | undefined;

  constructor(request: CaptureRequest, linkType: number, send: Send) {
    const { observer, flows, count, write, snaplen, observes = false } = request;
    const observedCap = OBSERVED_CAP;
    this.#engine = new LiveEngine({ observer, flows, count, observes, observedCap, send });
    this.#writer = write < 0 ? undefined : new PcapWriter(write, linkType, snaplen);
  }

  readonly take = (packet: Packet): boolean => {
    this.#writer?.write(packet);
    this.isOpen = this.#engine.take(packet);
    return this.isOpen;
  };

  tell(dropped: number | undefined): void {
    this.#writer?.flush();
    this.#engine.tell(dropped);
  }

  end(dropped: number | undefined): void {
    this.#writer?.flush();
    this.#engine.end(dropped);
  }
}
