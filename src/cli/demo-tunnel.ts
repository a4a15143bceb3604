import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Tried in turn: somebody may look at a dashboard of their own. */
const PORTS = Array.from({ length: 20 }, (_, index) => 7787 + index);

/** Where a browser of this machine enters a network that is not this machine's. */
export interface Door {
  readonly port: number;
  close(): void;
}

/**
 * Namespaces of one machine share its files: what comes in at a port of loopback goes through a socket
 * in the file system, and from there to the same port inside.
 *
 * @param socket path of the socket; who is inside listens there
 */
export async function openDoor(socket: string): Promise<Door | undefined> {
  for (const port of PORTS) {
    const server = createServer((client) => join(client, connect(socket)));
    if (await listens(server, { host: '127.0.0.1', port })) {
      return { port, close: () => server.close() };
    }
  }
  return undefined;
}

/** The other side of it. */
export async function answerDoor(socket: string, port: number): Promise<void> {
  await listens(
    createServer((client) => join(client, connect({ host: '127.0.0.1', port }))),
    { path: socket },
  );
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on('error', () => other.destroy()).on('close', () => other.destroy());
  other.on('error', () => one.destroy()).on('close', () => one.destroy());
}

/** Whether it does; it keeps no process alive. */
function listens(
  server: Server,
  where: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).once('listening', () => resolve(true));
    server.listen(where).unref();
  });
}
