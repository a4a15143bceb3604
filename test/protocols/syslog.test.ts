import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { syslog } from '../../src/protocols/syslog.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

describe('syslog', () => {
  recognises(syslog, [
    [
      'a header of today',
      hex('<34>1 2003-10-11T22:14:15.003Z host su - ID47 - text'),
      '',
      'proved',
    ],
    [
      'the same, counted for a stream',
      hex('52 <34>1 2003-10-11T22:14:15.003Z host su - ID47 - text'),
      '',
      'proved',
    ],
    ['no time at all', hex('<0>1 - host su - - - text'), '', 'proved'],
    ['a header of old', hex('<13>Oct  1 22:14:15 host su: text'), '', 'likely'],
    ['half a header', hex('<34>1 2003-'), '', 'more'],
    [
      'a priority that does not exist',
      hex('<192>1 2003-10-11T22:14:15.003Z host su - ID47 - text, and more of it'),
      '',
      'no',
    ],
    ['HTML', hex('<html><head><title>not a log, but a page of the web</title></head>'), '', 'no'],
    ['an answer', hex('<34>1 - host su - ID47 - text'), hex('OK'), 'no'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = syslog;
    expect(protocol.probe).toBeUndefined();
  });
});
