import type { CaptureView } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Flow } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';
import type { CaptureMessage, CaptureStatus } from '../capture/messages.ts';
import type { HeldCapture } from './helpers.ts';
import type { PartState } from './part-state.ts';

/** Conversations that are stored together, unless a second is over before. */
const BATCH = 1000;
/** Part of the packets whose loss is worth a word. */
const LOSS = 0.001;
/** Milliseconds without a word of the helper, which says something each second. */
const SILENCE = 15_000;
/** Milliseconds for which the best look at the helper's clock is taken. */
const CLOCK = 60_000;
const MEND = 'Start the daemon again: sudo portolan serve --capture';

export interface IngestOptions {
  readonly capture: HeldCapture;
  readonly part: PartState;
  now(): Instant;
  evidence(items: readonly NewEvidence[]): void;
  flows(items: readonly Flow[]): void;
  observations(items: readonly Observation[]): void;
}

/** What the capturing helper tells, to where it belongs; and how the capture is. */
export class Ingest {
  /** Resolves when the helper has told everything. */
  readonly done: Promise<void>;
  readonly #options: IngestOptions;
  #flows: Flow[] = [];
  #status: CaptureStatus | undefined;
  #rate = 0;
  #heardAt: Instant;
  #lastPacketAt: Instant | undefined;
  /** Milliseconds that its clock is ahead, and when that was seen. */
  #clock: { readonly at: Instant; readonly ahead: number } | undefined;

  constructor(options: IngestOptions) {
    const { capture, part, now } = options;
    this.#options = options;
    this.#heardAt = now();
    part.set('ok', `Opening ${capture.name}`);
    this.done = capture.done.then(
      () => this.#ended('The capture ended'),
      (error: unknown) => this.#ended(error instanceof Error ? error.message : String(error)),
    );
    capture.listen((message) => this.#take(message));
  }

  view(): CaptureView {
    const { packets = 0, dropped = 0, flows = 0, octets } = this.#status ?? {};
    const last = this.#lastPacketAt;
    const clock = this.#clock;
    return {
      interface: this.#options.capture.name,
      packets,
      dropped,
      packetsPerSecond: this.#rate,
      flows,
      ...(octets === undefined ? {} : { bytes: octets }),
      ...(last === undefined ? {} : { lastPacketAt: last }),
      ...(clock === undefined ? {} : { clockOffset: clock.ahead / 1000 }),
    };
  }

  /** A helper that says nothing is no better than one that is gone. */
  tick(): void {
    const { part, now, capture } = this.#options;
    if (part.status().state === 'failed') return;
    const silent = now() - this.#heardAt;
    if (silent < SILENCE) return;
    part.set(
      'degraded',
      `The capture of ${capture.name} has said nothing for ${Math.round(silent / 1000)} s`,
      `${MEND} ${capture.name}`,
    );
  }

  async close(): Promise<void> {
    this.#options.capture.stop();
    await this.done;
    this.#keep();
  }

  #take(message: CaptureMessage): void {
    this.#heardAt = this.#options.now();
    switch (message.kind) {
      case 'flow':
        this.#flows.push(message.flow);
        if (this.#flows.length >= BATCH) this.#keep();
        return;
      case 'evidence':
        this.#options.evidence(message.evidence);
        return;
      case 'observations':
        this.#compareClocks(message.observations);
        this.#options.observations(message.observations);
        return;
      case 'status':
        this.#keep();
        this.#note(message.status);
        return;
      case 'ready':
        this.#options.part.set('ok', `Capturing on ${this.#options.capture.name}`);
        return;
      case 'error':
        this.#options.part.set('failed', message.message, message.remedy);
        return;
      case 'end':
        return;
    }
  }

  /** What is told late looks like a clock that is behind: the least late of a minute says most. */
  #compareClocks(observations: readonly Observation[]): void {
    if (observations.length === 0) return;
    const now = this.#options.now();
    const newest = observations.reduce((most, { at }) => Math.max(most, at), 0);
    const before = this.#clock;
    const isOld = before === undefined || now - before.at > CLOCK;
    if (isOld || newest - now > before.ahead) this.#clock = { at: now, ahead: newest - now };
  }

  #note(status: CaptureStatus): void {
    const { part, capture, now } = this.#options;
    const before = this.#status;
    const packets = status.packets - (before?.packets ?? 0);
    const dropped = (status.dropped ?? 0) - (before?.dropped ?? 0);
    this.#status = status;
    this.#rate = packets;
    if (packets > 0) this.#lastPacketAt = now();
    if (dropped > LOSS * (packets + dropped)) {
      const share = ((100 * dropped) / (packets + dropped)).toFixed(1);
      part.set(
        'degraded',
        `${share} % of the packets on ${capture.name} were lost in the last second`,
        'Capture less: portolan serve --capture-filter "not port 22"',
      );
    } else if (capture.frames?.trouble !== undefined) {
      const text = `Packets of ${capture.name} are not kept: ${capture.frames.trouble}`;
      part.set('degraded', text, 'Make room or give the folder captures back to the daemon');
    } else part.set('ok', `${packets} packets a second on ${capture.name}`);
  }

  #ended(why: string): void {
    const { part, capture } = this.#options;
    this.#rate = 0;
    if (part.status().state !== 'failed') part.set('failed', why, `${MEND} ${capture.name}`);
  }

  #keep(): void {
    if (this.#flows.length === 0) return;
    const flows = this.#flows;
    this.#flows = [];
    this.#options.flows(flows);
  }
}
