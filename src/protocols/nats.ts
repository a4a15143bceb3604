import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { begins, NOTHING } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import { memberOf, parseJson, textMember } from './shared/json.ts';
import { ask } from './shared/pair.ts';
import { firstCommand, parseLine } from './shared/text.ts';

export const nats = {
  id: 'nats',
  title: 'NATS',
  ports: [
    { port: 4222, over: 'tcp' },
    { port: 6222, over: 'tcp' },
  ],
  sources: ['NATS documentation: Client Protocol (INFO, CONNECT)'],
  depth: 1024,
  recognise,
  probe: { impact: 'listens', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = firstCommand(client, ['CONNECT', 'PING']);
  const info = parseInfo(server);
  if (asked === 'no' || info.kind === 'bad') return NO;
  if (info.kind === 'more') return client.length < 1024 ? WAIT : NO;
  return asked === 'yes' ? proved(info.value) : likely(info.value);
}

/** Only listens: the server tells at once who it is and whether it wants a login. */
function* dialogue(): Dialogue {
  const info = parseInfo(yield ask(NOTHING, parseInfo));
  return info.kind === 'ok' ? info.value : [];
}

/** `INFO {…}` in one line. */
function parseInfo(bytes: Uint8Array): Parsed<readonly Fact[]> {
  if (begins(bytes, 'INFO {') === 'no') return bad('it does not begin with INFO');
  const line = parseLine(bytes);
  if (line.kind !== 'ok') return line;
  const info = parseJson(line.value.slice('INFO '.length));
  if (textMember(info, 'server_id') === undefined) return bad('no INFO of NATS');
  const version = textMember(info, 'version') ?? '';
  const name = textMember(info, 'server_name');
  const login = memberOf(info, 'auth_required') === true;
  const facts = [
    speaks('nats', /^[\w.+-]{1,32}$/.test(version) ? version : 'unknown'),
    access(login ? 'credentials' : 'open'),
    ...(name === undefined ? [] : [detail('server name', name)]),
  ];
  return { kind: 'ok', value: facts, size: line.size };
}
