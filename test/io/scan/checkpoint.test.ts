import { describe, expect, test } from 'vitest';
import { portsOf } from '../../../src/base/port-set.ts';
import { Checkpoint, without } from '../../../src/io/scan/checkpoint.ts';

describe('a checkpoint', () => {
  test('that was saved and read again says the same', () => {
    const checkpoint = new Checkpoint();
    for (const address of ['10.0.0.2', '10.0.0.1', '10.0.0.9', 'fe80::1%eth0']) {
      checkpoint.finish(address);
    }
    checkpoint.begin('10.0.0.3', () => ({ tcp: portsOf([22, 80, 81]), udp: portsOf([53]) }));
    const again = new Checkpoint(checkpoint.text());
    expect(
      ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9'].map((a) => again.isFinished(a)),
    ).toEqual([true, true, false, true]);
    expect([again.isFinished('fe80::1%eth0'), again.isFinished('fe80::1%eth1')]).toEqual([
      true,
      false,
    ]);
    expect(again.done('10.0.0.3')).toEqual({ tcp: portsOf([22, 80, 81]), udp: portsOf([53]) });
    expect(new Checkpoint(again.text()).text()).toBe(again.text());
  });

  test('of a whole network is one range', () => {
    const checkpoint = new Checkpoint();
    for (let host = 0; host < 256; host += 1) checkpoint.finish(`10.0.0.${host}`);
    expect(checkpoint.text()).toBe('{"version":1,"finished":["10.0.0.0/24"]}');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another document', '[1,2]'],
    ['a later version', '{"version":2,"finished":["10.0.0.1"]}'],
    ['a number', '7'],
    ['null', 'null'],
  ])('that is %s counts as nothing done', (_, text) => {
    const checkpoint = new Checkpoint(text);
    expect(checkpoint.isFinished('10.0.0.1')).toBe(false);
    expect(checkpoint.done('10.0.0.1')).toEqual({ tcp: [], udp: [] });
  });

  test('with damaged entries keeps the sound ones', () => {
    const text =
      '{"version":1,"finished":["x",7,"10.0.0.1"],"at 10.0.0.2":"T:a U:","at 10.0.0.3":"T:80 U:"}';
    const checkpoint = new Checkpoint(text);
    expect(checkpoint.isFinished('10.0.0.1')).toBe(true);
    expect(checkpoint.done('10.0.0.2')).toEqual({ tcp: [], udp: [] });
    expect(checkpoint.done('10.0.0.3').tcp).toEqual(portsOf([80]));
  });

  test('leaves what is still to ask', () => {
    expect(without([1, 2, 3, 80], portsOf([2, 80]))).toEqual([1, 3]);
  });
});
