import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { isIP } from 'node:net';
import { parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { Gate } from './access/gate.ts';
import { Connections } from './connections.ts';
import { Front } from './front.ts';
import type { TrustedProxy } from './peer.ts';
import { Peers } from './peer.ts';
import type { Route } from './route.ts';
import { routes as ownRoutes } from './routes/index.ts';

export interface ServerOptions {
  /** `127.0.0.1:7787`, `[::1]:7787`; port 0 for any that is free. */
  readonly listen: string;
  /** `/portolan` where a proxy passes requests on with it. */
  readonly basePath?: string;
  /** Names by which people reach this machine, besides its own. */
  readonly allowHosts?: readonly string[];
  readonly trustedProxy?: TrustedProxy;
  /** Folder of the built dashboard; without it only the API is there. */
  readonly ui?: string;
  /** Who may show the dashboard in a frame of theirs: `https://home.example`. */
  readonly frameAncestors?: readonly string[];
  /** What the server itself could not do, in a line. */
  readonly onError?: (text: string) => void;
  /** For tests. */
  readonly routes?: readonly Route[];
}

export interface Server {
  /** `http://127.0.0.1:7787/`, as a browser on this machine opens it. */
  readonly address: string;
  /** While nobody has an account: the address by which the first one can be made. */
  readonly oneTimeLink?: string;
  close(): Promise<void>;
}

/** Milliseconds for the head of a request, for all of it, and of silence between two. */
const HEAD_TIME = 10_000;
const REQUEST_TIME = 30_000;
const IDLE_TIME = 5000;
/** How often it is looked for those that are too slow. */
const LOOK_EVERY = 2000;
/** Octets of a head; a filter of 1,000 characters fits. */
const HEAD_OCTETS = 16 * 1024;
/** Milliseconds for what is under way when the server is closed. */
const GRACE = 1000;

/**
 * Serves the API, and the dashboard where it is built.
 *
 * @throws PortolanError E_USAGE where others could reach it and nobody has an account, or where it
 * cannot listen
 */
export async function startServer(context: DaemonContext, options: ServerOptions): Promise<Server> {
  const place = readPlace(options.listen);
  const gate = new Gate(context.session.store.access, () => context.world.now());
  const peers = new Peers(options.trustedProxy);
  if (!place.isLoopback && gate.accounts.isEmpty) throw openToAll(options.listen);
  const front = new Front(context, gate, peers, {
    ...options,
    routes: options.routes ?? ownRoutes,
  });
  const server = makeServer((request, response) => {
    front.serve(request, response).catch((error: unknown) => {
      options.onError?.(error instanceof Error ? (error.stack ?? error.message) : String(error));
      response.destroy();
    });
  });
  new Connections((from) => peers.isProxy(from)).watch(server);
  const port = await bind(server, place);
  const base = `${(options.basePath ?? '').replace(/\/$/, '')}/`;
  const address = `http://${reachable(place.host)}:${port}${base}`;
  return {
    address,
    ...(gate.accounts.isEmpty ? { oneTimeLink: gate.link.make(address) } : {}),
    close: () => close(server, gate),
  };
}

function makeServer(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): HttpServer {
  const server = createServer(
    {
      headersTimeout: HEAD_TIME,
      requestTimeout: REQUEST_TIME,
      keepAliveTimeout: IDLE_TIME,
      connectionsCheckingInterval: LOOK_EVERY,
      maxHeaderSize: HEAD_OCTETS,
      requireHostHeader: true,
      // Two readings of one request are how requests are smuggled (RFC 9112 11.2).
      insecureHTTPParser: false,
    },
    serve,
  );
  server.maxRequestsPerSocket = 1000;
  // Node passes over what comes after 2,000 headers; here the octets of the head are the bound.
  server.maxHeadersCount = 0;
  return server;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

function readPlace(listen: string): Place {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? bare ?? '';
  const port = Number(digits);
  const isAddress = host === 'localhost' || isIP(host) !== 0;
  if (isAddress && port <= 65_535) return { host, port, isLoopback: isLoopback(host) };
  throw new PortolanError('E_USAGE', `"${listen}" is no address with a port`, {
    remedy: 'For example: portolan serve --listen 127.0.0.1:7787',
  });
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return parseAddress(host)?.family === 4 && host.startsWith('127.');
}

function openToAll(listen: string): PortolanError {
  return new PortolanError(
    'E_USAGE',
    `${listen} can be reached by others, and nobody has an account`,
    {
      remedy: 'Make one first: portolan user add NAME --role admin',
    },
  );
}

/** What stands in the address bar: the addresses that mean "all of mine" are none that one can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** @returns the port, which may have been left to the system */
function bind(server: HttpServer, { host, port }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `It is not possible to listen at ${host}:${port}: ${cause.message}`;
      reject(new PortolanError('E_USAGE', message, { remedy: wayOut(cause, port), cause }));
    });
    server.listen({ host, port, backlog: 1024 }, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

function wayOut(cause: Error, port: number): string {
  switch (Object(cause).code) {
    case 'EADDRNOTAVAIL':
      return 'Take an address that this machine has (ip address), or 0.0.0.0 for all of them';
    case 'EACCES':
      return `Port ${port} needs a right: take one from 1024 on, and put a proxy in front of it`;
    default:
      return `Take another port: portolan serve --listen 127.0.0.1:7788; who has it: ss -ltnp sport = :${port}`;
  }
}

function close(server: HttpServer, gate: Gate): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    gate.streams.endAll();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), GRACE).unref();
  });
}
