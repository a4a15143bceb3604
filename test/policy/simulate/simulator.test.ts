import { describe, expect, test } from 'vitest';
import { parseAddress, parseNetwork } from '../../../src/base/address.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type { Verdict } from '../../../src/model/packet-verdict.ts';
import type { Outcome, SimulatedPacket } from '../../../src/policy/simulate/simulator.ts';
import { Simulator } from '../../../src/policy/simulate/simulator.ts';
import { ANYONE, addresses, at, device, packet, policy, rule } from './site.ts';

const SYN = 0x02;
const ACK = 0x10;
const RST = 0x04;
const BULB = '192.168.20.5';

function own(...texts: readonly string[]) {
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

function route(text: string, out: string) {
  const to = parseNetwork(text);
  return to === undefined ? [] : [{ to, out }];
}

const ROUTER = {
  interfaces: [
    { name: 'lan0', addresses: own('192.168.1.1') },
    { name: 'iot0', addresses: own('192.168.20.1', 'fd00:20::1') },
    { name: 'wan0', addresses: own('203.0.113.1', '2001:db8::1') },
  ],
  routes: [
    ...route('192.168.1.0/24', 'lan0'),
    ...route('192.168.20.0/24', 'iot0'),
    ...route('fd00:20::/64', 'iot0'),
    ...route('0.0.0.0/0', 'wan0'),
    ...route('::/0', 'wan0'),
  ],
};

/** `iot0 192.168.20.5:4000 → 203.0.113.8:443 tcp`, milliseconds, flags or an ICMP type. */
function sent(text: string, time = 0, more: Partial<SimulatedPacket> = {}): SimulatedPacket {
  const [, from = '', source = '', sport = '0', to = '', dport = '0', protocol = ''] =
    /^(\S+) \[?([^\]\s]+?)\]?:(\d+) → \[?([^\]\s]+?)\]?:(\d+) (\S+)$/.exec(text) ?? [];
  const {
    inInterface,
    source: a,
    destination: b,
    protocol: number,
  } = packet(`${from} ${source} → ${to} ${protocol}`);
  const ends = { source: a, destination: b, protocol: number };
  return {
    at: time,
    inInterface,
    ...ends,
    sourcePort: Number(sport),
    destinationPort: Number(dport),
    ...more,
  };
}

function site(parts: Partial<BoundPolicy>): Simulator {
  const devices = [device('bulb', [BULB, 'fd00:20::5'])];
  return new Simulator(policy({ devices, ...parts }), ROUTER);
}

function brief({ state, decision }: Outcome): string {
  return `${state} ${decision.verdict}`;
}

const OUT = rule('out', at(BULB, 'fd00:20::5'), ANYONE, 'tcp/443 udp/53 icmp/8');
const ASK = `iot0 ${BULB}:4000 → 203.0.113.8:443 tcp`;
const ANSWER = `wan0 203.0.113.8:443 → ${BULB}:4000 tcp`;

describe('connections', () => {
  test('replies pass, and only replies', () => {
    const simulator = site({ egress: [OUT] });
    expect(brief(simulator.packet(sent(ANSWER, 0, { flags: ACK })))).toBe('new drop');
    expect(brief(simulator.packet(sent(ASK)))).toBe('new allow');
    expect(brief(simulator.packet(sent(ANSWER, 1, { flags: SYN | ACK })))).toBe(
      'established allow',
    );
    expect(brief(simulator.packet(sent(ASK, 2, { flags: ACK })))).toBe('established allow');
    const other = `wan0 203.0.113.8:444 → ${BULB}:4000 tcp`;
    expect(brief(simulator.packet(sent(other, 3)))).toBe('new drop');
  });

  test.each<[string, Partial<SimulatedPacket>, string]>([
    ['a SYN is new', { flags: SYN }, 'new allow'],
    ['an ACK in the middle of a stream is new', { flags: ACK }, 'new allow'],
    ['a SYN-ACK first is invalid', { flags: SYN | ACK }, 'invalid drop'],
    ['a reset first is invalid', { flags: RST }, 'invalid drop'],
    ['no flags at all are invalid', { flags: 0 }, 'invalid drop'],
    ['flags that exclude each other are invalid', { flags: SYN | 1 }, 'invalid drop'],
  ])('%s', (_, more, expected) => {
    expect(brief(site({ egress: [OUT] }).packet(sent(ASK, 0, more)))).toBe(expected);
  });

  test('an ICMP error passes for as long as what it is about is known', () => {
    const simulator = site({ egress: [OUT] });
    const { at: _, inInterface: __, ...about } = sent(ASK);
    const error = { ...sent(`wan0 198.51.100.1:0 → ${BULB}:0 icmp`), type: 3, about };
    expect(brief(simulator.packet(error))).toBe('invalid drop');
    simulator.packet(sent(ASK));
    expect(brief(simulator.packet(error))).toBe('related allow');
    expect(brief(simulator.packet({ ...error, at: 121_000 }))).toBe('invalid drop');
    const elsewhere = { ...error, ...sent('wan0 198.51.100.1:0 → 192.168.1.9:0 icmp'), type: 3 };
    expect(brief(simulator.packet(elsewhere))).toBe('invalid leave');
  });

  test('what nobody answers is forgotten: UDP after 30 seconds', () => {
    const simulator = site({ egress: [OUT] });
    const question = `iot0 ${BULB}:4000 → 203.0.113.8:53 udp`;
    const answer = `wan0 203.0.113.8:53 → ${BULB}:4000 udp`;
    simulator.packet(sent(question));
    expect(brief(simulator.packet(sent(answer, 31_000)))).toBe('new drop');
    simulator.packet(sent(question, 40_000));
    expect(brief(simulator.packet(sent(answer, 69_000)))).toBe('established allow');
    expect(brief(simulator.packet(sent(answer, 180_000)))).toBe('established allow');
  });

  test('neighbour discovery belongs to no connection', () => {
    const solicitation = { ...sent('iot0 [fd00:20::5]:0 → [fd00:20::1]:0 icmpv6'), type: 135 };
    expect(site({}).packet(solicitation).state).toBe('untracked');
  });
});

