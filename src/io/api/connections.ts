import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { holderOf } from './peer.ts';

/** Connections of one address, and in all: a browser takes six of them. */
const MOST_OF_ONE = 128;
const MOST = 4096;

/**
 * Bounds what one address can hold, so that whoever opens connections and says nothing takes no room
 * from others. Behind a proxy all have its address: there it is the proxy that counts.
 */
export class Connections {
  readonly #isProxy: (address: string) => boolean;
  readonly #byHolder = new Map<string, number>();

  constructor(isProxy: (address: string) => boolean) {
    this.#isProxy = isProxy;
  }

  watch(server: Server): void {
    server.maxConnections = MOST;
    server.on('connection', (socket) => this.#take(socket));
  }

  #take(socket: Socket): void {
    const { remoteAddress = '' } = socket;
    const holder = holderOf(remoteAddress);
    const before = this.#byHolder.get(holder) ?? 0;
    if (before >= MOST_OF_ONE && !this.#isProxy(remoteAddress.replace(/^::ffff:/, ''))) {
      socket.destroy();
      return;
    }
    this.#byHolder.set(holder, before + 1);
    socket.once('close', () => {
      const left = (this.#byHolder.get(holder) ?? 1) - 1;
      if (left === 0) this.#byHolder.delete(holder);
      else this.#byHolder.set(holder, left);
    });
  }
}
