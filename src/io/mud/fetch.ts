import { request } from 'node:https';
import { PortolanError } from '../../base/errors.ts';
import { visible } from '../../base/untrusted.ts';
import { authorityOf } from '../../policy/mud/mud.ts';

export interface FetchOptions {
  /** Milliseconds for each request, from its beginning to its end. */
  readonly timeout?: number;
  /** Octets. */
  readonly limit?: number;
  /** In PEM: who may vouch for the server, besides those that Node trusts. */
  readonly ca?: string;
  readonly stop?: AbortSignal;
}

const TIMEOUT = 15_000;
const LIMIT = 4_000_000;
const REDIRECTS = 3;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Uint8Array;
}

/**
 * Gets a file over https (RFC 8520 §1.5) and nothing else: no cookies, no other scheme, no
 * redirection to another authority, since nobody there is vouched for by the device's URL.
 *
 * @returns undefined where there is no such file (404, 410)
 * @throws PortolanError E_NETWORK, E_USAGE for what is no https URL
 */
export async function fetchOverHttps(
  url: string,
  accept: string,
  options: FetchOptions = {},
): Promise<Uint8Array | undefined> {
  let current = url;
  for (let hops = 0; hops <= REDIRECTS; hops += 1) {
    if (authorityOf(current) === undefined) throw notHttps(current);
    const answer = await get(current, accept, options);
    if (answer.status === 200) return answer.body;
    if (answer.status === 404 || answer.status === 410) return undefined;
    current = nextOf(current, answer);
  }
  throw failed(url, `it leads on more than ${REDIRECTS} times`);
}

function nextOf(current: string, { status, location }: Answer): string {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
    throw failed(current, `it answered with status ${status}`);
  }
  const next = URL.canParse(location, current) ? new URL(location, current).href : '';
  if (authorityOf(next) === authorityOf(current)) return next;
  const where = visible(next.slice(0, 120)) || 'nowhere';
  throw failed(current, `it leads to another place, ${where}`);
}

function get(url: string, accept: string, options: FetchOptions): Promise<Answer> {
  const { timeout = TIMEOUT, limit = LIMIT, ca, stop } = options;
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(timeout);
    const signal = stop === undefined ? deadline : AbortSignal.any([deadline, stop]);
    const fail = (why: string, cause?: unknown): void => {
      asked.destroy();
      reject(failed(url, why, cause));
    };
    const headers = { accept, 'user-agent': 'portolan', 'accept-encoding': 'identity' };
    const trust = ca === undefined ? {} : { ca };
    const asked = request(
      url,
      { method: 'GET', headers, signal, agent: false, ...trust },
      (answer) => {
        const parts: Buffer[] = [];
        let length = 0;
        answer.on('data', (part: Buffer) => {
          length += part.length;
          if (length > limit) fail(`it sends more than ${limit} octets`);
          else parts.push(part);
        });
        answer.on('error', (error) => fail(reasonOf(error, deadline), error));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    asked.on('error', (error) => fail(reasonOf(error, deadline), error));
    asked.end();
  });
}

function reasonOf(error: Error, deadline: AbortSignal): string {
  return deadline.aborted ? 'it took too long' : visible(error.message.slice(0, 200));
}

function failed(url: string, why: string, cause?: unknown): PortolanError {
  return new PortolanError('E_NETWORK', `${visible(url.slice(0, 200))} cannot be fetched: ${why}`, {
    remedy: 'Fetch it by other means and read the file: portolan mud import FILE --device DEVICE',
    cause,
  });
}

function notHttps(url: string): PortolanError {
  return new PortolanError('E_USAGE', `${visible(url.slice(0, 200))} is no https URL`, {
    remedy: 'MUD files are fetched over https only: portolan mud fetch https://…',
  });
}
