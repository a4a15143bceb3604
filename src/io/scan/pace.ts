import type { Robustness } from '../../model/core.ts';
import type { Pace, ScanBudget } from '../../model/scan.ts';
import type { Clock } from './clock.ts';
import { Gate } from './gate.ts';
import { Meter } from './meter.ts';
import { Throttle } from './throttle.ts';

/** What may go to one device. */
export interface Allowance {
  readonly connectionsPerSecond: number;
  /** Of ours, estimated: a connection that is refused is one, one that is used about four. */
  readonly packetsPerSecond: number;
  /** Connections open at once. */
  readonly parallel: number;
}

const CAREFUL: Allowance = { connectionsPerSecond: 1, packetsPerSecond: 10, parallel: 1 };
const UNKNOWN: Allowance = { connectionsPerSecond: 2, packetsPerSecond: 10, parallel: 1 };

/**
 * Only a device that is known to bear it is asked faster. 40 packets a second is the default of
 * runZero for every device; a device that is not known gets a quarter of it.
 */
const ROBUST: Readonly<Record<Pace, Allowance>> = {
  gentle: CAREFUL,
  polite: { connectionsPerSecond: 10, packetsPerSecond: 40, parallel: 1 },
  normal: { connectionsPerSecond: 40, packetsPerSecond: 160, parallel: 10 },
  // Measured on loopback: 100 connections at once are fastest, 5,000 a fifth slower.
  fast: { connectionsPerSecond: Infinity, packetsPerSecond: Infinity, parallel: 100 },
};

/** Packets a second to all devices together. */
const OVERALL: Readonly<Record<Pace, number>> = {
  gentle: 50,
  polite: 250,
  normal: 1000,
  fast: Infinity,
};

export function allowanceOf(pace: Pace, robustness: Robustness): Allowance {
  if (robustness === 'robust') return ROBUST[pace];
  return robustness === 'fragile' || pace === 'gentle' ? CAREFUL : UNKNOWN;
}

export function overallOf(pace: Pace): number {
  return OVERALL[pace];
}

/** Whether `--pace` asks for more than an unknown device may get. */
export function isRaised(pace: Pace): boolean {
  return pace === 'normal' || pace === 'fast';
}

/**
 * What the kernel sends of itself (ACK, FIN) leaves in bursts and is put down afterwards: with 64
 * devices at once a second held a tenth more than was let through.
 */
const HEADROOM = 0.85;

/**
 * The same for one device: up to four packets end a conversation at once, and with these the
 * second in which they leave must hold no more than was promised.
 */
const LANE_HEADROOM = 0.7;

/** Timers and queues move a SYN by some milliseconds: measured on the wire, a second keeps its promise. */
const PUNCTUALITY = 0.97;

/** Of our packets that an accepted connection costs beside its SYN: the ACK of the handshake … */
const ACCEPTED = 1;
/** … and, when it ends, FIN and the last ACK. */
const CLOSING = 2;

interface Counts {
  connections: number;
  datagrams: number;
  bytesSent: number;
  bytesReceived: number;
  maxParallel: number;
  maxPerSecond: number;
}

