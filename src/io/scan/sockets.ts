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

  add(socket: Socket | UdpSocket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    if (this.#signal.aborted) close(socket);
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
