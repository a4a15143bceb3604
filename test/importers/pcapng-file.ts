/** Builds pcapng in either byte order, block by block. */
export interface Order {
  readonly isLittle: boolean;
}

export function section(order: Order, ...options: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([
    u32(order, 0x1a2b3c4d),
    u16(order, 1),
    u16(order, 0),
    Buffer.alloc(8, 0xff),
    ...options,
  ]);
  return block(order, 0x0a0d0d0a, body);
}

export function described(
  order: Order,
  linkType: number,
  ...options: readonly Uint8Array[]
): Buffer {
  const head = Buffer.concat([u16(order, linkType), u16(order, 0), u32(order, 0)]);
  return block(order, 1, Buffer.concat([head, ...options]));
}

export interface PacketParts {
  readonly id?: number;
  readonly high?: number;
  readonly low?: number;
  readonly captured?: number;
}

export function enhanced(
  order: Order,
  data: Uint8Array,
  { id = 0, high = 0, low = 0, captured = data.length }: PacketParts = {},
  ...options: readonly Uint8Array[]
): Buffer {
  const numbers = [id, high, low, captured, data.length].map((value) => u32(order, value));
  return block(order, 6, Buffer.concat([...numbers, padded(data), ...options]));
}

/** The obsolete packet block; 65,535 drops means that nobody knows. */
export function obsolete(order: Order, data: Uint8Array, low: number): Buffer {
  const numbers = [0, low, data.length, data.length].map((value) => u32(order, value));
  const head = [u16(order, 0), u16(order, 0xffff)];
  return block(order, 2, Buffer.concat([...head, ...numbers, padded(data)]));
}

export function simple(order: Order, data: Uint8Array): Buffer {
  return block(order, 3, Buffer.concat([u32(order, data.length), padded(data)]));
}

export function option(order: Order, code: number, value: Uint8Array): Buffer {
  return Buffer.concat([u16(order, code), u16(order, value.length), padded(value)]);
}

export function block(order: Order, type: number, body: Uint8Array): Buffer {
  const length = u32(order, body.length + 12);
  return Buffer.concat([u32(order, type), length, body, length]);
}

export function u16({ isLittle }: Order, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  if (isLittle) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

export function u32({ isLittle }: Order, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (isLittle) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(order: Order, value: bigint): Buffer {
  const halves = [u32(order, Number(value >> 32n)), u32(order, Number(value & 0xffffffffn))];
  return Buffer.concat(order.isLittle ? halves.toReversed() : halves);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
