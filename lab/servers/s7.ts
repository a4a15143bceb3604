import type { LabHost } from '../device.ts';
import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, u16 } from '../serve.ts';

export interface Cpu {
  readonly order: string;
  readonly firmware: readonly [major: number, minor: number, patch: number];
  readonly name: string;
  readonly module: string;
  readonly serial: string;
}

const CONNECTION_REQUEST = 0xe0;
const DATA = 0xf0;
/** Functions of a job that change something: write variable, downloads, PLC control and stop. */
const WRITES = new Set([0x05, 0x1a, 0x1b, 0x1c, 0x28, 0x29]);

/**
 * S7 communication over ISO-on-TCP (RFC 1006 §6, X.224 class 0): connect, set up communication and
 * read the system status lists 0x0011 and 0x001C, as in Siemens' System Functions manual
 * (A5E02789976) ch. "System status lists".
 */
export function s7(host: LabHost, port: number, cpu: Cpu): () => Talk {
  return () => {
    let connected = false;
    return {
      hear(received) {
        const packet = tpkt(received);
        if (packet.kind !== 'packet') return packet;
        const { body, used } = packet;
        if (body[1] === CONNECTION_REQUEST && !connected) {
          connected = true;
          return connect(body, used);
        }
        // A data unit is 2 bytes of header long, and whole (end-of-transmission bit).
        if (!connected || body[0] !== 2 || body[1] !== DATA || body[2] !== 0x80) {
          return close('no data unit of class 0');
        }
        return job(host, port, cpu, body.subarray(3), used);
      },
    };
  };
}

function tpkt(received: Buffer): Answer | { kind: 'packet'; body: Buffer; used: number } {
  if ((received[0] ?? 3) !== 3 || (received[1] ?? 0) !== 0) return close('no TPKT');
  if (received.length < 4) return MORE;
  const used = received.readUInt16BE(2);
  if (used < 7 || used > 1024) return close('a length that cannot be');
  return received.length < used ? MORE : { kind: 'packet', body: received.subarray(4, used), used };
}

/** The destination TSAP must name a rack and slot (0x01, 0x02 or 0x03 first: PG, OP, basic). */
function connect(body: Buffer, used: number): Answer {
  if ((body[0] ?? 0) + 1 !== body.length || body.length < 7) return close('a header that lies');
  const parameters = body.subarray(7);
  if (parameters.indexOf(Buffer.from([0xc2, 2])) < 0) return close('no destination TSAP');
  const answer = Buffer.concat([
    Buffer.from([body.length - 1, 0xd0]),
    body.subarray(4, 6),
    Buffer.from([0x00, 0x03, 0x00]),
    parameters,
  ]);
  return reply(used, framed(answer));
}

function job(host: LabHost, port: number, cpu: Cpu, s7comm: Buffer, used: number): Answer {
  const [id, kind] = s7comm;
  if (id !== 0x32 || s7comm.length < 10) return close('no S7 communication');
  const parameters = s7comm.subarray(10, 10 + s7comm.readUInt16BE(6));
  const data = s7comm.subarray(10 + parameters.length);
  if (data.length !== s7comm.readUInt16BE(8)) return close('lengths that disagree');
  const code = parameters[0] ?? 0;
  if (kind === 1 && WRITES.has(code)) {
    host.log({ event: 'write', port, detail: s7comm.toString('hex') });
  }
  const reference = s7comm.subarray(4, 6);
  if (kind === 1 && code === 0xf0 && parameters.length === 8) {
    const setUp = Buffer.from([0xf0, 0, 0, 1, 0, 1, 0, 240]);
    return reply(used, message(3, reference, setUp, Buffer.alloc(0), true));
  }
  if (kind === 7 && isSzlRequest(parameters, data)) {
    return reply(used, szl(cpu, reference, data.readUInt16BE(4)));
  }
  // 0x8104: the context is not supported.
  return reply(used, message(3, reference, Buffer.from([code]), Buffer.alloc(0), 0x8104));
}

function isSzlRequest(parameters: Buffer, data: Buffer): boolean {
  return parameters.toString('hex', 0, 7) === '00011204114401' && data.length === 8;
}

function szl(cpu: Cpu, reference: Buffer, list: number): Buffer {
  const records = list === 0x11 ? modules(cpu) : list === 0x1c ? components(cpu) : undefined;
  const parameters = Buffer.from('00011208128401010000', 'hex');
  const end = records === undefined ? 0xd401 : 0; // "list does not exist here"
  const parametersWhole = Buffer.concat([parameters, u16(end)]);
  if (records === undefined) {
    return message(7, reference, parametersWhole, Buffer.from([0x0a, 0, 0, 0]), false);
  }
  const head = [u16(list), u16(0), u16(records[0]?.length ?? 0), u16(records.length)];
  const body = Buffer.concat([...head, ...records]);
  const data = Buffer.concat([Buffer.from([0xff, 0x09]), u16(body.length), body]);
  return message(7, reference, parametersWhole, data, false);
}

/** List 0x0011: index, order number (20 characters), type, two version words. */
function modules({ order, firmware: [major, minor, patch] }: Cpu): Buffer[] {
  const record = (index: number, a: number, b: number): Buffer =>
    Buffer.concat([u16(index), Buffer.from(order.padEnd(20)), u16(0), u16(a), u16(b)]);
  return [record(1, 1, 0), record(6, 1, 0), record(7, 0x5600 | major, (minor << 8) | patch)];
}

/** List 0x001C: index and 32 characters. */
function components(cpu: Cpu): Buffer[] {
  const record = (index: number, text: string): Buffer =>
    Buffer.concat([u16(index), Buffer.from(text.padEnd(32, '\0')).subarray(0, 32)]);
  return [
    record(1, cpu.name),
    record(2, cpu.module),
    record(4, 'Original Siemens Equipment'),
    record(5, cpu.serial),
    record(7, cpu.module),
  ];
}

/** @param error `false`: a form without error words; `true`: with none; else the two as one number */
function message(
  kind: number,
  reference: Buffer,
  parameters: Buffer,
  data: Buffer,
  error: boolean | number,
): Buffer {
  const words = error === false ? [] : [u16(typeof error === 'number' ? error : 0)];
  const head = [Buffer.from([0x32, kind, 0, 0]), reference, u16(parameters.length)];
  const whole = Buffer.concat([...head, u16(data.length), ...words, parameters, data]);
  return framed(Buffer.concat([Buffer.from([2, DATA, 0x80]), whole]));
}

function framed(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([3, 0]), u16(body.length + 4), body]);
}
