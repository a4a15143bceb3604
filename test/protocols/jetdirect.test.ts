import { describe, expect, test } from 'vitest';
import { jetdirect } from '../../src/protocols/jetdirect.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

const UEL = '\u001b%-12345X';

describe('jetdirect', () => {
  recognises(jetdirect, [
    ['a job alone', hex(`${UEL}@PJL JOB\r\n`), '', 'likely'],
    [
      'an inquiry without the escape',
      hex('@PJL INFO ID\r\n'),
      hex('@PJL INFO ID\r\n"X"\r\n\f'),
      'proved',
    ],
    ['half an escape', hex('\u001b%-123'), '', 'more'],
    ['PostScript', hex('%!PS-Adobe-3.0\n'), '', 'no'],
    [
      'a printer that answers in another language',
      hex(`${UEL}@PJL INFO ID\r\n`),
      hex('HTTP/1.1 400\r\n'),
      'no',
    ],
  ]);

  test('is fragile and has no probe: every byte might be printed', () => {
    const protocol: Protocol = jetdirect;
    expect([protocol.fragile, protocol.probe]).toEqual([true, undefined]);
  });
});
