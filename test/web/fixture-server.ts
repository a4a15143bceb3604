import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import type { Fixture } from './fixture-answers.ts';
import { answerOf, Refused } from './fixture-answers.ts';

export interface FixtureServer {
  /** With a slash at its end. */
  readonly address: string;
  /** Method and path of everything that was asked of the API. */
  readonly asked: readonly string[];
  /** Tells every open page. */
  tell(event: { readonly type: string; readonly [field: string]: unknown }): void;
  close(): Promise<void>;
}

/** As `specs/reliability-security.md` S1 and the product's own server have it. */
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

const MEDIA: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the built dashboard below a prefix, and canned answers in place of the API: what a page does
 * with an answer is looked at here, whether the answer is right is looked at with the product's server.
 */
export async function serveFixture(
  fixture: Fixture,
  dist: string,
  prefix = '/',
): Promise<FixtureServer> {
  const files = new Map(
    readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(dist.length + 1), readFileSync(path)];
      }),
  );
  const asked: string[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', CSP);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (!url.pathname.startsWith(prefix)) return void response.writeHead(404).end();
    const path = url.pathname.slice(prefix.length);
    if (path === 'api/v1/events') return listen(response, streams);
    if (path.startsWith('api/v1/')) {
      asked.push(`${request.method} ${path.slice('api/v1/'.length)}${url.search}`);
      return void api(request, response, path.slice('api/v1/'.length), url, fixture);
    }
    serveFile(files, path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  return {
    address: `http://127.0.0.1:${port}${prefix}`,
    asked,
    tell: (event) => {
      for (const stream of streams) {
        stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      }
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(response: ServerResponse, streams: Set<ServerResponse>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('retry: 3000\n\n');
  streams.add(response);
  response.on('close', () => streams.delete(response));
}

async function api(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  url: URL,
  fixture: Fixture,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  try {
    const { value, etag } = answerOf(
      {
        method: request.method ?? 'GET',
        path,
        query: url.searchParams,
        body: text === '' ? undefined : JSON.parse(text),
        ifMatch: request.headers['if-match'],
      },
      fixture,
    );
    if (etag !== undefined) response.setHeader('ETag', `"${etag}"`);
    if (value === undefined) return void response.writeHead(204).end();
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { problem } = error;
    response
      .writeHead(problem.status, { 'Content-Type': 'application/problem+json' })
      .end(JSON.stringify(problem));
  }
}

function serveFile(
  files: ReadonlyMap<string, Buffer>,
  path: string,
  response: ServerResponse,
): void {
  const file = files.get(path);
  if (file !== undefined) {
    response.writeHead(200, { 'Content-Type': MEDIA[extname(path)] ?? 'application/octet-stream' });
    return void response.end(file);
  }
  const page = files.get('index.html')?.toString() ?? '';
  const up = '../'.repeat(path.split('/').length - 1) || './';
  response.writeHead(200, { 'Content-Type': MEDIA['.html'] });
  response.end(page.replaceAll('="./', `="${up}`));
}
