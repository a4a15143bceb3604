import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins, NOTHING } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

/** Bytes of a ProtocolVersion message (RFC 6143 §7.1.1). */
const SIZE = 12;

export const vnc = {
  id: 'vnc',
  title: 'VNC (RFB)',
  ports: [
    { port: 5900, over: 'tcp', iana: 'rfb' },
    { port: 5901, over: 'tcp' },
  ],
  sources: ['RFC 6143 §7.1', 'IANA rfb (security types)'],
  depth: SIZE,
  recognise,
  probe: { impact: 'listens', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const ours = parseVersion(client);
  const theirs = parseVersion(server);
  if (ours.kind === 'bad' || theirs.kind === 'bad') return NO;
  if (theirs.kind === 'ok') {
    const facts = [speaks('vnc', theirs.value)];
    return ours.kind === 'ok' ? proved(facts) : likely(facts);
  }
  return ours.kind === 'ok' ? likely([speaks('vnc', ours.value)]) : WAIT;
}

/** Agrees on a version and reads which kinds of login are offered, but chooses none. */
function* dialogue(): Dialogue {
  const greeting = yield {
    send: NOTHING,
    complete: (received) => parseVersion(received).kind !== 'more',
  };
  const version = parseVersion(greeting);
  if (version.kind !== 'ok') return [];

  const common = commonVersion(version.value);
  const types = parseSecurityTypes(
    yield {
      send: ascii(`RFB ${common}\n`),
      complete: (received) => parseSecurityTypes(received, common).kind !== 'more',
    },
    common,
  );
  const speaking = speaks('vnc', version.value);
  return types.kind === 'ok' ? [speaking, ...accessOf(types.value)] : [speaking];
}

/** `RFB 003.008\n` -> `3.8`, told as it stands. */
export function parseVersion(bytes: Uint8Array): Parsed<string> {
  if (begins(bytes, 'RFB ') === 'no') return bad('it does not begin with RFB');
  if (bytes.length < SIZE) return MORE;
  const match = /^RFB (\d{3}\.\d{3})\n$/.exec(textOf(bytes, SIZE));
  if (match === null) return bad('no version of RFB');
  return { kind: 'ok', value: match[1] ?? '', size: SIZE };
}

/** Only 3.3, 3.7 and 3.8 were ever published; others are treated as one of them (§7.1.1). */
function commonVersion(version: string): '003.003' | '003.007' | '003.008' {
  if (version === '003.007') return '003.007';
  return version < '003.007' ? '003.003' : '003.008';
}

/** §7.1.2: a list; in 3.3 the server's own choice. An empty list is a refusal. */
export function parseSecurityTypes(bytes: Uint8Array, version: string): Parsed<readonly number[]> {
  const reader = new Reader(bytes);
  const types = version === '003.003' ? [reader.u32()] : [...reader.take(reader.u8())];
  if (reader.failed) return MORE;
  if (types.some((type) => type > 255)) return bad('no such security type');
  return { kind: 'ok', value: types.filter((type) => type !== 0), size: reader.offset };
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'None'],
  [2, 'VNC Authentication'],
  [16, 'Tight'],
  [18, 'TLS'],
  [19, 'VeNCrypt'],
  [30, 'Apple'],
]);

/**
 * Type 1 lets everybody in. Tight, TLS and VeNCrypt (16, 18, 19) only wrap a second list, which may
 * hold "None": of these nothing is said.
 */
function accessOf(types: readonly number[]): readonly Fact[] {
  if (types.length === 0) return [];
  const names = types.slice(0, 16).map((type) => NAMES.get(type) ?? `type ${type}`);
  const wrapped = types.some((type) => type === 16 || type === 18 || type === 19);
  return [
    ...(types.includes(1) ? [access('open')] : wrapped ? [] : [access('credentials')]),
    detail('security types', names.join(', ')),
  ];
}
