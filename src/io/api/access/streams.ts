import { Refusal } from '../refusal.ts';
import type { Login } from '../route.ts';

/** Of one session or token: a browser needs one, whatever number of its windows is open. */
const MOST = 8;
/** Milliseconds in which a stream ends after what let it in has ended: well below two seconds. */
const LOOK_EVERY = 1000;

interface Stream {
  readonly login: Login;
  readonly controller: AbortController;
}

/** Answers that go on: counted, and ended with the session, token or account that they came by. */
export class Streams {
  readonly #isGood: (login: Login) => boolean;
  readonly #open = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(isGood: (login: Login) => boolean) {
    this.#isGood = isGood;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * @param controller aborted when the stream has to end
   * @throws Refusal 429 where this login has too many
   */
  open(login: Login, controller: AbortController): { close(): void } {
    const key = keyOf(login);
    const same = [...this.#open].filter((one) => keyOf(one.login) === key);
    if (same.length >= MOST) {
      throw new Refusal(429, 'E_TOO_MANY', `There are ${MOST} open streams of this session`, {
        remedy: 'Close one of them; one stream can carry every kind of event.',
        headers: { 'retry-after': '15' },
      });
    }
    const stream: Stream = { login, controller };
    this.#open.add(stream);
    this.#timer ??= setInterval(() => this.#sweep(), LOOK_EVERY).unref();
    return {
      close: () => {
        this.#open.delete(stream);
        if (this.#open.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  endAll(): void {
    for (const { controller } of this.#open) controller.abort();
  }

  /** Another process may have ended them: `portolan user passwd` beside the daemon. */
  #sweep(): void {
    const good = new Map<string, boolean>();
    for (const { login, controller } of this.#open) {
      const key = keyOf(login);
      const isGood = good.get(key) ?? this.#isGood(login);
      good.set(key, isGood);
      if (!isGood) controller.abort();
    }
  }
}

function keyOf(login: Login): string {
  switch (login.kind) {
    case 'session':
      return `session ${login.hash}`;
    case 'token':
      return `token ${login.id}`;
    case 'proxy':
      return `proxy ${login.name}`;
    case 'none':
      return 'none';
  }
}
