import type { LabHost } from '../device.ts';
import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, u16 } from '../serve.ts';

/** Function codes that change something (Modbus Application Protocol 1.1b3 §6). */
const WRITES = new Set([5, 6, 15, 16, 21, 22, 23]);
const READ_IDENTIFICATION = 0x2b;
const MEI_IDENTIFICATION = 0x0e;

export interface Identity {
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
}

/**
 * Modbus/TCP: device identification and holding registers; a true exception for what it cannot do,
 * and no word for what is no Modbus (Messaging on TCP/IP 1.0b §3.1.3).
 */
export function modbus(host: LabHost, port: number, identity: Identity): () => Talk {
  return () => ({
    hear(received) {
      const frame = modbusFrame(received);
      if (frame.kind !== 'frame') return frame;
      const { pdu, unit, used } = frame;
      const code = pdu[0] ?? 0;
      if (WRITES.has(code)) host.log({ event: 'write', port, detail: pdu.toString('hex') });
      const answer = respond(pdu, identity);
      const head = Buffer.concat([received.subarray(0, 4), u16(answer.length + 1)]);
      return reply(used, Buffer.concat([head, Buffer.from([unit]), answer]));
    },
  });
}

export function modbusFrame(
  received: Buffer,
): Answer | { kind: 'frame'; unit: number; pdu: Buffer; used: number } {
  if (received.length >= 4 && received.readUInt16BE(2) !== 0) return close('not Modbus');
  if (received.length < 8) return MORE;
  const length = received.readUInt16BE(4);
  if (length < 2 || length > 254) return close('a length that cannot be');
  if (received.length < 6 + length) return MORE;
  const used = 6 + length;
  return { kind: 'frame', unit: received[6] ?? 0, pdu: received.subarray(7, used), used };
}

function respond(pdu: Buffer, identity: Identity): Buffer {
  const code = pdu[0] ?? 0;
  if (code === 3 && pdu.length === 5) return registers(pdu.readUInt16BE(1), pdu.readUInt16BE(3));
  if (code === READ_IDENTIFICATION && pdu[1] === MEI_IDENTIFICATION && pdu.length === 4) {
    return identification(pdu[2] ?? 0, pdu[3] ?? 0, identity);
  }
  return Buffer.from([code | 0x80, 1]);
}

function registers(start: number, count: number): Buffer {
  if (count < 1 || count > 125) return Buffer.from([0x83, 3]);
  if (start + count > 100) return Buffer.from([0x83, 2]);
  const values = Array.from({ length: count }, (_, index) => u16(230 + start + index));
  return Buffer.concat([Buffer.from([3, count * 2]), ...values]);
}

/** §6.21, basic objects 0 to 2, conformity level 0x81: streams and single objects. */
function identification(access: number, from: number, identity: Identity): Buffer {
  const all = [identity.vendor, identity.product, identity.revision];
  if (access === 4 && from >= all.length) return Buffer.from([0xab, 2]);
  if (access < 1 || access > 4) return Buffer.from([0xab, 3]);
  const wanted = access === 4 ? [from] : [0, 1, 2].slice(from < all.length ? from : 0);
  const objects = wanted.map((id) => {
    const text = Buffer.from(all[id] ?? '');
    return Buffer.concat([Buffer.from([id, text.length]), text]);
  });
  const head = [READ_IDENTIFICATION, MEI_IDENTIFICATION, access, 0x81, 0, 0, objects.length];
  return Buffer.concat([Buffer.from(head), ...objects]);
}
