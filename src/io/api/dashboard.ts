import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { extname, join, sep } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import { headerOf } from './peer.ts';
import type { Reply } from './respond.ts';
import { accepts } from './respond.ts';

const MEDIA: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Addresses that the dashboard has pages for. */
const PAGES =
  /^\/(?:services|flows|policy|changelog|expected|reports|scans|settings|(?:devices|changes|alerts)(?:\/[^/.]+)?)?$/;

interface File {
  readonly media: string;
  readonly etag: string;
  readonly bytes: Buffer;
  /** Made at build time. */
  readonly packed: ReadonlyMap<string, Buffer>;
  /** Its name changes with what is in it. */
  readonly isLasting: boolean;
}

/**
 * The dashboard's files, read once: a request picks one of them by its exact name, and no part of it
 * ever becomes the name of a file.
 */
export class Dashboard {
  readonly #files: ReadonlyMap<string, File>;
  readonly #page: string;

  /** @throws PortolanError E_MISSING_TOOL */
  constructor(folder: string) {
    this.#files = filesIn(folder);
    const page = this.#files.get('/index.html');
    if (page === undefined) {
      throw new PortolanError('E_MISSING_TOOL', `There is no dashboard in ${folder}`, {
        remedy: 'Build it: npm run build; or serve without: portolan serve --no-ui',
      });
    }
    this.#page = page.bytes.toString();
  }

  /** Undefined where there is nothing of that name. */
  find(request: IncomingMessage, path: string): Reply | undefined {
    const file = path === '/index.html' ? undefined : this.#files.get(path);
    if (file !== undefined) return fileReply(request, file);
    return PAGES.test(path) ? pageReply(this.#page, path) : undefined;
  }
}

/**
 * Its files are named relative to it, so that it works below any path of any proxy: only how deep the
 * page's own address is has to be told.
 */
function pageReply(page: string, path: string): Reply {
  const depth = path.split('/').length - 2;
  const up = depth === 0 ? './' : '../'.repeat(depth);
  const body = page.replaceAll(/(\s(?:src|href)=")\.\//g, `$1${up}`);
  const headers = { 'content-type': MEDIA['.html'] ?? '', 'cache-control': 'no-cache' };
  return { status: 200, headers, body };
}

function fileReply(request: IncomingMessage, file: File): Reply {
  const kept = file.isLasting ? 'public, max-age=31536000, immutable' : 'no-cache';
  const coding = CODINGS.find(([name]) => file.packed.has(name) && accepts(request, name))?.[0];
  const headers = {
    'content-type': file.media,
    'cache-control': kept,
    etag: `W/"${file.etag}"`,
    ...(file.packed.size === 0 ? {} : { vary: 'accept-encoding' }),
  };
  if (headerOf(request, 'if-none-match') === headers.etag) return { status: 304, headers };
  const packed = coding === undefined ? undefined : file.packed.get(coding);
  if (coding === undefined || packed === undefined) {
    return { status: 200, headers, body: file.bytes };
  }
  return { status: 200, headers: { ...headers, 'content-encoding': coding }, body: packed };
}

function filesIn(folder: string): ReadonlyMap<string, File> {
  const names = namesIn(folder);
  const known = new Set(names);
  const files = new Map<string, File>();
  for (const name of names) {
    const media = MEDIA[extname(name)];
    // What Vite says of its own work is for the build.
    if (media === undefined || name === 'manifest.json') continue;
    const bytes = readFileSync(join(folder, name));
    const packed = CODINGS.filter(([, suffix]) => known.has(name + suffix)).map(
      ([coding, suffix]) => [coding, readFileSync(join(folder, name + suffix))] as const,
    );
    files.set(`/${name.split(sep).join('/')}`, {
      media,
      bytes,
      packed: new Map(packed),
      etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 16),
      isLasting: name.startsWith(`assets${sep}`),
    });
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
  } catch {
    return [];
  }
}
