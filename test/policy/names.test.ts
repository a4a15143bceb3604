import { describe, expect, test } from 'vitest';
import { EVERY_ADDRESS } from '../../src/base/address-set.ts';
import type { BoundPolicy, BoundRule } from '../../src/model/bound-policy.ts';
import type { DnsAnswer, NameEffects, NameOptions } from '../../src/policy/names.ts';
import { NameSets } from '../../src/policy/names.ts';
import { network } from './learn/flows.ts';

const CAMERA = '192.168.20.5';
const HOUR = 3600;
const GRACE = 300;
const START = 1_795_392_000_000;

const POLICY: BoundPolicy = {
  zones: [],
  devices: [],
  names: [
    { id: 'n1', patterns: ['mq.example.com'], addresses: [] },
    { id: 'n2', patterns: ['*.cdn.example.net'], addresses: network('203.0.113.1') },
  ],
  guard: [],
  egress: [rule('r1', CAMERA, 'n1'), rule('r2', CAMERA, 'n2')],
  ingress: [],
  nat: { destination: [], source: [] },
  refuse: 'drop',
};

function rule(id: string, from: string, name: string): BoundRule {
  return {
    id,
    from: { ranges: network(from), names: [], devices: [] },
    to: { ranges: [], names: [name], devices: [] },
    matches: [{ protocol: 6 }],
    action: 'allow',
    log: false,
  };
}

function sets(options: NameOptions = {}): NameSets {
  return new NameSets(POLICY, START, options);
}

interface Said {
  readonly after?: number;
  readonly client?: string;
  readonly name?: string;
  readonly ttl?: number;
}

/** @param after seconds */
function answer(addresses: readonly string[], said: Said = {}): DnsAnswer {
  const { after = 0, client = CAMERA, name = 'mq.example.com', ttl = 60 } = said;
  const at = START + after * 1000;
  return { at, client, name, addresses: addresses.map((address) => ({ address, ttl })) };
}

function words({ operations, reports }: NameEffects): string[] {
  return [
    ...operations.map(
      ({ kind, name, address, seconds }) => `${kind} ${name} ${address} ${seconds}`,
    ),
    ...reports.map(({ kind, name, address, others }) => [kind, name, address, ...others].join(' ')),
  ];
}

describe('an answer', () => {
  test.each([
    [
      'opens its address for at least an hour',
      answer(['203.0.113.7']),
      [`add n1 203.0.113.7 ${HOUR + GRACE}`],
    ],
    [
      'of a longer life opens for that',
      answer(['203.0.113.7'], { ttl: 2 * HOUR }),
      [`add n1 203.0.113.7 ${2 * HOUR + GRACE}`],
    ],
    [
      'of an absurd life opens for a week',
      answer(['203.0.113.7'], { ttl: 2 ** 31 }),
      [`add n1 203.0.113.7 ${168 * HOUR + GRACE}`],
    ],
    [
      'of IPv6 is written in one way',
      answer(['2001:DB8:0::7']),
      [`add n1 2001:db8::7 ${HOUR + GRACE}`],
    ],
    [
      'in capitals and with a dot is the same name',
      answer(['203.0.113.7'], { name: 'MQ.Example.com.' }),
      [`add n1 203.0.113.7 ${HOUR + GRACE}`],
    ],
    [
      'for a name below a pattern opens the pattern',
      answer(['203.0.113.8'], { name: 'e7.cdn.example.net' }),
      [`add n2 203.0.113.8 ${HOUR + GRACE}`],
    ],
    [
      'for the parent of a pattern opens nothing',
      answer(['203.0.113.8'], { name: 'cdn.example.net' }),
      [],
    ],
    [
      'for a name that only ends alike opens nothing',
      answer(['203.0.113.8'], { name: 'x.evil-cdn.example.net' }),
      [],
    ],
    [
      'for a name without a rule opens nothing',
      answer(['203.0.113.8'], { name: 'other.example' }),
      [],
    ],
    [
      'that another device got opens nothing',
      answer(['203.0.113.7'], { client: '192.168.20.6' }),
      [],
    ],
    [
      'that leads into the network opens nothing',
      answer(['192.168.20.9']),
      ['inside n1 192.168.20.9'],
    ],
    [
      'that leads to the machine itself opens nothing',
      answer(['127.0.0.1', '::1']),
      ['inside n1 127.0.0.1', 'inside n1 ::1'],
    ],
    ['that is no name opens nothing', answer(['203.0.113.7'], { name: 'a b;c' }), []],
    ['that is no address opens nothing', answer(['none']), []],
  ] satisfies [string, DnsAnswer, string[]][])('%s', (_, got, done) => {
    expect(words(sets().answer(got))).toEqual(done);
  });

  test('that leads to an own global address opens nothing', () => {
    const inside = network('198.51.100.0/28');
    expect(words(sets({ inside }).answer(answer(['198.51.100.3'])))).toEqual([
      'inside n1 198.51.100.3',
    ]);
  });

  test('again prolongs, and never shortens', () => {
    const names = sets();
    names.answer(answer(['203.0.113.7'], { ttl: 2 * HOUR }));
    expect(words(names.answer(answer(['203.0.113.7'], { after: 60 })))).toEqual([]);
    expect(words(names.answer(answer(['203.0.113.7'], { after: 2 * HOUR })))).toEqual([
      `refresh n1 203.0.113.7 ${HOUR + GRACE}`,
    ]);
  });

  test('for an address that has other names says so, once', () => {
    const names = sets();
    names.answer(answer(['203.0.113.7'], { name: 'shop.example', client: '192.168.20.99' }));
    expect(words(names.answer(answer(['203.0.113.7'])))).toEqual([
      `add n1 203.0.113.7 ${HOUR + GRACE}`,
      'shared n1 203.0.113.7 shop.example',
    ]);
    expect(words(names.answer(answer(['203.0.113.7'], { after: 1 })))).toEqual([
      'refresh n1 203.0.113.7 3900',
    ]);
  });
});

