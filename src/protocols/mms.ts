import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { likely, proved, speaks } from './shared/facts.ts';
import { carriesMms } from './shared/mms-pdu.ts';
import type { TransportMessage } from './shared/tpkt.ts';
import { DATA, opening, transportMessages } from './shared/tpkt.ts';

const DEPTH = 256;

/**
 * What substations speak (IEC 61850). It is not asked: the transport's own connection request, which
 * `s7comm` sends on this port, shows that something is there, and no service here only reads.
 */
export const mms = {
  id: 'mms',
  title: 'MMS (IEC 61850)',
  ports: [{ port: 102, over: 'tcp', iana: 'iso-tsap' }],
  sources: [
    'ISO 9506-2 §7',
    'IEC 61850-8-1 §6.2',
    'ITU-T X.225 §8.3',
    'ITU-T X.226 §8.4.2',
    'RFC 1006',
  ],
  depth: DEPTH,
  fragile: true,
  recognise,
  overhear,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const start = opening(first, DEPTH);
  if (start.kind !== 'open') return start;
  const { question, answers } = start;
  if (question === undefined || !isMms(question)) return NO;
  return (answers.some(isMms) ? proved : likely)([speaks('mms')]);
}

/** One side's messages are enough where the other's break the rules of the transport. */
function overhear({ client, server }: Overheard): Recognition {
  const said = [client, server].flatMap((side) => transportMessages(side, DEPTH).messages);
  return said.some(isMms) ? likely([speaks('mms')]) : NO;
}

function isMms({ type, data }: TransportMessage): boolean {
  return type === DATA && carriesMms(data);
}
