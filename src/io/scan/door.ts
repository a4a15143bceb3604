import type { Socket } from 'node:net';
import type { Attempt } from './canary.ts';
import { Canary } from './canary.ts';
import type { Clock } from './clock.ts';
import type { Connected } from './connect.ts';
import { connect } from './connect.ts';
import type { Limits } from './limits.ts';
import type { Lane } from './pace.ts';
import type { Scope } from './scan-types.ts';
import type { Sockets } from './sockets.ts';
import type { Traffic } from './stream.ts';
import { Stream } from './stream.ts';
import { Datagrams } from './udp.ts';

export type Opened =
  | { readonly kind: 'open'; readonly stream: Stream }
  /** Accepted and reset at once: open, but nothing can be said there. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent' }
  /** It could not be asked: this machine ran out of sockets, or the device is left alone. */
  | { readonly kind: 'unasked' };

export interface DoorOptions {
  readonly address: string;
  readonly scope: Scope;
  readonly lane: Lane;
  readonly sockets: Sockets;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const STATES = {
  // One that was given up again: it answered far too slowly, and was looked after.
  open: 'silent',
  refused: 'closed',
  reset: 'reset',
  silent: 'silent',
  unreachable: 'silent',
} as const;

/** What our own kernel says where an interface or a route went away: it says nothing of the device. */
const CUT_OFF = new Set(['ENETUNREACH', 'ENETDOWN', 'ENODEV']);

/** Milliseconds until a socket is tried again where this machine had none. */
const EXHAUSTED_PAUSE = 250;
const TRIES = 4;
/** Attempts on a port that answered before, after which the device counts as gone. */
const WITNESS_TRIES = 2;

/**
 * The only way to a device: keeps its pace, stays within the scope, and shuts for good when the
 * device seems to be in distress.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #traffic: Traffic;
  readonly #canary = new Canary();
  readonly #lost = new Set<number>();
  #distress: string | undefined;
  #isExhausted = false;
  #cutOff: string | undefined;

  /** @throws Error where the address is outside the scope: nobody may come here without having asked */
  constructor(options: DoorOptions) {
    if (!options.scope.allows(options.address)) {
      throw new Error(`a door to ${options.address}, which is outside the scope`);
    }
    const { lane, signal } = options;
    this.#options = options;
    this.#traffic = {
      turn: () => lane.question(signal),
      sent: (bytes) => lane.sent(bytes),
      received: (bytes) => lane.received(bytes),
      charge: (packets) => lane.charge(packets),
    };
  }

  /** After what the device stopped answering; undefined while it is well. */
  get distress(): string | undefined {
    return this.#distress;
  }

  get isShut(): boolean {
    const isOver = this.#distress !== undefined || this.#cutOff !== undefined;
    return isOver || this.#options.signal.aborted;
  }

  /** The kernel's word for why this machine has no way to the device; undefined while it has one. */
  get cutOff(): string | undefined {
    return this.#cutOff;
  }

  get hasAnswered(): boolean {
    return this.#canary.hasAnswered;
  }

  /** This machine had no socket left for some port. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** Ports that went silent while the device lived. */
  get lost(): ReadonlySet<number> {
    return this.#lost;
  }

  /** @throws the signal's reason when it is aborted meanwhile */
  async open(port: number): Promise<Opened> {
    if (this.isShut || this.#lost.has(port)) return { kind: 'unasked' };
    const { connected, release } = await this.#connect(port);
    if (this.#isOurs(connected) || connected.kind === 'exhausted') return { kind: 'unasked' };
    const verdict = this.#canary.note(port, attemptOf(connected));
    if (connected.kind === 'open' && verdict === 'fine') {
      const { lane } = this.#options;
      lane.accepted();
      const closed = (): void => {
        lane.closed();
        release();
      };
      return { kind: 'open', stream: new Stream(connected.socket, this.#traffic, closed) };
    }
    if (connected.kind === 'open') this.#drop(connected.socket, release);
    if (verdict !== 'fine') await this.#check(port, verdict);
    return { kind: STATES[connected.kind] };
  }

  /** @throws the signal's reason when it is aborted meanwhile */
  async datagrams(port: number): Promise<Datagrams | undefined> {
    if (this.isShut) return undefined;
    const { address, sockets } = this.#options;
    return await Datagrams.open(address, port, sockets, this.#traffic);
  }

  /** Waits until a datagram may be sent. */
  async turn(): Promise<void> {
    await this.#options.lane.datagram(this.#options.signal);
  }

  async #connect(port: number): Promise<{ connected: Connected; release: () => void }> {
    const { address, lane, sockets, signal, clock } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const release = await lane.connection(signal);
      const connected = await connect(address, port, this.#timeout(), sockets);
      if (connected.kind !== 'open') release();
      signal.throwIfAborted();
      if (connected.kind !== 'exhausted' || tries === TRIES) return { connected, release };
      await clock.sleep(EXHAUSTED_PAUSE * tries, signal);
    }
  }

  /** A device far away gets longer, one that is near is not waited for in vain. */
  #timeout(): number {
    const { connect: first, connectFloor } = this.#options.limits;
    const { baseline } = this.#canary;
    if (baseline === undefined) return first;
    return Math.min(Math.max(baseline * 8 + 100, connectFloor), first * 2);
  }

  #drop(socket: Socket, release: () => void): void {
    const { lane } = this.#options;
    lane.accepted();
    socket.on('error', () => {}).destroy();
    lane.closed();
    release();
  }

  /** Whether it is this machine that failed; then nothing is said of the device. */
  #isOurs(connected: Connected): boolean {
    if (connected.kind === 'exhausted') {
      this.#isExhausted = true;
      return true;
    }
    if (connected.kind !== 'unreachable' || !CUT_OFF.has(connected.code)) return false;
    this.#cutOff ??= connected.code;
    return true;
  }

  async #check(port: number, verdict: 'check' | 'port-lost'): Promise<void> {
    const witness = this.#canary.witness(port);
    if (witness === undefined) return;
    for (let tries = 0; tries < WITNESS_TRIES; tries += 1) {
      const { connected, release } = await this.#connect(witness);
      if (connected.kind === 'open') this.#drop(connected.socket, release);
      if (this.#isOurs(connected)) return;
      const attempt = attemptOf(connected);
      // The port itself, open before and refusing now, is no witness of being well.
      const isSame = witness === port && attempt.kind === 'refused';
      if (isSame || !this.#canary.isAlive(attempt)) continue;
      this.#canary.cleared();
      if (verdict === 'port-lost') this.#lost.add(port);
      return;
    }
    this.#distress ??= `tcp/${port}`;
  }
}

function attemptOf(connected: Connected): Attempt {
  if ('milliseconds' in connected) {
    const kind = connected.kind === 'open' ? 'open' : 'refused';
    return { kind, milliseconds: connected.milliseconds };
  }
  return { kind: 'silent' };
}
