import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, u32 } from '../serve.ts';
import { crc32 } from './crc32.ts';

const PREFIX = 0x000055aa;
const SUFFIX = 0x0000aa55;
const HEARTBEAT = 9;
const STATUS = 10;

/**
 * A binary protocol as in many cheap devices: prefix, sequence, command, length, payload, CRC-32,
 * suffix (frame 55AA of Tuya's protocol 3.3). A heartbeat is answered; anything that is no such
 * frame, or whose CRC is wrong, ends the connection.
 */
export function tuya(): () => Talk {
  return () => ({ hear });
}

function hear(received: Buffer): Answer {
  if (received.length >= 4 && received.readUInt32BE(0) !== PREFIX) return close('no prefix');
  if (received.length < 16) return MORE;
  const length = received.readUInt32BE(12);
  if (length < 8 || length > 4096) return close('a length that cannot be');
  const used = 16 + length;
  if (received.length < used) return MORE;
  if (!isWhole(received.subarray(0, used))) return close('a wrong CRC or suffix');
  return reply(used, answer(received.readUInt32BE(4), received.readUInt32BE(8)));
}

function isWhole(frame: Buffer): boolean {
  const checked = frame.subarray(0, frame.length - 8);
  return (
    frame.readUInt32BE(frame.length - 8) === crc32(checked) &&
    frame.readUInt32BE(frame.length - 4) === SUFFIX
  );
}

function answer(sequence: number, command: number): Buffer {
  // Without the local key only a heartbeat makes sense; all else is refused in clear text.
  const refused = command === STATUS ? 'json obj data unvalid' : 'data format error';
  const payload = Buffer.from(command === HEARTBEAT ? '' : refused);
  const code = u32(command === HEARTBEAT ? 0 : 1);
  const head = [u32(PREFIX), u32(sequence), u32(command), u32(payload.length + 12), code];
  const checked = Buffer.concat([...head, payload]);
  return Buffer.concat([checked, u32(crc32(checked)), u32(SUFFIX)]);
}
