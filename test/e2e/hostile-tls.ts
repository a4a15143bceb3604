/** TLS 1.2 whose every text is one that a stranger chose: server name and certificate. */

/** RFC 5246 §7.4.1.2 with the server name of RFC 6066 §3. */
export function client12(text: string): Buffer {
  const name = Buffer.from(text).subarray(0, 200);
  const entry = Buffer.concat([Buffer.from([0]), u16(name.length), name]);
  const list = Buffer.concat([u16(entry.length), entry]);
  const extensions = Buffer.concat([u16(0), u16(list.length), list]);
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 0x5a),
    Buffer.from([0]),
    u16(4),
    u16(0xc02f),
    u16(0x009c),
    Buffer.from([1, 0]),
    u16(extensions.length),
    extensions,
  ]);
  return record(handshake(1, body));
}

/** ServerHello, Certificate and ServerHelloDone (RFC 5246 §7.4.1.3, §7.4.2, §7.4.5). */
export function records12(certificate: Uint8Array): Buffer {
  const hello = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 0xa5),
    Buffer.from([0]),
    u16(0xc02f),
    Buffer.from([0]),
  ]);
  const chain = Buffer.concat([u24(certificate.length + 3), u24(certificate.length), certificate]);
  const messages = [handshake(2, hello), handshake(11, chain), handshake(14, Buffer.alloc(0))];
  return Buffer.concat(messages.map((one) => record(one)));
}

/** RFC 5280 §4.1: names in UTF-8, two years, a key that nobody has. */
export function certificateOf(text: string): Buffer {
  const value = Buffer.from(text).subarray(0, 100);
  const named = (last: number): Buffer =>
    der(0x31, der(0x30, der(6, Buffer.from([0x55, 4, last])), der(0x0c, value)));
  const name = der(0x30, named(3), named(10), named(11));
  const times = der(
    0x30,
    der(0x17, Buffer.from('260101000000Z')),
    der(0x17, Buffer.from('280101000000Z')),
  );
  const rsa = der(0x30, der(6, Buffer.from('2a864886f70d01010b', 'hex')), der(5));
  const key = der(
    0x30,
    der(0x30, der(6, Buffer.from('2a864886f70d010101', 'hex')), der(5)),
    der(
      3,
      Buffer.from([0]),
      der(0x30, der(2, Buffer.alloc(129, 0x01)), der(2, Buffer.from([1, 0, 1]))),
    ),
  );
  const names = der(0x30, der(0x82, value), der(0x86, value));
  const extension = der(0x30, der(6, Buffer.from([0x55, 0x1d, 0x11])), der(4, names));
  const body = der(
    0x30,
    der(0xa0, der(2, Buffer.from([2]))),
    der(2, Buffer.from([1])),
    rsa,
    name,
    times,
    name,
    key,
    der(0xa3, der(0x30, extension)),
  );
  return der(0x30, body, rsa, der(3, Buffer.alloc(129)));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const length =
    value.length < 128 ? [value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function handshake(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type]), u24(body.length), body]);
}

function record(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([22]), u16(0x0303), u16(message.length), message]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function u24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
}
