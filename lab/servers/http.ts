import type { LabHost } from '../device.ts';
import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, replyAndEnd } from '../serve.ts';

export interface Page {
  readonly status?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Site {
  /** Value of the Server header; none where it is left out. */
  readonly server?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** By path, without the query. */
  readonly pages: Readonly<Record<string, Page>>;
  /** For every other path. */
  readonly otherwise?: Page;
}

/** RFC 9112 §3: method, origin-form or absolute-form, version; nothing else is answered. */
const REQUEST_LINE = /^([A-Z]{3,10}) (\/[!-~]{0,1000}|\*|http:\/\/[!-~]{1,1000}) HTTP\/1\.([01])$/;
const FIELD_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}:[\t -~]{0,2000}$/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_HEAD = 16_384;

/** A small web server that is strict about requests; whatever would change something is logged. */
export function website(host: LabHost, port: number, site: Site): () => Talk {
  return () => ({ hear: (received) => hear(host, port, site, received) });
}

function hear(host: LabHost, port: number, site: Site, received: Buffer): Answer {
  if (!/^[A-Z*]/.test(received.toString('latin1', 0, 1))) return close('no method');
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return received.length > MAX_HEAD ? close('too long a head') : MORE;
  const [first = '', ...fields] = received.toString('latin1', 0, end).split('\r\n');
  const request = REQUEST_LINE.exec(first);
  const used = end + 4;
  if (request === null || !fields.every((field) => FIELD_LINE.test(field))) {
    return replyAndEnd(used, render(site, { status: '400 Bad Request' }, false));
  }
  const [, method = '', target = '', minor] = request;
  const names = fields.map((field) => field.toLowerCase());
  if (minor === '1' && !names.some((field) => field.startsWith('host:'))) {
    return replyAndEnd(used, render(site, { status: '400 Bad Request' }, false));
  }
  if (!READS.has(method)) {
    host.log({ event: 'write', port, detail: first.slice(0, 200) });
    return replyAndEnd(used, render(site, { status: '405 Method Not Allowed' }, false));
  }
  const path = target.replace(/^http:\/\/[^/]*/, '').replace(/[?#].*$/s, '');
  const page = site.pages[path] ?? site.otherwise ?? { status: '404 Not Found' };
  const bytes = render(site, page, method === 'HEAD');
  const keep = minor === '1' && !names.some((field) => /^connection:\s*close/.test(field));
  return keep ? reply(used, bytes) : replyAndEnd(used, bytes);
}

function render(site: Site, page: Page, headOnly: boolean): Buffer {
  const body = Buffer.from(page.body ?? '');
  const fields = {
    ...(site.server === undefined ? {} : { Server: site.server }),
    'Content-Type': page.type ?? 'text/html; charset=utf-8',
    'Content-Length': String(body.length),
    ...site.headers,
    ...page.headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`HTTP/1.1 ${page.status ?? '200 OK'}\r\n${lines.join('')}\r\n`);
  return headOnly ? head : Buffer.concat([head, body]);
}

export function titled(title: string, text = ''): Page {
  return {
    body: `<!doctype html><html><head><title>${title}</title></head><body>${text}</body></html>`,
  };
}

export function json(value: unknown): Page {
  return { type: 'application/json', body: JSON.stringify(value) };
}
