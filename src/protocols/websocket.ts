import type { Fact } from '../model/evidence.ts';
import { httpFields } from './fields/http.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { detail, speaks } from './shared/facts.ts';
import type { Sides } from './shared/http-dialect.ts';
import { DIALECT_DEPTH, recogniseAs } from './shared/http-dialect.ts';
import { field } from './shared/http-head.ts';

/**
 * What a web server turns into after an upgrade. It has no port of its own and no probe: which path
 * is one is known only to whoever uses it.
 */
export const websocket = {
  id: 'websocket',
  title: 'WebSocket',
  ports: [],
  sources: ['RFC 6455 §4'],
  depth: DIALECT_DEPTH,
  recognise,
  fields: httpFields,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return recogniseAs('websocket', first, upgradeFacts);
}

/** RFC 6455 §4.1: the version is the client's, the subprotocol the server's choice. */
function upgradeFacts({ client, server }: Sides): readonly Fact[] {
  const version = client === undefined ? undefined : field(client.headers, 'sec-websocket-version');
  const chosen = server === undefined ? undefined : field(server.headers, 'sec-websocket-protocol');
  return [
    speaks('websocket', version),
    ...(chosen === undefined || chosen === '' ? [] : [detail('subprotocol', chosen)]),
  ];
}
