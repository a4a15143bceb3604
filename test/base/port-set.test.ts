import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  eachPort,
  formatPorts,
  hasPort,
  parsePorts,
  portCount,
  portsOf,
} from '../../src/base/port-set.ts';

test.each([
  ['joins what touches', '80,81,82-90', '80-90'],
  ['sorts', '443,22', '22,443'],
  ['is empty for nothing', '', ''],
])('%s', (_, text, expected) => {
  expect(formatPorts(parsePorts(text) ?? [])).toBe(expected);
});

test.each([['65536'], ['90-80'], ['-1'], ['1,,2'], ['http'], ['1-2-3']])('refuses %s', (text) => {
  expect(parsePorts(text)).toBeUndefined();
});

test('holds what a Set holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 300 })), (numbers) => {
      const peer = new Set(numbers);
      const ports = portsOf(numbers);
      expect([...eachPort(ports)]).toEqual([...peer].sort((a, b) => a - b));
      expect(portCount(ports)).toBe(peer.size);
      expect(parsePorts(formatPorts(ports))).toEqual(ports);
      for (let port = 0; port <= 300; port += 1) expect(hasPort(ports, port)).toBe(peer.has(port));
    }),
  );
});
