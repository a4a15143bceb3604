import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';

/** Every socket that a scan has open, so that an abort closes them all at once. */
export class Sockets {
  readonly #open = new Set<Socket | UdpSocket>();
  readonly #signal: AbortSignal;
  readonly #closeAll = (): void => {
    for (const socket of [...this.#open]) close(socket);
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#closeAll, { once: true });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whoever adds one deletes it when it closes. */
  add(socket: Socket | UdpSocket): void {
    this.#open.add(socket);
    if (this.#signal.aborted) close(socket);
  }

  delete(socket: Socket | UdpSocket): void {
    this.#open.delete(socket);
  }

  /** Closes what is left and forgets the signal. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#closeAll);
    this.#closeAll();
  }
}

function close(socket: Socket | UdpSocket): void {
  if ('destroy' in socket) {
    socket.destroy();
    return;
  }
  try {
    socket.close();
  } catch {
    // It was closed by itself meanwhile: the only error that close throws.
  }
}
