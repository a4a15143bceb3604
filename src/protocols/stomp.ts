import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { detail, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 512;
const ASKED = ['CONNECT', 'STOMP'];
const ANSWERED = ['CONNECTED', 'ERROR'];

/** There is no probe: whoever connects is a client of the broker, and may be counted as a wrong one. */
export const stomp = {
  id: 'stomp',
  title: 'STOMP',
  ports: [
    { port: 61_613, over: 'tcp' },
    { port: 61_614, over: 'tls' },
  ],
  sources: ['https://stomp.github.io/stomp-specification-1.2.html (STOMP Frames, Connecting)'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

interface Frame {
  readonly command: string;
  readonly version: string;
  readonly server: string;
}

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseFrame(first.client, ASKED),
    answered: parseFrame(first.server, ANSWERED),
    facts: (asked, answered) => {
      // An ERROR alone has no word of its own.
      if (asked === undefined && answered?.command !== 'CONNECTED') return undefined;
      const product = answered?.server ?? '';
      return [
        speaks('stomp', answered?.version || 'unknown'),
        ...(product === '' ? [] : [detail('product', product)]),
      ];
    },
  });
}

/** A command, headers of `name:value`, an empty line; heart-beats may stand before it. */
function parseFrame(bytes: Uint8Array, commands: readonly string[]): Parsed<Frame> {
  const text = textOf(bytes, DEPTH).replace(/^[\r\n]{1,8}/, '');
  const more = bytes.length < DEPTH ? MORE : bad('the headers do not end');
  const end = text.search(/\r?\n/);
  const command = end === -1 ? text : text.slice(0, end);
  if (end === -1) return commands.some((one) => one.startsWith(command)) ? more : bad('no command');
  if (!commands.includes(command)) return bad('no command');
  // What follows the last line end is not a whole line yet.
  const lines = text.slice(end).split(/\r?\n/).slice(1, -1);
  const empty = lines.indexOf('');
  const headers = empty === -1 ? lines : lines.slice(0, empty);
  if (headers.some((line) => !/^[^\s:\0][^:\0]{0,255}:/.test(line))) return bad('no header');
  if (empty === -1) return more;
  const value = (name: string): string =>
    headers.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
  const named = ['accept-version', 'host', 'login', 'version', 'session', 'message', 'heart-beat'];
  const known = named.some((name) => value(name) !== '');
  // STOMP 1.0 had no header that must be there.
  if (!known && command !== 'CONNECTED') return bad('no header of a connection');
  const server = value('server');
  return { kind: 'ok', value: { command, version: value('version'), server }, size: end };
}