describe('translation', () => {
  const nat = {
    destination: [
      {
        id: 'web',
        fromZones: ['wan'],
        sources: addresses('0.0.0.0/0'),
        destinations: [],
        local: true,
        match: { protocol: 6, destinationPorts: [{ from: 8080, to: 8080 }] },
        toAddress: BULB,
        toPort: 80,
      },
    ],
    source: [
      {
        id: 'out',
        family: 4,
        sources: addresses('192.168.20.0/24'),
        toZone: 'wan',
        translated: false,
        oneToOne: false,
      },
    ],
  } as const;

  test('there and back: masquerading', () => {
    const simulator = site({ egress: [OUT], nat });
    const { leaves } = simulator.packet(sent(ASK));
    expect(leaves).toMatchObject({ source: own('203.0.113.1')[0], outInterface: 'wan0' });
    const back = simulator.packet(sent('wan0 203.0.113.8:443 → 203.0.113.1:4000 tcp', 1));
    expect(back).toMatchObject({
      state: 'established',
      leaves: { destination: own(BULB)[0], outInterface: 'iot0' },
    });
  });

  test('there and back: a forward', () => {
    const ingress = [rule('web', ANYONE, at(BULB), 'tcp/80', { translated: true })];
    const simulator = site({ ingress, nat });
    const { leaves, decision } = simulator.packet(
      sent('wan0 198.51.100.7:5000 → 203.0.113.1:8080 tcp'),
    );
    expect(decision.rules).toEqual(['web']);
    expect(leaves).toMatchObject({ destination: own(BULB)[0], destinationPort: 80 });
    const back = simulator.packet(sent(`iot0 ${BULB}:80 → 198.51.100.7:5000 tcp`, 1));
    expect(back.leaves).toMatchObject({ source: own('203.0.113.1')[0], sourcePort: 8080 });
  });
});

describe('limits', () => {
  function verdicts(simulator: Simulator, times: readonly number[]): readonly Verdict[] {
    return times.map((time, index) => {
      const text = `iot0 ${BULB}:${4000 + index} → 203.0.113.8:53 udp`;
      return simulator.packet(sent(text, time)).decision.verdict;
    });
  }

  test('a rate lets a burst pass, then what is refilled', () => {
    const rate = { packets: 2, per: 'second', burst: 3, key: 'rule' } as const;
    const simulator = site({ egress: [{ ...OUT, rate }] });
    expect(verdicts(simulator, [0, 0, 0, 0, 400, 500, 600, 1000])).toEqual(
      ['allow', 'allow', 'allow', 'drop'].concat(['drop', 'allow', 'drop', 'allow']),
    );
  });

  test('a number of connections, of those that live', () => {
    const connections = { max: 2, key: 'source' } as const;
    const simulator = site({ egress: [{ ...OUT, connections }] });
    expect(verdicts(simulator, [0, 0, 0, 31_000])).toEqual(['allow', 'allow', 'drop', 'allow']);
  });

  test('each source by itself', () => {
    const rate = { packets: 1, per: 'hour', burst: 1, key: 'source' } as const;
    const simulator = new Simulator(
      policy({ egress: [rule('all', ANYONE, ANYONE, 'any', { rate })] }),
      ROUTER,
    );
    const from = (last: number): Verdict =>
      simulator.packet(sent(`lan0 192.168.1.${last}:1 → 203.0.113.8:53 udp`)).decision.verdict;
    // What nobody answers is judged again.
    expect([from(5), from(6), from(5)]).toEqual(['allow', 'allow', 'drop']);
  });
});

test('names follow their answers, and expire', () => {
  const names = [{ id: 'cloud', patterns: ['mq.example'], addresses: [] }];
  const to = { ranges: [], names: ['cloud'], devices: [] };
  const simulator = site({ names, egress: [rule('mq', at(BULB), to, 'tcp/443')] });
  const [answer] = own('203.0.113.8');
  if (answer === undefined) throw new Error('no address');
  expect(brief(simulator.packet(sent(ASK, 0)))).toBe('new drop');
  simulator.learn('cloud', answer, 1000);
  expect(brief(simulator.packet(sent(ASK, 2000)))).toBe('new allow');
  expect(brief(simulator.packet(sent(ASK, 90_000_000)))).toBe('new drop');
});

test('a rule that has expired is as if it were not there', () => {
  const simulator = site({ egress: [{ ...OUT, expires: 5000 }] });
  expect(brief(simulator.packet(sent(ASK, 4999)))).toBe('new allow');
  expect(brief(simulator.packet(sent(`${ASK.replace(':4000', ':4001')}`, 5000)))).toBe('new drop');
});
