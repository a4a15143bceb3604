import { Reader } from '../../base/reader.ts';
import { ascii } from './bytes.ts';

/** RFC 9113 §3.4: what a client of version 2 begins with. */
export const PREFACE = ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const SETTINGS = 0x04;
/** Settings of six bytes each (RFC 9113 §6.5.1): servers send up to eight. */
const LENGTH_CAP = 96;

/** Whether a server begins with SETTINGS, as RFC 9113 §3.4 demands: on stream 0, no ACK. */
export function isSettings(bytes: Uint8Array): 'yes' | 'no' | 'more' {
  const reader = new Reader(bytes);
  const length = reader.u24();
  const type = reader.u8();
  const flags = reader.u8();
  const stream = reader.u32();
  if (reader.failed) return isStart(bytes) ? 'more' : 'no';
  const fits = length % 6 === 0 && length <= LENGTH_CAP;
  return fits && type === SETTINGS && flags === 0 && stream === 0 ? 'yes' : 'no';
}

/** Two zero bytes, a length, the type, and zero bytes: as far as they have come. */
function isStart(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => at === 2 || byte === (at === 3 ? SETTINGS : 0));
}
