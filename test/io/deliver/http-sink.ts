import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import type { Certificates } from './certificates.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, received: Received) => void;

/** A sink that keeps what it gets and answers as it is told. */
export class HttpSink {
  readonly received: Received[] = [];
  answer: Answer;
  readonly #server: Server;
  readonly #scheme: string;

  constructor(answer: Answer = ok, certificates?: Certificates) {
    this.answer = answer;
    this.#scheme = certificates === undefined ? 'http' : 'https';
    this.#server =
      certificates === undefined
        ? createServer(this.#take)
        : createTlsServer(
            { cert: readFileSync(certificates.cert), key: readFileSync(certificates.key) },
            this.#take,
          );
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  url(path = '/in', host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${portOf(this.#server.address())}${path}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  readonly #take: RequestListener = (request, response) => {
    response.on('error', () => {});
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, path: url, headers, body };
      this.received.push(received);
      this.answer(response, received);
    });
  };
}

export const ok: Answer = (response) => response.writeHead(204).end();

export function status(code: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => response.writeHead(code, headers).end(body);
}

/** A server of bare TCP, for what no HTTP server does. */
export async function tcpSink(
  take: (socket: Socket) => void,
): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    take(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: portOf(server.address()),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
