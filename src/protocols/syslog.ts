import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { likely, proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 96;
/** The header of RFC 5424 §6.2: priority, version 1, and a time in RFC 3339 or nothing. */
const MODERN =
  /^(?:\d{1,5} )?<(?:\d|[1-9]\d|1[0-8]\d|19[01])>1 (?:-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,13}) \S/;
/** RFC 3164 §4.1: priority, and a time without a year. */
const OLD =
  /^<(?:\d|[1-9]\d|1[0-8]\d|19[01])>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d /;
/** Characters within which the longest header of either kind has reached its time. */
const HEADER_CAP = 60;

/**
 * RFC 3164 §4.1.1 and §4.3.3: only the priority must be there; routers and small systems put a
 * number, a time of their own, or nothing between it and the text.
 */
const LAX = /^(?:\d{1,5} )?<(?:\d|[1-9]\d|1[0-8]\d|19[01])>[\x20-\x7e\t]{4}/;

/** There is no probe: whatever is sent there is written down, and nothing is answered. */
export const syslog = {
  id: 'syslog',
  title: 'Syslog',
  ports: [
    { port: 514, over: 'udp', iana: 'syslog' },
    { port: 601, over: 'tcp', iana: 'syslog-conn' },
    { port: 6514, over: 'tls', iana: 'syslog-tls' },
  ],
  sources: ['RFC 5424 §6', 'RFC 3164 §4.1', 'RFC 5426 §4', 'RFC 6587 §3.4'],
  depth: DEPTH,
  recognise,
  overhear,
} as const satisfies Protocol;

/**
 * Only one side ever speaks (RFC 5426 §1: simplex), so its silence is the other half of the grammar,
 * and one full header of today's form is proof. Whatever is answered is not syslog.
 */
function recognise({ client, server }: FirstBytes): Recognition {
  if (server.length > 0) return NO;
  const text = textOf(client, DEPTH);
  if (MODERN.test(text)) return proved([speaks('syslog', 'RFC 5424')]);
  if (OLD.test(text)) return likely([speaks('syslog', 'RFC 3164')]);
  const open = /^(?:\d{0,5} ?<?|(?:\d{1,5} )?<\d{1,3}(?:>.*)?)$/s.test(text);
  return open && text.length < HEADER_CAP ? WAIT : NO;
}

function overhear({ client, server }: Overheard): Recognition {
  const lax = server.length === 0 && LAX.test(textOf(client, DEPTH));
  return lax ? likely([speaks('syslog', 'RFC 3164')]) : NO;
}
