import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections of one address, and in all: a browser takes six of them. */
const MOST_OF_ONE = 128;
const MOST = 4096;

/**
 * Bounds what one address can hold, so that whoever opens connections and says nothing takes no room
 * from others. Behind a proxy all have its address: there it is the proxy that counts.
 */
export class Connections {
  readonly #isProxy: (address: string) => boolean;
  readonly #byAddress = new Map<string, number>();

  constructor(isProxy: (address: string) => boolean) {
    this.#isProxy = isProxy;
  }

  watch(server: Server): void {
    server.maxConnections = MOST;
    server.on('connection', (socket) => this.#take(socket));
  }

  #take(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const before = this.#byAddress.get(address) ?? 0;
    if (before >= MOST_OF_ONE && !this.#isProxy(address.replace(/^::ffff:/, ''))) {
      socket.destroy();
      return;
    }
    this.#byAddress.set(address, before + 1);
    socket.once('close', () => {
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
  }
}
