import { Reader } from '../../base/reader.ts';
import type { Handshake } from '../../model/observation.ts';
import { joined, withoutCookie } from '../../protocols/fields/tls.ts';
import {
  CLIENT_HELLO,
  DTLS_1_0,
  DTLS_1_2,
  HANDSHAKE,
  parseRecord,
  readFlight,
  SERVER_HELLO,
} from '../../protocols/shared/dtls-records.ts';
import type { ClientHello } from '../../protocols/shared/tls-client-hello.ts';
import { parseClientHello, readExtensions } from '../../protocols/shared/tls-client-hello.ts';
import { offerOf } from '../../protocols/shared/tls-offer.ts';
import { suiteName } from '../../protocols/shared/tls-suites.ts';
import { nameOf } from '../sni.ts';
import type { Dialogue, DialogueContext, DialogueKind, Side, Tell } from './dialogue.ts';

/** Octets of each side that are kept: hellos with a cookie and one without. */
const KEPT = 8192;
/** Datagrams after which it is no handshake that one waits for. */
const MOST = 16;
const DTLS_1_3 = 0xfefc;
const SUPPORTED_VERSIONS = 43;
const SERVER_NAME = 0;

/** What both sides of DTLS agreed on, as soon as the server has said so. */
export const dtls: DialogueKind = {
  id: 'dtls',
  datagrams: true,
  begins: (bytes, side) => side === 'client' && isHello(bytes),
  start: (tell) => new Dtls(tell),
};

/** RFC 6347 §4.2.2, RFC 9147 §5.3: a record of a handshake in which a hello begins. */
function isHello(bytes: Uint8Array): boolean {
  const record = bytes[0] === HANDSHAKE ? parseRecord(bytes, bytes.length) : undefined;
  return record?.kind === 'ok' && record.value.fragment[0] === CLIENT_HELLO;
}

class Dtls implements Dialogue {
  readonly #tell: Tell;
  #asked: Uint8Array[] = [];
  #answered: Uint8Array[] = [];
  #kept = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    const list = side === 'client' ? this.#asked : this.#answered;
    this.#kept += bytes.length;
    if (this.#kept > KEPT || this.#asked.length + this.#answered.length >= MOST) return false;
    list.push(bytes.slice());
    if (side === 'client') return true;
    const answer = readFlight(joined(this.#answered));
    if (answer.alert !== undefined) return false;
    const message = answer.messages.get(SERVER_HELLO);
    if (message === undefined) return true;
    const agreed = agreedIn(message);
    if (agreed === undefined) return false;
    const { at, frame, client, server } = context;
    this.#tell({
      kind: 'handshake',
      at,
      ...(frame === undefined ? {} : { frame }),
      client,
      server,
      transport: 'udp',
      ...agreed,
      ...offered(this.#asked),
    });
    return false;
  }
}

/** The last one: after a HelloVerifyRequest the hello comes again. */
function offered(datagrams: readonly Uint8Array[]): Pick<Handshake, 'sni' | 'offer'> {
  for (const datagram of datagrams.toReversed()) {
    const body = readFlight(datagram).messages.get(CLIENT_HELLO);
    const hello = body === undefined ? undefined : parseClientHello(withoutCookie(body));
    if (hello?.kind === 'ok') return { ...nameIn(hello.value), offer: offerOf(hello.value) };
  }
  return {};
}

function nameIn({ extensions }: ClientHello): Pick<Handshake, 'sni'> {
  const body = extensions.find(({ type }) => type === SERVER_NAME)?.body;
  const sni = body === undefined ? undefined : nameOf(body);
  return sni === undefined ? {} : { sni };
}

/** RFC 5246 §7.4.1.3; RFC 9147 §5.3 says 1.3 by an extension. */
function agreedIn(message: Uint8Array): Pick<Handshake, 'version' | 'cipher'> | undefined {
  const reader = new Reader(message);
  const legacy = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  const suite = reader.u16();
  reader.skip(1);
  if (reader.failed) return undefined;
  const extensions = reader.left < 2 ? [] : readExtensions(reader.take(reader.u16()));
  const chosen = extensions.find(({ type }) => type === SUPPORTED_VERSIONS)?.body;
  const version = NAMES.get(chosen?.length === 2 ? new Reader(chosen).u16() : legacy);
  return version === undefined ? undefined : { version, cipher: suiteName(suite) };
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [DTLS_1_0, 'DTLSv1.0'],
  [DTLS_1_2, 'DTLSv1.2'],
  [DTLS_1_3, 'DTLSv1.3'],
]);
