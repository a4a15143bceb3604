import { Reader } from '../base/reader.ts';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
/** Extensions that are looked at. */
const EXTENSIONS = 64;

/** The server's name in a ClientHello (RFC 6066 §3), as far as it came; undefined for none. */
export function serverName(stream: Uint8Array): string | undefined {
  const record = new Reader(stream);
  if (record.u8() !== HANDSHAKE) return undefined;
  record.skip(2);
  const hello = new Reader(record.take(Math.min(record.u16(), record.left)));
  if (hello.u8() !== CLIENT_HELLO) return undefined;
  hello.skip(3 + 2 + 32);
  hello.skip(hello.u8());
  hello.skip(hello.u16());
  hello.skip(hello.u8());
  hello.skip(2);
  for (let count = 0; hello.left > 0 && count < EXTENSIONS; count += 1) {
    const type = hello.u16();
    const body = hello.take(hello.u16());
    if (type === SERVER_NAME && !hello.failed) return nameOf(body);
  }
  return undefined;
}

/** In the body of the extension. */
export function nameOf(body: Uint8Array): string | undefined {
  const list = new Reader(body);
  list.skip(2);
  if (list.u8() !== 0) return undefined;
  const name = list.text(list.u16());
  return list.failed || name === '' ? undefined : name.toLowerCase();
}
