import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/policy/fallback.ts';
import { fallbackQuestion, fallbacks } from '../../src/policy/fallback.ts';

const CLOUD = '203.0.113.7';

/** One try of the camera, stopped by the default unless told otherwise; times are seconds. */
function attempt(second: number, port: number, parts: Partial<Attempt> = {}): Attempt {
  return {
    at: second * 1000,
    device: 'PTL-D-CAM1',
    peer: CLOUD,
    transport: 'tcp',
    port,
    protocol: 'unknown',
    stoppedBy: '',
    ...parts,
  };
}

/** It passed: nothing stopped it. */
function passed(second: number, port: number, parts: Partial<Attempt> = {}): Attempt {
  const { stoppedBy: _, ...rest } = attempt(second, port, parts);
  return rest;
}

function trees(attempts: readonly Attempt[], known: readonly number[] = []): string[] {
  const groups = fallbacks(attempts, { isKnown: ({ port }) => known.includes(port) });
  return groups.map(({ first, others }) =>
    [`${first.port}`, ...others.map(({ port, after }) => `${port} after ${after}`)].join(', '),
  );
}

const DNS = { transport: 'udp', protocol: 'dns' } as const;

describe('is one question', () => {
  test.each([
    [
      '8883, then 443, then 80 of one service',
      [attempt(0, 8883), attempt(5, 443), passed(9, 80)],
      ['8883, 443 after 0, 80 after 1'],
    ],
    [
      'the same again and again',
      [0, 60, 120, 180].flatMap((start) => [
        attempt(start, 8883),
        attempt(start + 5, 443),
        attempt(start + 9, 80),
      ]),
      ['8883, 443 after 0, 80 after 1'],
    ],
    [
      'another address of the same name',
      [
        attempt(0, 8883, { name: 'mq.example.com' }),
        attempt(5, 443, { name: 'mq.example.com', peer: '203.0.113.8' }),
      ],
      ['8883, 443 after 0'],
    ],
    [
      "a resolver of its own when the site's is refused",
      [
        attempt(0, 53, { ...DNS, peer: '192.168.20.1' }),
        attempt(5, 53, { ...DNS, peer: '198.51.100.8' }),
        attempt(7, 853, { peer: '198.51.100.9' }),
      ],
      ['53, 53 after 0, 853 after 1'],
    ],
  ] satisfies [string, Attempt[], string[]][])('%s', (_, attempts, groups) => {
    expect(trees(attempts)).toEqual(groups);
  });
});

describe('is no fallback', () => {
  test.each([
    ['what was not refused before', [passed(0, 8883), passed(5, 443)], []],
    ['a refusal alone', [attempt(0, 8883)], []],
    ['what comes much later', [attempt(0, 8883), attempt(600, 443)], []],
    [
      'what came before the refusal, and comes again after it',
      [passed(0, 443), attempt(5, 8883), passed(9, 443)],
      [],
    ],
    ['what another device does', [attempt(0, 8883), passed(5, 443, { device: 'PTL-D-NAS1' })], []],
    [
      'what goes to somebody else',
      [attempt(0, 8883), passed(5, 443, { peer: '198.51.100.1' })],
      [],
    ],
    [
      'TLS to somebody else: everything is TLS',
      [
        attempt(0, 8883, { protocol: 'tls' }),
        passed(5, 443, { peer: '198.51.100.1', protocol: 'tls' }),
      ],
      [],
    ],
  ] satisfies [string, Attempt[], string[]][])('%s', (_, attempts, groups) => {
    expect(trees(attempts)).toEqual(groups);
  });

  test('what the device was known to use', () => {
    expect(trees([attempt(0, 8883), passed(5, 443), passed(9, 80)], [443])).toEqual([
      '8883, 80 after 0',
    ]);
  });
});

test('the question names all ways, and the first to allow', () => {
  const name = 'mq.example.com';
  const [group] = fallbacks([8883, 443, 80].map((port, index) => attempt(index, port, { name })));
  if (group === undefined) throw new Error('no group');
  expect(fallbackQuestion(group, 'camera')).toBe(
    'camera was refused tcp/8883 of mq.example.com once, and then tried tcp/443, then tcp/80 of the same: allow the first, so that it needs no other?',
  );
});

test('a device that tries every port takes no more room than its table', () => {
  const many = Array.from({ length: 60_000 }, (_, index) => attempt(index / 1000, index + 1));
  const [group, ...others] = fallbacks(many);
  expect(others).toEqual([]);
  expect(group?.others).toHaveLength(1023);
});
