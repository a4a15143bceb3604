import type { Fact } from '../../model/evidence.ts';
import type { SoapMessage } from '../../protocols/shared/soap.ts';
import { readSoap, soapAction, soapBody } from '../../protocols/shared/soap.ts';
import { describeBytes } from '../../protocols/shared/upnp-description.ts';
import type { IgdAsk } from '../../protocols/shared/upnp-igd.ts';
import { auditIgd, igdServices } from '../../protocols/shared/upnp-igd.ts';
import { fetchDescription } from './fetch-description.ts';
import { httpOnce } from './http-once.ts';
import type { Scope } from './scan-types.ts';

/** Milliseconds for all questions to one gateway. */
const PATIENCE = 60_000;
/** Faults come with 500 (SOAP 1.1 §6.2). */
const STATUSES = [200, 500] as const;

export interface AskOptions {
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Milliseconds for one answer, and for all. */
  readonly timeout?: number;
  readonly patience?: number;
  /** Resolves when the next question may be put. */
  turn(): Promise<void>;
}

/**
 * Reads the port mappings of a gateway, and changes nothing: only actions that begin with Get are
 * called. Nothing where the document describes no gateway.
 *
 * @param url where the document was got
 * @param from address that named the URL: nobody else is asked
 */
export async function askGateway(
  document: Uint8Array,
  url: string,
  from: string,
  options: AskOptions,
): Promise<readonly Fact[]> {
  const services = igdServices(document, url);
  if (services.length === 0) return [];
  const end = AbortSignal.timeout(options.patience ?? PATIENCE);
  const audit = auditIgd(services);
  let step = audit.next();
  while (step.done !== true) {
    const isOver = options.signal.aborted || end.aborted;
    step = audit.next(isOver ? undefined : await put(step.value, from, options));
  }
  return step.value;
}

async function put(
  { control, request }: IgdAsk,
  from: string,
  { scope, signal, timeout, turn }: AskOptions,
): Promise<SoapMessage | undefined> {
  await turn();
  const headers = {
    'content-type': 'text/xml; charset="utf-8"',
    soapaction: soapAction(request),
    'user-agent': 'portolan UPnP/2.0 portolan/1',
  };
  const body = soapBody(request);
  const question = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(body.length) },
    body,
    statuses: STATUSES,
  } as const;
  const limits = timeout === undefined ? { signal } : { signal, timeout };
  const answer = await httpOnce(control, from, scope, question, limits);
  return answer === undefined ? undefined : readSoap(answer);
}

/** Asks each device once in a scan, by whichever way it is found. */
export class Gateways {
  readonly #scope: Scope;
  readonly #asked = new Set<string>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** With the document at hand. */
  readonly ask = async (
    document: Uint8Array,
    url: string,
    from: string,
    turn: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly Fact[]> => {
    const key = `${from} ${url}`;
    if (this.#asked.has(key)) return [];
    this.#asked.add(key);
    return await askGateway(document, url, from, { scope: this.#scope, signal, turn });
  };

  /** With nothing but its place: what it says of itself, and what it answers. */
  async askAt(
    url: string,
    from: string,
    turn: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly Fact[]> {
    if (this.#asked.has(`${from} ${url}`)) return [];
    await turn();
    const document = await fetchDescription(url, from, this.#scope, signal);
    if (document === undefined) return [];
    const answers = await this.ask(document, url, from, turn, signal);
    return [...describeBytes(document), ...answers];
  }
}
