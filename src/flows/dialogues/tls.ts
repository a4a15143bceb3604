import { md5 } from '../../base/hash.ts';
import type { Handshake } from '../../model/observation.ts';
import { messagesOf } from '../../protocols/fields/tls.ts';
import { ascii, hexOf, NOTHING, sameBytes } from '../../protocols/shared/bytes.ts';
import { parseClientHello } from '../../protocols/shared/tls-client-hello.ts';
import { ja3Text } from '../../protocols/shared/tls-fingerprint.ts';
import { offerOf } from '../../protocols/shared/tls-offer.ts';
import { CONTENT, MESSAGE, readServerFlight } from '../../protocols/shared/tls-records.ts';
import { suiteName } from '../../protocols/shared/tls-suites.ts';
import { serverName } from '../sni.ts';
import type { CertificateFacts } from './certificate.ts';
import { certificateFacts } from './certificate.ts';
import type { Dialogue, DialogueContext, DialogueKind, Gaps, Side, Tell } from './dialogue.ts';

/** Octets of the server's flight and of the client's hello that are awaited. */
const FLIGHT = 24_576;
const HELLO = 4096;
/** Servers whose certificate, and hellos whose hash, are remembered: all come again and again. */
const KNOWN = 4096;

/** What both sides agreed on. The hello of the client and the flight of the server are kept whole. */
export const tls: DialogueKind = {
  id: 'tls',
  begins: (bytes, side) => side === 'client' && isHello(bytes),
  start: (tell) => new Tls(tell),
};

/** RFC 8446 §5.1: a record of a handshake, version 3.x, in which a hello begins. */
function isHello(bytes: Uint8Array): boolean {
  return bytes[0] === CONTENT.handshake && bytes[1] === 3 && bytes[5] === MESSAGE.clientHello;
}

class Tls implements Dialogue {
  readonly #tell: Tell;
  #hello = NOTHING;
  #flight = NOTHING;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext, { ahead, isCut }: Gaps): boolean {
    if (ahead > 0) return false;
    if (side === 'client') {
      if (this.#hello.length < HELLO) this.#hello = joined(this.#hello, bytes, HELLO);
      return true;
    }
    this.#flight = joined(this.#flight, bytes, FLIGHT);
    const { hello, certificates, complete, alert } = readServerFlight(this.#flight);
    if (alert !== undefined) return false;
    const isOver = complete || isCut || this.#flight.length >= FLIGHT;
    if (!isOver) return true;
    if (hello === undefined) return false;
    const { at, frame, client, server } = context;
    const [leaf] = certificates;
    const certificate = leaf === undefined ? undefined : knownCertificate(server, leaf);
    this.#tell({
      kind: 'handshake',
      at,
      ...(frame === undefined ? {} : { frame }),
      client,
      server,
      version: hello.version,
      cipher: suiteName(hello.suite),
      ...this.#asked(),
      ...(certificate === undefined ? {} : { certificate }),
    });
    return false;
  }

  #asked(): Pick<Handshake, 'sni' | 'ja3' | 'offer'> {
    const sni = serverName(this.#hello);
    const body = messagesOf(this.#hello).find(({ type }) => type === MESSAGE.clientHello)?.body;
    const hello = body === undefined ? undefined : parseClientHello(body);
    return {
      ...(sni === undefined ? {} : { sni }),
      ...(hello?.kind === 'ok'
        ? { ja3: hashOf(ja3Text(hello.value)), offer: offerOf(hello.value) }
        : {}),
    };
  }
}

function joined(before: Uint8Array, more: Uint8Array, cap: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(Math.min(cap, before.length + more.length));
  all.set(before);
  all.set(more.subarray(0, all.length - before.length), before.length);
  return all;
}

const hashes = new Map<string, string>();

function hashOf(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  if (hashes.size >= KNOWN) hashes.clear();
  const hash = hexOf(md5(ascii(text)));
  hashes.set(text, hash);
  return hash;
}

interface Known {
  readonly der: Uint8Array;
  readonly facts: CertificateFacts | undefined;
}

const certificatesOf = new Map<string, Known>();

/** Read once as long as the server shows the same. */
function knownCertificate(
  { address, port }: DialogueContext['server'],
  der: Uint8Array,
): CertificateFacts | undefined {
  const key = `${address} ${port}`;
  const known = certificatesOf.get(key);
  if (known !== undefined && sameBytes(known.der, der)) return known.facts;
  if (certificatesOf.size >= KNOWN) certificatesOf.clear();
  const facts = certificateFacts(der);
  certificatesOf.set(key, { der: der.slice(), facts });
  return facts;
}
