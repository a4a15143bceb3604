import { describe, expect, test } from 'vitest';
import { lpd } from '../../src/protocols/lpd.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

describe('lpd', () => {
  recognises(lpd, [
    ['a job', hex('\u0002lp\n\u000274 cfA001host\n'), '0000', 'proved'],
    ['a job that waits', hex('\u0002lp\n\u000274 cfA001host\n'), '', 'likely'],
    ['a queue alone', hex('\u0002lp\n'), '00', 'more'],
    ["a refusal, which could be anybody's", hex('\u0002lp\n\u000274 cfA001host\n'), '01', 'no'],
    ['a queue of control characters', '02 0102030a', '', 'no'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = lpd;
    expect(protocol.probe).toBeUndefined();
  });
});
