import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { u16 } from '../serve.ts';

/** Milliseconds after which nobody waits for an answer any more. */
const PATIENCE = 2000;

/** What devices of the lab say to each other, each resolves when it is over, answered or not. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** Sends bytes, waits for the first answer, and hangs up. @returns whether anybody answered */
export function exchange({ address, port }: Target, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PATIENCE, () => end(false));
    socket.on('error', () => end(false)).on('close', () => resolve(false));
    socket.once('connect', () => socket.write(bytes)).once('data', () => end(true));
  });
}

/** Only whether somebody opens. */
export function knock({ address, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (opened: boolean): void => {
      socket.destroy();
      resolve(opened);
    };
    socket.setTimeout(PATIENCE / 2, () => end(false));
    socket.on('error', () => end(false)).once('connect', () => end(true));
  });
}

export function get(target: Target, path: string): Promise<boolean> {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${target.address}`, 'User-Agent: lab/1', '', ''];
  return exchange(target, Buffer.from(lines.join('\r\n')));
}

/** RFC 2326 §10.1 */
export function rtspOptions(target: Target): Promise<boolean> {
  const url = `rtsp://${target.address}:${target.port}/`;
  return exchange(target, Buffer.from(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`));
}

/** MQTT 3.1.1 §3.1, §3.3: connects, publishes once and leaves. */
export function publish(target: Target, client: string, topic: string): Promise<boolean> {
  const text = (value: string): Buffer => Buffer.concat([u16(value.length), Buffer.from(value)]);
  const hello = Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 60]), text(client)]);
  const message = Buffer.concat([text(topic), Buffer.from('21.5')]);
  const packet = (kind: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([kind, body.length]), body]);
  return exchange(target, Buffer.concat([packet(0x10, hello), packet(0x30, message)]));
}

/** Modbus Application Protocol 1.1b3 §6.3: reads ten holding registers. */
export function readRegisters(target: Target): Promise<boolean> {
  return exchange(target, modbus([3, 0, 0, 0, 10]));
}

/** The same, §6.6: writes one. */
export function writeRegister(target: Target, register: number, value: number): Promise<boolean> {
  return exchange(target, modbus([6, ...u16(register), ...u16(value)]));
}

function modbus(pdu: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([0, 1, 0, 0]), u16(pdu.length + 1), Buffer.from([1, ...pdu])]);
}

/** What a device does with its maker: a handshake, a few bytes, good-bye. */
export function callHome({ address, port }: Target, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: address, port, servername: name, rejectUnauthorized: false };
    const socket = connectTls(options, () => socket.write('status ok\n'));
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PATIENCE, () => end(false));
    socket.on('error', () => end(false)).on('close', () => end(false));
    socket.once('data', () => end(true));
  });
}

/** Asks for the address of a name (RFC 1035 §4.1). */
export function askName({ address, port }: Target, name: string): Promise<boolean> {
  const labels = name.split('.').map((label) => [label.length, ...Buffer.from(label)]);
  const head = [...u16(Math.floor(Math.random() * 65_536)), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const query = Buffer.from([...head, ...labels.flat(), 0, 0, 1, 0, 1]);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let isOver = false;
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      if (!isOver) socket.close();
      isOver = true;
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    socket.once('message', () => end(true)).on('error', () => end(false));
    // A network that is gone for a moment is told to the callback as well.
    socket.send(query, port, address, () => {});
  });
}
