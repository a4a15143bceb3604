import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply } from '../serve.ts';

/** Message types of ESPHome's native API (api.proto of esphome/aioesphomeapi). */
const HELLO = 1;
const CONNECT = 3;
const DISCONNECT = 5;
const PING = 7;
const DEVICE_INFO = 9;

export interface EspNode {
  readonly name: string;
  readonly mac: string;
  readonly version: string;
  readonly model: string;
}

/** The unencrypted frames of the native API: 0, length, type, protobuf. Each is answered by its pair. */
export function esphome(node: EspNode, misused: (why: string) => void): () => Talk {
  return () => ({
    hear(received) {
      const answer = hear(received, node);
      if (answer.kind === 'close') misused(answer.why);
      return answer;
    },
  });
}

function hear(received: Buffer, node: EspNode): Answer {
  if (received[0] !== 0) return close('no frame of the native API');
  const length = varint(received, 1);
  const type = length === undefined ? undefined : varint(received, length.end);
  if (length === undefined || type === undefined) {
    return received.length > 7 ? close('a number without end') : MORE;
  }
  if (length.value > 1024) return close('too long a message');
  const used = type.end + length.value;
  if (received.length < used) return MORE;
  const answer = answerTo(type.value, node);
  return answer === undefined ? close(`message ${type.value}`) : reply(used, answer);
}

function answerTo(type: number, node: EspNode): Buffer | undefined {
  switch (type) {
    case HELLO:
      return frame(2, [
        Buffer.from([0x08, 1, 0x10, 10]),
        text(3, `${node.name} (esphome v${node.version})`),
        text(4, node.name),
      ]);
    case CONNECT:
      return frame(4, []);
    case DISCONNECT:
      return frame(6, []);
    case PING:
      return frame(8, []);
    case DEVICE_INFO:
      return frame(10, [
        text(2, node.name),
        text(3, node.mac),
        text(4, node.version),
        text(6, node.model),
        text(12, 'Espressif'),
      ]);
    default:
      return undefined;
  }
}

function frame(type: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  return Buffer.concat([Buffer.from([0, ...varintBytes(body.length), type]), body]);
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varintBytes(bytes.length)]), bytes]);
}

function varintBytes(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

/** Of at most three bytes: nothing here is longer. */
function varint(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 3; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value |= (byte & 127) << (7 * index);
    if (byte < 128) return { value, end: at + index + 1 };
  }
  return undefined;
}
