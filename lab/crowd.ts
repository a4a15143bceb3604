import { createServer } from 'node:net';
import type { Level } from './device.ts';
import { crowdAddress } from './topology.ts';

/** The one open port of each. */
export const CROWD_PORT = 80;
/** Where a port below 1024 is not ours to have. */
const CROWD_PORT_LOOPBACK = 8080;

const PAGE = '<title>sensor</title>';
const ANSWER = `HTTP/1.1 200 OK\r\nServer: lwIP/2.1\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`;

export function crowdPort(level: Level): number {
  return level === 1 ? CROWD_PORT : CROWD_PORT_LOOPBACK;
}

/** Many simple devices in one process: each address listens for itself and answers one page. */
export async function crowd(count: number, level: Level): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      listen(crowdAddress(index, level), crowdPort(level)),
    ),
  );
}

function listen(address: string, port: number): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.setTimeout(30_000, () => socket.destroy());
    socket.once('data', (request: Buffer) => {
      const known = /^(?:GET|HEAD) \S+ HTTP\/1\.[01]\r\n/.test(request.toString('latin1', 0, 512));
      socket.end(known ? ANSWER : '');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
}
