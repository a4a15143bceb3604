import { describe, expect, test } from 'vitest';
import { Usage } from '../../src/flows/usage.ts';

describe('what is used', () => {
  const usage = new Usage();
  usage.note(1000, 0xc0a8010a, 0xc0a80114, 'tcp', 502);
  usage.note(3000, 0xc0a8010b, 0xc0a80114, 'tcp', 502);
  usage.note(2000, 'fe80::1', 'fe80::2', 'udp', 5683);
  test.each([
    [
      'a port, by its last caller',
      '192.168.1.20',
      'to-device',
      'tcp',
      502,
      '2 at 3000: 192.168.1.11',
    ],
    ['by the caller as well', '192.168.1.10', 'from-device', 'tcp', 502, '1 at 1000: 192.168.1.20'],
    ['IPv6', 'fe80::2', 'to-device', 'udp', 5683, '1 at 2000: fe80::1'],
    ['not on another carrier', '192.168.1.20', 'to-device', 'udp', 502, undefined],
    ['not in the other direction', '192.168.1.20', 'from-device', 'tcp', 502, undefined],
    ['not on another port', '192.168.1.20', 'to-device', 'tcp', 503, undefined],
  ] as const)('%s', (_, address, direction, transport, port, expected) => {
    const use = usage.of(address, direction, transport, port);
    expect(use && `${use.flows} at ${use.last}: ${use.peer}`).toBe(expected);
  });
});

test('forgets first what was not used for long', () => {
  const usage = new Usage();
  usage.note(1, 'old', 'hub', 'tcp', 1);
  usage.note(1, 'busy', 'hub', 'tcp', 1);
  for (let index = 0; index < 150_000; index += 1) {
    usage.note(2, 'busy', 'hub', 'tcp', 1);
    usage.note(2, `client-${index}`, 'hub', 'tcp', 1);
  }
  expect(usage.of('old', 'from-device', 'tcp', 1)).toBeUndefined();
  expect(usage.of('busy', 'from-device', 'tcp', 1)?.flows).toBe(150_001);
});
