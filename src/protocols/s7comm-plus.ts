import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { likely, proved, speaks } from './shared/facts.ts';
import type { TransportMessage } from './shared/tpkt.ts';
import { DATA, opening } from './shared/tpkt.ts';

const MARK = 0x72;
/** Versions of a frame; from 0xFD on it keeps the connection alive or carries system events. */
const LAST_VERSION = 3;
const FIRST_SPECIAL = 0xfd;

/**
 * What S7-1200 and S7-1500 speak with their own tools and panels. It is not asked: `s7comm` asks on
 * the same port, and these controllers answer its set-up too.
 */
export const s7commPlus = {
  id: 's7comm-plus',
  title: 'Siemens S7 communication plus',
  ports: [{ port: 102, over: 'tcp', iana: 'iso-tsap' }],
  sources: [
    'RFC 1006',
    'RFC 905 §13',
    'https://plc4x.apache.org/plc4x/latest/protocols/s7/index.html (S7 Comm Plus)',
    'https://sourceforge.net/projects/s7commwireshark/ (field reference)',
    'IANA service-names-port-numbers',
  ],
  depth: 128,
  fragile: true,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const start = opening(first, s7commPlus.depth);
  if (start.kind !== 'open') return start;
  const { question, answers } = start;
  const version = question && versionOf(question);
  if (version === undefined) return NO;
  const answered = answers.some((answer) => versionOf(answer) !== undefined);
  return (answered ? proved : likely)([speaks('s7comm-plus', version)]);
}

function versionOf({ type, data }: TransportMessage): string | undefined {
  const [mark, version = 0] = data;
  if (type !== DATA || mark !== MARK) return undefined;
  if (version >= FIRST_SPECIAL) return 'unknown';
  return version >= 1 && version <= LAST_VERSION ? String(version) : undefined;
}
