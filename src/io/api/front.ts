import type { IncomingMessage, ServerResponse } from 'node:http';
import { PortolanError } from '../../base/errors.ts';
import type { DaemonContext } from '../daemon/context.ts';
import type { Gate } from './access/gate.ts';
import { Api } from './api.ts';
import { authenticate } from './authenticate.ts';
import { Dashboard } from './dashboard.ts';
import { Hosts } from './hosts.ts';
import { wrongMethod } from './match.ts';
import { metricsText } from './metrics.ts';
import { openApi } from './openapi.ts';
import type { Peer, Peers } from './peer.ts';
import { Refusal, stillReading } from './refusal.ts';
import type { Reply } from './respond.ts';
import { jsonReply, problemReply, securityHeaders, send } from './respond.ts';
import type { Route } from './route.ts';
import { checkOrigin, isRead } from './same-origin.ts';
import type { Target } from './target.ts';
import { readTarget } from './target.ts';

export interface FrontOptions {
  readonly basePath?: string;
  readonly allowHosts?: readonly string[];
  readonly ui?: string;
  readonly frameAncestors?: readonly string[];
  readonly onError?: (text: string) => void;
  readonly routes: readonly Route[];
}

const API = '/api/v1';

/**
 * Through here goes every request, whatever it is for: the name we are asked by, the form of the
 * address and the page that it comes from are looked at before anything else is.
 */
export class Front {
  readonly #context: DaemonContext;
  readonly #gate: Gate;
  readonly #peers: Peers;
  readonly #hosts: Hosts;
  readonly #api: Api;
  readonly #dashboard: Dashboard | undefined;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #document: Reply;
  readonly #onError: (text: string) => void;

  constructor(context: DaemonContext, gate: Gate, peers: Peers, options: FrontOptions) {
    const { routes, ui } = options;
    this.#context = context;
    this.#gate = gate;
    this.#peers = peers;
    this.#hosts = new Hosts(options.allowHosts ?? []);
    this.#api = new Api(context, gate, routes);
    this.#dashboard = ui === undefined ? undefined : new Dashboard(ui);
    this.#basePath = (options.basePath ?? '').replace(/\/$/, '');
    this.#headers = {
      'cache-control': 'no-store',
      ...securityHeaders(options.frameAncestors ?? []),
    };
    this.#document = jsonReply(200, openApi(routes, context.version));
    this.#onError = options.onError ?? ((): void => {});
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    // Whoever sends a body that nobody reads is not to wait for it.
    request.on('error', () => gone.abort());
    const reply = await this.#answer(request, gone).catch((error: unknown) => this.#failed(error));
    if (response.destroyed) return;
    const headers = { ...this.#headers, ...reply.headers };
    await send(request, response, { ...reply, headers });
  }

  async #answer(request: IncomingMessage, gone: AbortController): Promise<Reply> {
    const peer = this.#peers.of(request);
    this.#hosts.check(peer);
    const target = readTarget(request.url ?? '', this.#basePath);
    checkOrigin(request, peer);
    const { path } = target;
    if (path.startsWith(`${API}/`)) {
      if (path === `${API}/openapi.json`) return reading(request, () => this.#document);
      const below = { ...target, path: path.slice(API.length) };
      return await this.#api.answer(request, peer, below, gone);
    }
    if (path === '/healthz') return reading(request, () => this.#health());
    if (path === '/metrics') return reading(request, () => this.#metrics(request, peer, target));
    return reading(request, () => this.#page(request, target));
  }

  #page(request: IncomingMessage, { path }: Target): Reply {
    // Relative, for whatever a proxy has put before it: what the page names is relative as well.
    if (path === '')
      return { status: 308, headers: { location: `${this.#basePath.split('/').at(-1)}/` } };
    const found = this.#dashboard?.find(request, path);
    if (found !== undefined) return found;
    throw new Refusal(404, 'E_NOT_FOUND', 'There is no such page', {
      remedy: 'The dashboard begins at ./, the API at api/v1/.',
    });
  }

  /** For who restarts daemons: it says nothing that is not seen from outside. */
  #health(): Reply {
    return jsonReply(200, { state: this.#context.status().state });
  }

  #metrics(request: IncomingMessage, peer: Peer, { query }: Target): Reply {
    const { scopes, login } = authenticate(request, peer, this.#gate);
    if (scopes.has('read')) {
      if (this.#context.reading !== undefined) throw stillReading();
      const body = metricsText(this.#context, query.get('devices') === '1');
      // Exposition format 0.0.4, which every Prometheus reads.
      const media = 'text/plain; version=0.0.4; charset=utf-8';
      return { status: 200, headers: { 'content-type': media }, body };
    }
    const remedy = 'Give Prometheus a token: portolan token create prometheus --scope read';
    if (login.kind === 'none')
      throw new Refusal(401, 'E_SIGN_IN', 'Nobody is signed in', { remedy });
    throw new Refusal(403, 'E_FORBIDDEN', 'This takes the scope "read"', { remedy });
  }

  /** What an operator can act on is told to who asked; a bug only to the log. */
  #failed(error: unknown): Reply {
    const isOurs = error instanceof PortolanError && error.code !== 'E_BUG';
    if (!isOurs)
      this.#onError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return problemReply(error);
  }
}

function reading(request: IncomingMessage, reply: () => Reply): Reply {
  if (isRead(request.method)) return reply();
  throw wrongMethod(['get']);
}
