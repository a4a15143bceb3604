import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { readInitials } from '../shared/quic-initial.ts';
import { handshakeFields, splitMessages } from './tls.ts';

/** TLS rides in CRYPTO frames, without records (RFC 9001 §4). */
export function quicFields({ client, server, datagrams }: FirstBytes): readonly Field[] {
  const all = datagrams ?? { client: [client], server: [server] };
  const { client: asked, server: answered } = readInitials(all.client, all.server);
  return handshakeFields(splitMessages(asked), splitMessages(answered), 'q');
}