describe('an address goes', () => {
  test.each([
    ['when its time is over', HOUR + GRACE, [], ['remove n1 203.0.113.7 0']],
    ['not before', HOUR - 1, [], []],
    [
      'not while a connection with it lives, and its time begins anew',
      HOUR + 60,
      ['203.0.113.7'],
      ['refresh n1 203.0.113.7 3900'],
    ],
  ])('%s', (_, after, live, done) => {
    const names = sets();
    names.answer(answer(['203.0.113.7']));
    const of1 = names.tick(START + after * 1000, (address) => live.includes(address));
    expect(words(of1).filter((one) => one.includes(' n1 '))).toEqual(done);
  });

  test('which the policy was bound with as any other', () => {
    const names = sets();
    expect(names.addresses('n2')).toEqual(['203.0.113.1']);
    expect(words(names.tick(START + (HOUR + GRACE) * 1000, () => false))).toEqual([
      'remove n2 203.0.113.1 0',
    ]);
  });
});

describe('a CDN that gives other addresses all the time', () => {
  /** 1,000 addresses in two days: every 3 minutes four of them, by turns. */
  function rotate(names: NameSets, use: (address: string, after: number) => void): void {
    for (let round = 0; round < 960; round += 1) {
      const after = round * 180;
      const four = [0, 1, 2, 3].map((index) => addressOf((round * 4 + index) % 1000));
      names.answer(answer(four, { after }));
      use(four[round % 4] ?? '', after);
      names.tick(START + after * 1000, (address) => address === addressOf(2));
    }
  }

  test('may be reached at each moment by what it last said', () => {
    const names = sets({ limit: 100 });
    rotate(names, (address) => expect(names.addresses('n1')).toContain(address));
    // An hour and the grace of four addresses every three minutes, and the live one.
    expect(names.addresses('n1').length).toBeLessThanOrEqual(((HOUR + GRACE) / 180) * 4 + 5);
    expect(names.addresses('n1')).toContain(addressOf(2));
  });

  test('never has more than the limit, and what is in use is not what goes', () => {
    const names = sets();
    const reports: string[] = [];
    names.answer(answer([addressOf(2)]));
    names.tick(START, (address) => address === addressOf(2));
    for (let index = 10; index < 200; index += 1) {
      const effects = names.answer(answer([addressOf(index)], { after: index }));
      reports.push(...effects.reports.map(({ kind }) => kind));
      expect(names.addresses('n1').length).toBeLessThanOrEqual(50);
    }
    expect(names.addresses('n1')).toContain(addressOf(2));
    expect(reports).toEqual(['full']);
  });

  test('what the kernel holds is what we think it holds', () => {
    const names = sets();
    const kernel = new KernelSet('n1');
    for (let after = 0; after < 10 * HOUR; after += 120) {
      const now = START + after * 1000;
      kernel.expire(now);
      const four = [0, 1, 2, 3].map((index) => addressOf((after / 30 + index) % 300));
      kernel.apply(
        names.tick(now, (address) => address === addressOf(1)),
        now,
      );
      kernel.apply(names.answer(answer(four, { after })), now);
      expect(kernel.addresses()).toEqual([...names.addresses('n1')].sort());
    }
  });
});

/** A set of nftables whose elements run out by themselves. */
class KernelSet {
  readonly #name: string;
  readonly #until = new Map<string, number>();

  constructor(name: string) {
    this.#name = name;
  }

  expire(now: number): void {
    for (const [address, until] of this.#until) if (until <= now) this.#until.delete(address);
  }

  apply({ operations }: NameEffects, now: number): void {
    for (const { kind, name, address, seconds } of operations) {
      if (name !== this.#name) continue;
      if (kind === 'remove') this.#until.delete(address);
      else this.#until.set(address, now + seconds * 1000);
    }
  }

  addresses(): string[] {
    return [...this.#until.keys()].sort();
  }
}

test('another policy keeps what its names had', () => {
  const names = sets();
  names.answer(answer(['203.0.113.7']));
  names.answer(answer(['203.0.113.8'], { name: 'a.cdn.example.net' }));
  const [n1] = POLICY.names;
  if (n1 === undefined) throw new Error('a name');
  const next = {
    ...POLICY,
    names: [n1],
    egress: [
      { ...rule('r1', CAMERA, 'n1'), from: { ranges: EVERY_ADDRESS, names: [], devices: [] } },
    ],
  };
  expect(words(names.rebind(next, START + 60_000))).toEqual(['add n1 203.0.113.7 3840']);
  expect(names.addresses('n2')).toEqual([]);
  expect(words(names.answer(answer(['203.0.113.9'], { client: '192.168.20.6' })))).toHaveLength(1);
});

function addressOf(index: number): string {
  return `198.51.${100 + (index >> 8)}.${index & 255}`;
}
