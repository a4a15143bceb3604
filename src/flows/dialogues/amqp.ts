import { Reader } from '../../base/reader.ts';
import type { Dialogue, DialogueKind } from './dialogue.ts';
import { tellLogin } from './login.ts';
import { latin1, startsWith } from './text.ts';

/** AMQP 0-9-1 §4.2.3: a frame of a method; §1.4: connection (10), start-ok (11), tune (30), close (50). */
const METHOD = 1;
const CONNECTION = 10;
const START_OK = 11;
const TUNE = 30;
const CLOSE = 50;

export const amqp: DialogueKind = {
  id: 'amqp',
  begins: (bytes, side) => side === 'client' && startsWith(bytes, 'AMQP\0'),
  start(tell): Dialogue {
    let clear: boolean | undefined;
    return {
      said(side, bytes, context) {
        const method = methodIn(bytes);
        if (side === 'client' && method === START_OK) {
          clear = /PLAIN|AMQPLAIN/.test(latin1(bytes));
          tellLogin(tell, context, { protocol: 'amqp', outcome: 'tried', clear });
        }
        const isAnswer = side === 'server' && clear !== undefined;
        if (!isAnswer || (method !== TUNE && method !== CLOSE)) return true;
        const outcome = method === TUNE ? 'accepted' : 'refused';
        tellLogin(tell, context, { protocol: 'amqp', outcome, clear: clear === true });
        return false;
      },
    };
  },
};

/** Of class connection; -1 for anything else. */
function methodIn(bytes: Uint8Array): number {
  const reader = new Reader(bytes);
  const type = reader.u8();
  reader.skip(6);
  const group = reader.u16();
  const method = reader.u16();
  return reader.failed || type !== METHOD || group !== CONNECTION ? -1 : method;
}
