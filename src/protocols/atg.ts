import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { detail, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 64;
const SOH = '\u0001';

/** There is no probe: most gauges sit behind a serial line that one question at a time already fills. */
export const atg = {
  id: 'atg',
  title: 'Automatic tank gauge',
  ports: [{ port: 10_001, over: 'tcp' }],
  sources: ['Veeder-Root 576013-635 Serial Interface Manual §2.2, §7 (function codes)'],
  depth: DEPTH,
  fragile: true,
  recognise,
} as const satisfies Protocol;

/** The answer begins with the code that was asked. */
function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseCode(first.client, true),
    answered: parseCode(first.server, false),
    facts: (asked, answered) => {
      if (asked === undefined) return undefined;
      // Lower case asks for the form that machines read.
      const same = answered === undefined || asked.toUpperCase() === answered.toUpperCase();
      return same ? [speaks('atg'), detail('function', asked.toUpperCase())] : undefined;
    },
  });
}

/**
 * SOH, a security code of six characters where the gauge wants one, then `I` (inquire) or `S` (set),
 * three digits of the function and two of the tank. The answer has a line end or SOH before it.
 */
function parseCode(bytes: Uint8Array, asked: boolean): Parsed<string> {
  const text = textOf(bytes, DEPTH);
  const leads = asked ? [SOH] : [`${SOH}\r\n`, SOH, '\r\n', '\n'];
  const lead = leads.find((one) => text.startsWith(one));
  if (lead === undefined) return text === '' || text === '\r' ? MORE : bad('no start of header');
  const rest = text.slice(lead.length);
  const code = /^(?:[\w ]{6})?([IiSs][0-9A-C][0-9A-F]{2}\d\d)/.exec(rest)?.[1];
  if (code !== undefined) return { kind: 'ok', value: code, size: lead.length };
  return rest.length < 12 && /^[\w ]*$/.test(rest) ? MORE : bad('no function code');
}
