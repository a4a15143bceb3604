import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { readFlight } from '../shared/dtls-records.ts';
import type { HandshakeMessage } from './tls.ts';
import { handshakeFields, joined } from './tls.ts';

/** A datagram holds whole records (RFC 6347 §4.1.1), so those of several can be joined. */
export function dtlsFields({ client, server, datagrams }: FirstBytes): readonly Field[] {
  const all = datagrams ?? { client: [client], server: [server] };
  return handshakeFields(messagesIn(all.client), messagesIn(all.server), 'd');
}

function messagesIn(datagrams: readonly Uint8Array[]): readonly HandshakeMessage[] {
  const { messages } = readFlight(joined(datagrams));
  return [...messages].map(([type, body]) => ({ type, body }));
}
