import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 64;

/** There is no probe: a repository would have to be asked for by name. */
export const git = {
  id: 'git',
  title: 'Git',
  ports: [{ port: 9418, over: 'tcp', iana: 'git' }],
  sources: ['Git documentation: gitprotocol-pack (Git Transport), gitprotocol-common (pkt-line)'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parsePacket(first.client, /^git-(?:upload|receive)-(?:pack|archive) \//, 18),
    answered: parseAnswer(first.server),
    // Four digits of an answer alone could be anybody's.
    facts: (asked) => (asked === undefined ? undefined : [speaks('git')]),
  });
}

/** The first reference, a version, an error, or at once the end of the list (an empty repository). */
function parseAnswer(bytes: Uint8Array): Parsed<number> {
  if (textOf(bytes, 4) === '0000') return { kind: 'ok', value: 0, size: 4 };
  return parsePacket(bytes, /^(?:ERR |version \d|[\da-f]{40} )/, 41);
}

/** Four hexadecimal digits of length, then what must be there within `size` characters. */
function parsePacket(bytes: Uint8Array, content: RegExp, size: number): Parsed<number> {
  const text = textOf(bytes, DEPTH);
  if (!/^[\da-f]{0,4}$/.test(text.slice(0, 4))) return bad('no pkt-line');
  if (text.length < 4) return MORE;
  const length = Number.parseInt(text.slice(0, 4), 16);
  if (length < 8 || length > 65_520) return bad('no such length');
  if (content.test(text.slice(4))) return { kind: 'ok', value: length, size: length };
  return text.length < Math.min(length, size + 4) ? MORE : bad('another content');
}
