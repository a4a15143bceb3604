import { Reader } from '../../base/reader.ts';
import { parseConnack, parseConnect } from '../../protocols/mqtt.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellLogin } from './login.ts';

const CONNECT = 0x10;
const CONNACK = 0x20;
/** MQTT 3.1.1 §3.1.2.9: a password is sent. */
const PASSWORD = 0x40;
/** 3.1.1 §3.2.2.3 and 5.0 §3.2.2.2: bad user name or password, not authorised. */
const REFUSED = new Set([4, 5, 0x86, 0x87, 0x8c]);

export const mqtt: DialogueKind = {
  id: 'mqtt',
  begins: (bytes, side) =>
    side === 'client' && bytes[0] === CONNECT && parseConnect(bytes).kind === 'ok',
  start(tell): Dialogue {
    let hasPassword = false;
    return {
      said(side, bytes, context) {
        if (side === 'client') {
          hasPassword = hasPassword || (connectFlags(bytes) & PASSWORD) !== 0;
          return true;
        }
        if (bytes[0] !== CONNACK) return false;
        const answer = parseConnack(bytes);
        if (answer.kind !== 'ok') return false;
        const { code } = answer.value;
        const isRefused = REFUSED.has(code);
        // Without a password a refusal is no wrong guess yet, but one that was turned away.
        if (!hasPassword && !isRefused) return false;
        const outcome = isRefused ? 'refused' : 'accepted';
        tellLogin(tell, context, { protocol: 'mqtt', outcome, clear: hasPassword });
        return false;
      },
    };
  },
};

/** §3.1.2: behind the length, the name and the level. */
function connectFlags(bytes: Uint8Array): number {
  const reader = new Reader(bytes);
  if (reader.u8() !== CONNECT) return 0;
  for (let octets = 0; octets < 4 && reader.u8() >= 0x80; octets += 1);
  reader.skip(reader.u16());
  reader.skip(1);
  return reader.u8();
}
