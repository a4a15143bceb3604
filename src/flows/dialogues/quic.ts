import type { Handshake } from '../../model/observation.ts';
import { splitMessages } from '../../protocols/fields/tls.ts';
import { isClientInitial, readInitials } from '../../protocols/shared/quic-initial.ts';
import type { ClientHello } from '../../protocols/shared/tls-client-hello.ts';
import { parseClientHello } from '../../protocols/shared/tls-client-hello.ts';
import { offerOf } from '../../protocols/shared/tls-offer.ts';
import { MESSAGE, parseServerHello } from '../../protocols/shared/tls-records.ts';
import { suiteName } from '../../protocols/shared/tls-suites.ts';
import { nameOf } from '../sni.ts';
import type { Dialogue, DialogueContext, DialogueKind, Side, Tell } from './dialogue.ts';

/** Datagrams of each side that are kept: hellos in pieces, and one more after a Retry. */
const MOST = 4;
const SERVER_NAME = 0;
/**
 * quic_transport_parameters, and what drafts had for it (RFC 9001 §8.2). Every client of QUIC sends
 * it, so that it tells no software from another.
 */
const OF_QUIC: ReadonlySet<number> = new Set([57, 0xffa5]);

/** QUIC is TLS 1.3 in datagrams (RFC 9001 §4): what both sides say first can be read by anybody. */
export const quic: DialogueKind = {
  id: 'quic',
  datagrams: true,
  begins: (bytes, side) => side === 'client' && isClientInitial(bytes),
  start: (tell) => new Quic(tell),
};

class Quic implements Dialogue {
  readonly #tell: Tell;
  readonly #asked: Uint8Array[] = [];
  readonly #answered: Uint8Array[] = [];

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    const list = side === 'client' ? this.#asked : this.#answered;
    if (list.length >= MOST) return false;
    list.push(bytes.slice());
    if (side === 'client') return true;
    const { client, server } = readInitials(this.#asked, this.#answered);
    const agreed = agreedIn(server);
    // A Retry (RFC 9000 §8.1) or an acknowledgement: the hello is still to come.
    if (agreed === undefined) return true;
    const { at, frame, client: asker, server: answerer } = context;
    this.#tell({
      kind: 'handshake',
      at,
      ...(frame === undefined ? {} : { frame }),
      client: asker,
      server: answerer,
      transport: 'udp',
      ...agreed,
      ...offered(client),
    });
    return false;
  }
}

function agreedIn(handshake: Uint8Array): Pick<Handshake, 'version' | 'cipher'> | undefined {
  const body = bodyOf(handshake, MESSAGE.serverHello);
  const hello = body === undefined ? undefined : parseServerHello(body);
  if (hello?.kind !== 'ok') return undefined;
  return { version: hello.value.version, cipher: suiteName(hello.value.suite) };
}

function offered(handshake: Uint8Array): Pick<Handshake, 'sni' | 'offer'> {
  const body = bodyOf(handshake, MESSAGE.clientHello);
  const hello = body === undefined ? undefined : parseClientHello(body);
  if (hello?.kind !== 'ok') return {};
  const offer = offerOf(hello.value);
  const extensions = offer.extensions.filter((type) => !OF_QUIC.has(type));
  return { ...nameIn(hello.value), offer: { ...offer, extensions } };
}

function bodyOf(handshake: Uint8Array, type: number): Uint8Array | undefined {
  return splitMessages(handshake).find((message) => message.type === type)?.body;
}

function nameIn({ extensions }: ClientHello): Pick<Handshake, 'sni'> {
  const body = extensions.find(({ type }) => type === SERVER_NAME)?.body;
  const sni = body === undefined ? undefined : nameOf(body);
  return sni === undefined ? {} : { sni };
}
