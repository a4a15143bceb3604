import type { Fact } from '../model/evidence.ts';
import { httpFields } from './fields/http.ts';
import { families } from './http-families/index.ts';
import type {
  Ask,
  Dialogue,
  FirstBytes,
  Overheard,
  Peer,
  Protocol,
  Recognition,
} from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import type { Sides } from './shared/http-dialect.ts';
import { DIALECT_DEPTH, dialectOfHead, recogniseAs } from './shared/http-dialect.ts';
import { challenge, field, parseHead } from './shared/http-head.ts';
import type { Page } from './shared/http-page.ts';
import { parsePage, readPage } from './shared/http-page.ts';
import { isSettings, PREFACE } from './shared/http2.ts';
import { hostHeader } from './shared/url.ts';

/** Documents of device families that one server is asked for, after its root. */
const DOCUMENTS = 2;

export const http = {
  id: 'http',
  title: 'HTTP',
  ports: [
    { port: 80, over: 'tcp', iana: 'http' },
    { port: 443, over: 'tls', iana: 'https' },
    { port: 8080, over: 'tcp', iana: 'http-alt' },
    { port: 8443, over: 'tls', iana: 'pcsync-https' },
    { port: 8000, over: 'tcp' },
    { port: 8008, over: 'tcp' },
    { port: 8009, over: 'tls' },
    { port: 8060, over: 'tcp' },
    { port: 8081, over: 'tcp' },
    { port: 8123, over: 'tcp' },
    { port: 8880, over: 'tcp' },
    { port: 8888, over: 'tcp' },
    { port: 1400, over: 'tcp' },
    { port: 1880, over: 'tcp' },
    { port: 5000, over: 'tcp' },
    { port: 5001, over: 'tls' },
    { port: 631, over: 'tcp', iana: 'ipp' },
    { port: 49_152, over: 'tcp' },
  ],
  sources: [
    'RFC 9110',
    'RFC 9112',
    'RFC 9113 §3.4 (connection preface)',
    'IANA service-names-port-numbers',
  ],
  depth: DIALECT_DEPTH,
  recognise,
  overhear,
  fields: httpFields,
  probe: { impact: 'reads', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return recogniseVersion2(first) ?? recogniseAs('http', first, headFacts);
}

/** A server answers in its form what was no request, as it must (RFC 9112 §3). */
function overhear({ server, transport }: Overheard): Recognition {
  const answer = parseHead(server, 'response', DIALECT_DEPTH);
  const isIts = answer.kind === 'ok' && answer.value.protocol === 'HTTP';
  return transport === 'tcp' && isIts ? likely([speaks('http', answer.value.version)]) : NO;
}

/** Undefined where neither side begins as version 2 does. */
function recogniseVersion2({ client, server }: FirstBytes): Recognition | undefined {
  const preface = begins(client, PREFACE);
  const settings = isSettings(server);
  if (preface === 'more' && client.length > 3) return WAIT;
  // A server of version 1 answers the preface as any request, with an error (RFC 9113 §3.4).
  if (preface === 'yes' && settings !== 'no') {
    return settings === 'yes' ? proved([speaks('http', '2')]) : likely([speaks('http', '2')]);
  }
  return client.length === 0 && settings === 'yes' ? likely([speaks('http', '2')]) : undefined;
}

function headFacts({ client, server }: Sides): readonly Fact[] {
  const product = server === undefined ? undefined : field(server.headers, 'server');
  return [
    speaks('http', (server ?? client)?.version),
    ...(product === undefined || product === '' ? [] : [detail('server', product)]),
  ];
}

/**
 * Asks for the root page, and for at most two documents in which devices of the suspected families
 * describe themselves. Redirects are reported and not followed: they may lead anywhere.
 */
function* dialogue(peer: Peer): Dialogue {
  const received = yield get(peer, '/', false);
  if (isSettings(received) === 'yes') return [speaks('http', '2')];
  const root = readPage(received);
  if (root === undefined || dialectOfHead(root.head, 'response') !== 'http') return [];
  if (peer.over === 'tcp' && wantsTls(root)) return [];
  return [...rootFacts(root), ...(yield* askFamilies(peer, root))];
}

/** What the families say of the root page, and what the suspected ones answer. */
function* askFamilies(peer: Peer, root: Page): Dialogue {
  const suspected = families.all.map((family) => ({
    family,
    suspicion: family.suspects(root, peer.port),
  }));
  const named = suspected.filter(({ suspicion }) => suspicion === 'named');
  const facts: Fact[] = named.flatMap(({ family }) => family.root?.(root) ?? []);
  const worth = named.length > 0 ? named : suspected.filter((one) => one.suspicion === 'possible');
  let reusable = root.reusable;
  for (const document of worth.flatMap(({ family }) => family.document ?? []).slice(0, DOCUMENTS)) {
    const page = yield* fetch(peer, document.path, reusable);
    if (page === undefined) break;
    reusable = page.reusable;
    const found = document.read(page);
    facts.push(...found);
    if (found.length > 0) break;
  }
  return withoutRepeats(facts);
}

/** On the same connection where it can be used again, and once more on a new one where it could not. */
function* fetch(
  peer: Peer,
  path: string,
  reusable: boolean,
): Generator<Ask, Page | undefined, Uint8Array> {
  const page = readPage(yield get(peer, path, !reusable));
  return page === undefined && reusable ? readPage(yield get(peer, path, true)) : page;
}

/** RFC 9110 §7.2, §9.3.1. Encodings are not offered: what nobody has to unpack cannot blow up. */
function get(peer: Peer, path: string, reconnect: boolean): Ask {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${hostHeader(peer)}`,
    'User-Agent: portolan',
    'Accept: */*',
    'Connection: keep-alive',
  ];
  return {
    send: ascii(`${lines.join('\r\n')}\r\n\r\n`),
    complete: (received) => parsePage(received).kind !== 'more',
    reconnect,
  };
}

/**
 * What nginx, Apache, Go and Tomcat say, in HTTP in the clear, to whoever does not begin with TLS on
 * a port of HTTPS: the port speaks TLS, and this page is no service.
 */
const TLS_WANTED = [
  'plain http request was sent to https port',
  'speaking plain http to an ssl-enabled server port',
  'client sent an http request to an https server',
  'combination of host and port requires tls',
];

function wantsTls({ head, body }: Page): boolean {
  if (head.status < 400) return false;
  const text = body.slice(0, 2048).toLowerCase();
  return TLS_WANTED.some((sentence) => text.includes(sentence));
}

function rootFacts({ head, title }: Page): readonly Fact[] {
  const { headers, status, reason, version } = head;
  const { scheme, realm } = challenge(headers) ?? { scheme: '', realm: '' };
  const details = [
    ['status', `${status} ${reason}`.trim()],
    ['server', field(headers, 'server') ?? ''],
    ['powered by', field(headers, 'x-powered-by') ?? ''],
    ['title', title],
    ['location', field(headers, 'location') ?? ''],
    ['authentication', scheme],
    ['realm', realm],
  ] as const;
  return [
    speaks('http', version),
    ...details.filter(([, text]) => text !== '').map(([name, text]) => detail(name, text)),
    ...(status === 401 ? [access('credentials')] : []),
  ];
}

function withoutRepeats(facts: readonly Fact[]): readonly Fact[] {
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const key = JSON.stringify(fact);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
