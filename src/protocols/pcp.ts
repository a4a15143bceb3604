import { pcpFields } from './fields/port-mapping.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { likely, proved, speaks } from './shared/facts.ts';
import { PCP_SIZE_CAP, parsePcp } from './shared/pcp-message.ts';

/** Of the server; it announces itself to 5350 (RFC 6887 §19.1). */
const PORT = 5351;

/**
 * There is no probe: a question must name our own address as the server sees it (§8.1), and a server
 * of this protocol tells by its answer to NAT-PMP's question that it is one (appendix A).
 */
export const pcp = {
  id: 'pcp',
  title: 'Port Control Protocol',
  ports: [{ port: PORT, over: 'udp' }],
  sources: ['RFC 6887 §7, §8, §11, §12, §14, appendix A'],
  depth: PCP_SIZE_CAP + 1,
  recognise,
  overhear,
  fields: pcpFields,
} as const satisfies Protocol;

function recognise({ client, server, transport }: FirstBytes): Recognition {
  const asked = parsePcp(client);
  const answered = parsePcp(server);
  if (transport === 'tcp' || asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return client.length > 0 && server.length > 0 ? NO : WAIT;
  if (asked.value.isResponse) return NO;
  if (answered.kind === 'more') return server.length > 0 ? NO : WAIT;
  const { isResponse, opcode } = answered.value;
  return isResponse && opcode === asked.value.opcode ? proved([speaks('pcp', '2')]) : NO;
}

/** A question that nobody answers, to where such questions go. */
function overhear({ client, server, transport, serverPort }: Overheard): Recognition {
  const asked = parsePcp(client);
  if (transport !== 'udp' || serverPort !== PORT || server.length > 0) return NO;
  return asked.kind === 'ok' && !asked.value.isResponse ? likely([speaks('pcp', '2')]) : NO;
}
