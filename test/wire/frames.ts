/** Builds frames from their layers, so that a test shows what it is about. */
export function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(/\s/g, ''), 'hex');
}

export function join(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

export function ethernet(type: number, ...inside: readonly Uint8Array[]): Buffer {
  return join(hex('020000000002 020000000001'), u16(type), ...inside);
}

export interface Ipv4Text {
  readonly protocol?: number;
  readonly options?: Uint8Array;
  /** In octets. */
  readonly fragment?: number;
  readonly hasMore?: boolean;
  readonly id?: number;
  readonly total?: number;
  readonly source?: string;
}

/** 192.0.2.1 → 192.0.2.2 */
export function ipv4(text: Ipv4Text, ...inside: readonly Uint8Array[]): Buffer {
  const {
    protocol = 17,
    options = new Uint8Array(0),
    fragment = 0,
    hasMore = false,
    id = 7,
  } = text;
  const payload = join(...inside);
  const head = Buffer.alloc(20 + options.length);
  head[0] = 0x40 + head.length / 4;
  head.writeUInt16BE(text.total ?? head.length + payload.length, 2);
  head.writeUInt16BE(id, 4);
  head.writeUInt16BE(fragment / 8 + (hasMore ? 0x2000 : 0), 6);
  head[8] = 64;
  head[9] = protocol;
  head.set(hex(text.source ?? 'c0000201'), 12);
  head.set(hex('c0000202'), 16);
  head.set(options, 20);
  return join(head, payload);
}

/** 2001:db8::1 → 2001:db8::2 */
export function ipv6(next: number, ...inside: readonly Uint8Array[]): Buffer {
  const payload = join(...inside);
  const head = hex(`60000000 0000 0040
    20010db8000000000000000000000001 20010db8000000000000000000000002`);
  head.writeUInt16BE(payload.length, 4);
  head[6] = next;
  return join(head, payload);
}

/** Ports 40000 → 5683 unless told otherwise. */
export function udp(payload: Uint8Array, destination = 5683, source = 40_000): Buffer {
  return join(u16(source), u16(destination), u16(8 + payload.length), u16(0), payload);
}

/** Ports 40000 → 1883, PSH and ACK. */
export function tcp(payload: Uint8Array, options: Uint8Array = new Uint8Array(0)): Buffer {
  const size = ((20 + options.length) / 4) << 4;
  const head = hex('9c40 075b 80000001 90000002 0018 fff0 0000 0000');
  head[12] = size;
  return join(head, options, payload);
}

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

export const DATA = Buffer.from('payload!');
