import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { attribute, likely, proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

/** Universal Exit Language: ends whatever language the printer is in, and PJL follows. */
const UEL = '\u001b%-12345X';
const DEPTH = 256;

/**
 * There is no probe: whatever is sent to this port may be printed. A job or an inquiry in PJL that
 * others send is recognised.
 */
export const jetdirect = {
  id: 'jetdirect',
  title: 'Raw printing (AppSocket, JetDirect)',
  ports: [{ port: 9100, over: 'tcp', iana: 'pdl-datastream' }],
  sources: ['HP Printer Job Language Technical Reference Manual (5021-0380), chapters 2 and 4'],
  depth: DEPTH,
  fragile: true,
  recognise,
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = beginsPjl(textOf(client, DEPTH));
  const answered = readback(textOf(server, DEPTH));
  if (asked === 'no' || answered === 'no') return NO;
  if (asked === 'more') return WAIT;
  if (answered !== 'yes') return likely([speaks('jetdirect')]);
  const model = /^@PJL INFO ID\r?\n"?([^"\r\n\f]{1,80})/.exec(textOf(server, DEPTH))?.[1];
  return proved([speaks('jetdirect'), ...(model === undefined ? [] : [attribute('model', model)])]);
}

function beginsPjl(text: string): 'yes' | 'no' | 'more' {
  const start = text.startsWith(UEL) ? text.slice(UEL.length) : text;
  if (start.startsWith('@PJL')) return 'yes';
  const open = `${UEL}@PJL`.startsWith(text) || '@PJL'.startsWith(start);
  return open ? 'more' : 'no';
}

/** A printer repeats the command before the answer, and ends it with a form feed (chapter 4). */
function readback(text: string): 'yes' | 'no' | 'more' {
  if (text.startsWith('@PJL ')) return 'yes';
  return '@PJL '.startsWith(text) ? 'more' : 'no';
}
