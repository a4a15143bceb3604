import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { likely, proved, speaks } from './shared/facts.ts';
import { firstCommand, textOf } from './shared/text.ts';

const DEPTH = 256;

/** There is no probe: who connects must register under a name before anything can be asked. */
export const irc = {
  id: 'irc',
  title: 'IRC',
  ports: [
    { port: 6667, over: 'tcp' },
    { port: 194, over: 'tcp', iana: 'irc' },
    { port: 6697, over: 'tls', iana: 'ircs-u' },
  ],
  sources: ['RFC 2812 §2.3, §3.1, §5.1', 'RFC 1459', 'RFC 7194', 'IRCv3 capability negotiation'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = firstCommand(client, ['NICK', 'USER', 'PASS', 'CAP']);
  const answered = serverLine(textOf(server, DEPTH));
  if (asked === 'no' || answered === 'no') return NO;
  if (answered === 'more') return client.length < DEPTH ? WAIT : NO;
  return asked === 'yes' ? proved([speaks('irc')]) : likely([speaks('irc')]);
}

/**
 * `:server 001 nick`, `:server NOTICE * :…` or, before the server names itself, `NOTICE AUTH :…`.
 * PING is not enough: others have it too.
 */
function serverLine(text: string): 'yes' | 'no' | 'more' {
  if (/^(?::[\w.-]{1,63} (?:\d{3} |NOTICE |CAP )|NOTICE (?:AUTH|\*) :)/.test(text)) return 'yes';
  const start = /^(?::(?:[\w.-]{1,63}(?: [A-Z\d]{0,6})?)?)?$/.test(text);
  return start || 'NOTICE AUTH :'.startsWith(text) || 'NOTICE * :'.startsWith(text) ? 'more' : 'no';
}