/** Keeps the budget of a scan and measures what was really spent. */
export class Budget {
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #overall: Throttle;
  readonly #meter = new Meter();
  readonly #counts: Counts = {
    connections: 0,
    datagrams: 0,
    bytesSent: 0,
    bytesReceived: 0,
    maxParallel: 0,
    maxPerSecond: 0,
  };
  #devices = 0;

  /** @param gate shut while the scan pauses */
  constructor(pace: Pace, clock: Clock, gate = new Gate()) {
    this.#pace = pace;
    this.#clock = clock;
    this.#gate = gate;
    this.#overall = new Throttle(OVERALL[pace] * HEADROOM, clock);
  }

  /** One device's share; it is asked for once a device. */
  lane(): Lane {
    this.#devices += 1;
    return new Lane(this.#pace, this.#clock, this.#gate, this.#overall, this.#counts, this.#meter);
  }

  /** Packets that left by another way (discovery). */
  add(datagrams: number): void {
    this.#counts.datagrams += datagrams;
  }

  spent(): ScanBudget {
    return { devices: this.#devices, ...this.#counts, maxPerSecondOverall: this.#meter.highest };
  }
}

/** Everything that goes to one device passes here. */
export class Lane {
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #overall: Throttle;
  readonly #counts: Counts;
  readonly #all: Meter;
  readonly #meter = new Meter();
  readonly #connections: Throttle;
  readonly #packets: Throttle;
  readonly #waiting: (() => void)[] = [];
  #parallel: number;
  #open = 0;

  constructor(pace: Pace, clock: Clock, gate: Gate, overall: Throttle, counts: Counts, all: Meter) {
    const { connectionsPerSecond, packetsPerSecond, parallel } = allowanceOf(pace, 'unknown');
    this.#pace = pace;
    this.#clock = clock;
    this.#gate = gate;
    this.#overall = overall;
    this.#counts = counts;
    this.#all = all;
    this.#connections = new Throttle(connectionsPerSecond * PUNCTUALITY, clock);
    this.#packets = new Throttle(packetsPerSecond * LANE_HEADROOM, clock);
    this.#parallel = parallel;
  }

  /** Connections that may be open at once now. */
  get parallel(): number {
    return this.#parallel;
  }

  treatAs(robustness: Robustness): void {
    const { connectionsPerSecond, packetsPerSecond, parallel } = allowanceOf(
      this.#pace,
      robustness,
    );
    this.#connections.rate = connectionsPerSecond * PUNCTUALITY;
    this.#packets.rate = packetsPerSecond * LANE_HEADROOM;
    this.#parallel = parallel;
    this.#admit();
  }

  /**
   * Waits until one more connection may be opened; `release` must be called when it is closed.
   *
   * @throws the signal's reason when it is aborted meanwhile
   */
  async connection(signal: AbortSignal): Promise<() => void> {
    if (this.#open >= this.#parallel) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#open += 1;
    let isOpen = true;
    const release = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      this.#admit();
    };
    try {
      // Without a limit not even a promise: this is passed 65,535 times.
      if (this.#isLimited || this.#gate.isShut) await this.#turn(this.#connections, signal);
      else signal.throwIfAborted();
    } catch (reason) {
      release();
      throw reason;
    }
    this.#counts.connections += 1;
    this.#counts.maxParallel = Math.max(this.#counts.maxParallel, this.#open);
    this.#count();
    return release;
  }

  /** Waits until one more datagram may be sent. */
  async datagram(signal: AbortSignal): Promise<void> {
    await this.#turn(undefined, signal);
    this.#counts.datagrams += 1;
    this.#count();
  }

  /** It was accepted: what the kernel sends for that is put down too. */
  accepted(): void {
    this.charge(ACCEPTED);
  }

  /** An accepted connection ends now: the next one keeps its distance from what that takes. */
  closed(): void {
    this.charge(CLOSING);
  }

  /** Waits until one more question may be sent on an open connection. */
  async question(signal: AbortSignal): Promise<void> {
    if (this.#isLimited || this.#gate.isShut) await this.#turn(undefined, signal);
  }

  sent(bytes: number): void {
    this.#counts.bytesSent += bytes;
  }

  received(bytes: number): void {
    this.#counts.bytesReceived += bytes;
  }

  /** Packets that leave without a turn: the next one waits for them. */
  charge(packets: number): void {
    this.#packets.charge(packets);
    this.#overall.charge(packets);
  }

  get #isLimited(): boolean {
    return this.#connections.isLimited || this.#packets.isLimited || this.#overall.isLimited;
  }

  /** One after the other, so that the distance is kept between what really leaves. */
  async #turn(connections: Throttle | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#gate.isShut) await this.#gate.passed(signal);
    await connections?.turn(1, signal);
    await this.#packets.turn(1, signal);
    await this.#overall.turn(1, signal);
    connections?.departed(1);
    this.#packets.departed(1);
  }

  #count(): void {
    const now = this.#clock.now();
    this.#meter.count(now);
    this.#all.count(now);
    this.#counts.maxPerSecond = Math.max(this.#counts.maxPerSecond, this.#meter.highest);
  }

  #admit(): void {
    const free = this.#parallel - this.#open;
    for (const resolve of this.#waiting.splice(0, Math.max(0, free))) resolve();
  }
}
