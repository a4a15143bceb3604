/** Frames for captures: one TCP conversation of HTTP, and datagrams to nowhere. */

const SYN = 0x02;
const SYN_ACK = 0x12;
const ACK = 0x10;
const PUSH = 0x18;
const FIN = 0x11;

const CLIENT = { mac: '020000000001', address: 'c0000201' };
const SERVER = { mac: '020000000002', address: 'c0000202' };

/** A request and its answer, from the handshake to the end. */
export function httpConversation(port: number): Uint8Array[] {
  const ask = Buffer.from('GET / HTTP/1.1\r\nHost: thermostat.example\r\n\r\n');
  const tell = Buffer.from('HTTP/1.1 200 OK\r\nServer: little/1.0\r\nContent-Length: 0\r\n\r\n');
  const out = (flags: number, seq: number, ack: number, payload?: Buffer): Uint8Array =>
    segment(CLIENT, SERVER, [port, 8080], flags, seq, ack, payload);
  const back = (flags: number, seq: number, ack: number, payload?: Buffer): Uint8Array =>
    segment(SERVER, CLIENT, [8080, port], flags, seq, ack, payload);
  return [
    out(SYN, 1000, 0),
    back(SYN_ACK, 9000, 1001),
    out(ACK, 1001, 9001),
    out(PUSH, 1001, 9001, ask),
    back(PUSH, 9001, 1001 + ask.length, tell),
    out(FIN, 1001 + ask.length, 9001 + tell.length),
    back(FIN, 9001 + tell.length, 1002 + ask.length),
    out(ACK, 1002 + ask.length, 9002 + tell.length),
  ];
}

/** An attempt at a port that is refused. */
export function refused(port: number): Uint8Array[] {
  const RST_ACK = 0x14;
  return [
    segment(CLIENT, SERVER, [40_000 + port, port], SYN, 1000, 0),
    segment(SERVER, CLIENT, [port, 40_000 + port], RST_ACK, 0, 1001),
  ];
}

/** UDP of so many octets of payload, to a port. */
export function datagram(port: number, size: number): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(40_000, 0);
  head.writeUInt16BE(port, 2);
  head.writeUInt16BE(8 + size, 4);
  return packet(CLIENT, SERVER, 17, Buffer.concat([head, Buffer.alloc(size, 0x55)]));
}

/** The same frame within a VLAN (IEEE 802.1Q). */
export function tagged(frame: Uint8Array, vlan: number): Uint8Array {
  const tag = Buffer.alloc(4);
  tag.writeUInt16BE(0x8100, 0);
  tag.writeUInt16BE(vlan, 2);
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]);
}

type End = typeof CLIENT;

function segment(
  from: End,
  to: End,
  ports: readonly [number, number],
  flags: number,
  sequence: number,
  acknowledgement: number,
  payload: Buffer = Buffer.alloc(0),
): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(ports[0], 0);
  head.writeUInt16BE(ports[1], 2);
  head.writeUInt32BE(sequence, 4);
  head.writeUInt32BE(acknowledgement, 8);
  head[12] = 0x50;
  head[13] = flags;
  head.writeUInt16BE(64_240, 14);
  return packet(from, to, 6, Buffer.concat([head, payload]));
}

function packet(from: End, to: End, protocol: number, payload: Buffer): Uint8Array {
  const head = Buffer.from(
    `${to.mac}${from.mac}0800450000000001400040000000${from.address}${to.address}`,
    'hex',
  );
  head.writeUInt16BE(20 + payload.length, 16);
  head[23] = protocol;
  return Buffer.concat([head, payload]);
}
