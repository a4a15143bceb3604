import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';

/** The header before every Modbus/TCP message (Modbus Messaging on TCP/IP 1.0b §3.1.3). */
export interface Mbap {
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
}

/** It has no probe: nothing is sent to a controller that nobody asked to be scanned. */
export const modbus = {
  id: 'modbus',
  title: 'Modbus/TCP',
  ports: [
    { port: 502, over: 'tcp', iana: 'mbap' },
    { port: 802, over: 'tls', iana: 'mbap-s' },
  ],
  sources: [
    'Modbus Messaging on TCP/IP Implementation Guide 1.0b',
    'Modbus Application Protocol 1.1b3',
  ],
  depth: 8,
  recognise,
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const request = parseMbap(client);
  const response = parseMbap(server);
  if (request.kind === 'bad' || response.kind === 'bad') return NO;
  if (request.kind === 'more') return WAIT;
  const facts = [{ kind: 'speaks', protocol: 'modbus', version: 'unknown' }] as const;
  if (response.kind === 'more') return { kind: 'yes', certainty: 'likely', facts };

  // Seven bytes of header are weak: the pair must agree, or it is not proved but refuted.
  const paired =
    request.value.transaction === response.value.transaction &&
    request.value.unit === response.value.unit &&
    request.value.functionCode === (response.value.functionCode & 0x7f);
  return paired ? { kind: 'yes', certainty: 'proved', facts } : NO;
}

export function parseMbap(bytes: Uint8Array): Parsed<Mbap> {
  const reader = new Reader(bytes);
  const transaction = reader.u16();
  const protocol = reader.u16();
  const length = reader.u16();
  const unit = reader.u8();
  const functionCode = reader.u8();
  if (protocol !== 0) return bad('the protocol identifier is not 0');
  if (reader.failed) return MORE;
  if (length < 2 || length > 254) return bad('the length is out of range');
  if (functionCode === 0) return bad('no such function code');
  return { kind: 'ok', value: { transaction, unit, functionCode }, size: reader.offset };
}
