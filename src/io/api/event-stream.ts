import { forJson } from '../../base/encode.ts';
import type { ApiEvent } from '../../model/api/daemon.ts';
import type { EventBus } from '../daemon/context.ts';

/** Events that wait for a client that does not take them; what comes then is told as a gap. */
const MOST = 256;
/** Milliseconds without an event after which one line says that we are there. */
const HEARTBEAT = 15_000;
/** Milliseconds after which a browser connects again. */
const RETRY = 3000;

export interface StreamOptions {
  /** `alert` for all that begin so, `alert.new` for one; empty for all. */
  readonly types: readonly string[];
  readonly lastId: string | undefined;
  readonly signal: AbortSignal;
  /** For tests. */
  readonly heartbeat?: number;
}

interface Waiting {
  readonly id: string;
  readonly event: ApiEvent;
}

/**
 * Server-sent events (HTML Living Standard 9.2), one piece of text after another. A client that is
 * slow costs a bounded queue, in which events are not yet text; one that was away gets what it missed,
 * or `gap`, upon which it reads everything anew.
 */
export async function* eventStream(bus: EventBus, options: StreamOptions): AsyncGenerator<string> {
  const { signal, lastId, heartbeat = HEARTBEAT } = options;
  const queue = new Queue(options.types);
  const end = bus.subscribe((id, event) => queue.put(id, event), lastId);
  const wake = (): void => queue.wake();
  signal.addEventListener('abort', wake);
  try {
    yield `retry: ${RETRY}\n\n`;
    while (!signal.aborted) {
      yield queue.take() ?? ': hb\n\n';
      if (queue.isEmpty && !signal.aborted) await queue.somethingOr(heartbeat);
    }
  } finally {
    signal.removeEventListener('abort', wake);
    end();
  }
}

class Queue {
  readonly #types: readonly string[];
  #waiting: Waiting[] = [];
  #hasGap = false;
  #wake: (() => void) | undefined;

  constructor(types: readonly string[]) {
    this.#types = types;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && !this.#hasGap;
  }

  put(id: string, event: ApiEvent | 'gap'): void {
    if (event === 'gap') this.#hasGap = true;
    else if (!this.#wants(event.type)) return;
    else if (this.#waiting.length < MOST) this.#waiting.push({ id, event });
    else {
      this.#waiting = [{ id, event }];
      this.#hasGap = true;
    }
    this.wake();
  }

  /** The next one as text; undefined where there is none. */
  take(): string | undefined {
    if (this.#hasGap) {
      this.#hasGap = false;
      return 'event: gap\ndata: {}\n\n';
    }
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    // JSON has no line break of its own; ids are ours.
    return `id: ${next.id}\nevent: ${next.event.type}\ndata: ${forJson(next.event)}\n\n`;
  }

  wake(): void {
    this.#wake?.();
  }

  somethingOr(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(settle, milliseconds).unref();
      this.#wake = settle;
    });
  }

  #wants(type: string): boolean {
    const types = this.#types;
    return types.length === 0 || types.some((one) => type === one || type.startsWith(`${one}.`));
  }
}
