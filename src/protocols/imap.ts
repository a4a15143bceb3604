import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins, NOTHING } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import { parseLine, TEXT_CAP, textOf } from './shared/text.ts';

const DEPTH = 512;

export interface Greeting {
  readonly state: 'OK' | 'PREAUTH' | 'BYE';
  readonly text: string;
}

export const imap = {
  id: 'imap',
  title: 'IMAP',
  ports: [
    { port: 143, over: 'tcp', iana: 'imap' },
    { port: 993, over: 'tls', iana: 'imaps' },
  ],
  sources: ['RFC 9051', 'RFC 3501'],
  depth: DEPTH,
  recognise,
  fields: laterTlsFields,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = taggedCommand(client);
  const greeting = parseGreeting(server);
  if (asked === 'no' || greeting.kind === 'bad') return NO;
  if (greeting.kind === 'more') return asked === 'yes' ? likely([speaks('imap')]) : WAIT;
  const facts = factsOf(greeting.value);
  if (asked === 'yes') return proved(facts);
  return /IMAP/i.test(greeting.value.text) ? likely(facts) : WAIT;
}

/** Waits for the greeting, asks for the capabilities, and takes leave. */
function* dialogue(): Dialogue {
  const greeting = parseGreeting(
    yield { send: NOTHING, complete: (received) => parseGreeting(received).kind !== 'more' },
  );
  if (greeting.kind !== 'ok') return [];
  const answer = yield { send: ascii('a1 CAPABILITY\r\n'), complete: isTagged('a1') };
  yield { send: ascii('a2 LOGOUT\r\n'), complete: isTagged('a2') };
  const capabilities = /^\* CAPABILITY ([^\r\n]{1,2000})\r?$/m
    .exec(textOf(answer))?.[1]
    ?.split(' ');
  if (capabilities === undefined || !capabilities.some((name) => /^IMAP4/i.test(name))) return [];
  const tls = capabilities.some((name) => /^STARTTLS$/i.test(name)) ? 'offered' : 'not offered';
  return [...factsOf(greeting.value), detail('STARTTLS', tls)];
}

/** RFC 9051 §7.1: the greeting is an untagged OK, PREAUTH or BYE. */
export function parseGreeting(bytes: Uint8Array): Parsed<Greeting> {
  if (begins(bytes, '* ') === 'no') return bad('the greeting is untagged');
  const line = parseLine(bytes, DEPTH * 2);
  if (line.kind !== 'ok') return line;
  const match = /^\* (OK|PREAUTH|BYE)(?: (.*))?$/i.exec(line.value);
  const state = STATES.find((name) => name === match?.[1]?.toUpperCase());
  if (state === undefined) return bad('no greeting of IMAP');
  return { kind: 'ok', value: { state, text: match?.[2] ?? '' }, size: line.size };
}

const STATES = ['OK', 'PREAUTH', 'BYE'] as const;
/** What a client may say before it is logged in (RFC 9051 §6.1, §6.2), and ID (RFC 2971). */
const FIRST =
  /^[!-~]{1,20} (?:CAPABILITY|NOOP|LOGOUT|STARTTLS|AUTHENTICATE|LOGIN|ID|ENABLE)[ \r\n]/i;

function taggedCommand(client: Uint8Array): 'yes' | 'no' | 'more' {
  const start = textOf(client, 64);
  if (FIRST.test(start)) return 'yes';
  if (!/^[!-~]{0,20}(?: [A-Z]{0,12})?$/i.test(start)) return 'no';
  return start.length < 40 ? 'more' : 'no';
}

/** The server ends each answer with the command's tag. */
function isTagged(tag: string): (received: Uint8Array) => boolean {
  return (received) =>
    received.length >= TEXT_CAP ||
    (received.at(-1) === 0x0a &&
      textOf(received)
        .split('\n')
        .some((line) => line.startsWith(`${tag} `)));
}

function factsOf({ state, text }: Greeting): readonly Fact[] {
  return [
    speaks('imap'),
    // RFC 9051 §7.1.4: already authenticated by other means, here by nothing at all.
    ...(state === 'PREAUTH' ? [access('open')] : []),
    ...(text === '' ? [] : [detail('banner', text)]),
  ];
}
