import { describe, expect, test } from 'vitest';
import { learn } from '../../../src/policy/learn/learner.ts';
import type { LearnContext, LearntFlow, Proposal } from '../../../src/policy/learn/proposal.ts';
import { evidenceText, ruleSentence } from '../../../src/policy/learn/words.ts';
import { CAMERA, CONTEXT, DAY, flow, HOUR, MONDAY, NAS, often } from './flows.ts';

const CLOUD = '203.0.113.7:8883';
const NAMED = { to: CLOUD, name: 'mq.example.com' };

function camera(flows: readonly LearntFlow[], parts: Partial<LearnContext> = {}) {
  const proposal = learn(flows, { ...CONTEXT, ...parts });
  const [device] = proposal.devices;
  if (device === undefined) throw new Error('nothing was learned of the camera');
  return { ...device, left: proposal.left };
}

function rules(proposal: Pick<Proposal['devices'][number], 'rules'>): string[] {
  return proposal.rules.map(({ from, to, service, side }) => `${from} → ${to} ${service} ${side}`);
}

describe('a rule is proposed for', () => {
  test.each([
    [
      'a name whose address the device had asked for',
      often(5, NAMED),
      'camera → name:mq.example.com tcp/8883 egress',
    ],
    [
      'a name, although some flows came before its answer was seen',
      [flow({ to: CLOUD }), ...often(5, { ...NAMED, at: HOUR })],
      'camera → name:mq.example.com tcp/8883 egress',
    ],
    [
      'a device of the inventory, by its endpoint, although mDNS has a name for it',
      often(5, { to: `${NAS}:445`, name: 'nas.local' }),
      'camera → nas tcp/445 egress',
    ],
    [
      'an address of the local network',
      often(5, { to: '192.168.20.77:502' }),
      'camera → net:192.168.20.77 tcp/502 egress',
    ],
    [
      'the router',
      often(5, { to: '192.168.20.1:53', transport: 'udp' }),
      'camera → self udp/53 egress',
    ],
    [
      'whoever uses the device',
      often(5, { from: `${NAS}:51000`, to: `${CAMERA}:554` }),
      'nas → camera tcp/554 ingress',
    ],
    ['an echo', often(5, { to: `${NAS}:0`, transport: 'icmp' }), 'camera → nas icmp/8 egress'],
    ['one fixed high port', often(5, { to: `${NAS}:49152` }), 'camera → nas tcp/49152 egress'],
    [
      'a connection that was opened once and lasted',
      [flow(NAMED), ...often(9, { ...NAMED, midStream: true })],
      'camera → name:mq.example.com tcp/8883 egress',
    ],
    [
      'a connection seen from its middle, when its opening was seen another time',
      [...often(3, NAMED), flow({ from: CLOUD, to: `${CAMERA}:50000`, midStream: true, at: DAY })],
      'camera → name:mq.example.com tcp/8883 egress',
    ],
    [
      'a resolver outside that the site names as its own',
      often(5, { to: '192.0.2.53:53', transport: 'udp' }),
      'camera → net:192.0.2.53 udp/53 egress',
    ],
  ] satisfies [string, LearntFlow[], string][])('%s', (_, flows, rule) => {
    const learned = camera(flows, { knownAddresses: ['192.0.2.53'] });
    expect(rules(learned)).toEqual([rule]);
    expect(learned.questions).toEqual([]);
  });
});

describe('a person is asked about', () => {
  const several = often(12, NAMED, DAY / 2);
  test.each([
    ['what was seen twice', often(2, { to: `${NAS}:445` }), 'rare', false],
    [
      'what was seen often, but on one day of six',
      often(9, { to: `${NAS}:445` }, 1000),
      'rare',
      false,
    ],
    [
      'many high ports of one peer',
      Array.from({ length: 40 }, (_, index) => flow({ to: `${NAS}:${40_000 + index * 17}` })),
      'ephemeral',
      false,
    ],
    [
      'a connection that was open all along',
      often(9, { to: `${NAS}:9000`, midStream: true }, DAY / 2),
      'unopened',
      false,
    ],
    [
      'datagrams that nobody answers',
      often(9, { to: `${NAS}:514`, transport: 'udp', outcome: 'silent' }, DAY / 2),
      'one-way',
      false,
    ],
    [
      'an IP protocol without ports',
      often(9, { to: `${NAS}:0`, transport: 'other', ipProtocol: 47 }, DAY / 2),
      'protocol',
      false,
    ],
    [
      'an address that no name led to, however often',
      often(99, { to: '198.51.100.66:443' }),
      'no-name',
      true,
    ],
    [
      'an address whose only name is what the device says in TLS',
      often(99, { to: '198.51.100.66:443', sni: 'www.example.com' }),
      'no-name',
      true,
    ],
    [
      'an address that a name with strange octets led to',
      often(99, { to: '198.51.100.66:443', name: 'a b.example' }),
      'no-name',
      true,
    ],
    [
      'a door opened from the Internet',
      often(99, { from: '198.51.100.66:4000', to: `${CAMERA}:80` }),
      'from-internet',
      true,
    ],
    [
      'a name on the list of malicious ones',
      often(99, { to: CLOUD, name: 'x.bad.example' }),
      'known-bad',
      true,
    ],
    ['an address on that list', often(99, { to: '192.168.20.66:80' }), 'known-bad', true],
    [
      'doors that opened in a search through hosts',
      [...searchHosts(23), ...often(9, { to: '192.168.20.77:23' }, DAY / 2)],
      'scan',
      true,
    ],
    [
      'what began after a wide search, names too',
      [
        ...searchHosts(23, 40, DAY),
        ...often(9, { to: CLOUD, name: 'new.example.com', at: DAY + HOUR }, DAY / 3),
      ],
      'after-scan',
      true,
    ],
    [
      'a door of the device that opened in a search through its ports',
      [
        ...searchPorts('192.168.20.99'),
        ...often(9, { from: '192.168.20.99:5000', to: `${CAMERA}:80` }, DAY / 2),
      ],
      'scan',
      true,
    ],
  ] satisfies [string, LearntFlow[], string, boolean][])('%s', (_, flows, reason, suspicious) => {
    const knownBad = new Set(['bad.example', '192.168.20.66']);
    const learned = camera([...several, ...flows], { knownBad });
    expect(learned.questions.map((one) => [one.reason, one.suspicious])).toEqual([
      [reason, suspicious],
    ]);
    expect(rules(learned)).toEqual(['camera → name:mq.example.com tcp/8883 egress']);
    expect(learned.questions[0]?.asks).toMatch(/\?$/);
    expect(learned.questions[0]?.rules.length).toBeGreaterThan(0);
  });

  test('names that differ in their first label, once and not one by one', () => {
    const family = [1, 2, 3, 4, 5].map((index) =>
      flow({ to: `203.0.113.${index}:443`, name: `cdn${index}.iot.example.com` }),
    );
    const { questions } = camera([...several, ...family]);
    expect(questions.map(({ reason, rules: all }) => [reason, all[0]?.to])).toEqual([
      ['pattern', 'name:*.iot.example.com'],
    ]);
    expect(questions[0]?.asks).toBe(
      'camera opened tcp/443 of 5 names below iot.example.com (cdn1, cdn2, cdn3, cdn4 and 1 more): may it open that of every name there?',
    );
  });

  test("names one by one where their parent may be everybody's", () => {
    const family = [1, 2, 3, 4, 5].map((index) =>
      flow({ to: `203.0.113.${index}:443`, name: `shop${index}.co.example` }),
    );
    const { questions } = camera([...several, ...family]);
    expect(questions.map(({ reason }) => reason)).toEqual(Array(5).fill('rare'));
  });

  test('nothing that was decided before', () => {
    const flows = [...several, ...often(2, { to: `${NAS}:445` })];
    const [question] = camera(flows).questions;
    const decided = new Map([[question?.rules[0]?.id ?? '', 'deny' as const]]);
    expect(camera(flows, { decided }).questions).toEqual([]);
  });

  test('too many addresses at once in words only: nothing can be accepted unread', () => {
    const flows = Array.from({ length: 17 }, (_, index) => flow({ to: `198.51.100.${index}:443` }));
    expect(camera([...several, ...flows]).questions).toMatchObject([
      { reason: 'no-name', rules: [], kinds: 17 },
    ]);
  });
});

describe('nothing is learned from', () => {
  test.each([
    ['what was refused', often(9, { ...NAMED, outcome: 'refused' })],
    ['what was not answered', often(9, { ...NAMED, outcome: 'silent' })],
    [
      'a datagram into nothing',
      often(2, { to: `${NAS}:514`, transport: 'udp', outcome: 'silent' }),
    ],
    ['what is said to everybody', often(9, { to: '224.0.0.251:5353', transport: 'udp' })],
    [
      'what is said to the whole network',
      often(9, { to: '192.168.20.255:6666', transport: 'udp' }),
    ],
    [
      'how neighbours find each other',
      often(9, { to: `${NAS}:0`, transport: 'icmp', ipProtocol: 58 }),
    ],
  ] satisfies [string, LearntFlow[]][])('%s', (_, flows) => {
    const { rules: proposed, questions } = camera(flows);
    expect([proposed, questions]).toEqual([[], []]);
  });

  test('an address that two devices had, unless the card tells which', () => {
    const [first, second] = CONTEXT.devices;
    if (first === undefined || second === undefined) throw new Error('two devices');
    const devices = [first, { ...second, addresses: [NAS, CAMERA] }];
    expect(learn(often(5, NAMED), { ...CONTEXT, devices }).left.ambiguous).toBe(5);
    const told = often(5, { ...NAMED, mac: '02:00:00:00:00:05' });
    expect(rules(camera(told, { devices }))).toHaveLength(1);
  });
});

describe('a rule carries', () => {
  const flows = often(4, NAMED, DAY).map((one, index) => ({ ...one, id: index + 1 }));

  test('when, how often and on how many days it was seen, and flows that show it', () => {
    const [rule] = camera(flows, { expireAfterDays: 365 }).rules;
    expect(rule?.origin).toEqual({
      kind: 'learned',
      firstSeen: MONDAY,
      lastSeen: MONDAY + 3 * DAY + 1000,
      flows: 4,
      bytes: 8000,
      days: 4,
      evidence: [1, 2, 3, 4],
    });
    expect(rule?.expires).toBe(MONDAY + 368 * DAY + 1000);
    expect(rule?.id).toMatch(/^learn-cam1-[0-9a-z]{6}$/);
  });

  test('what a person can read', () => {
    const [rule] = camera(flows).rules;
    if (rule === undefined) throw new Error('no rule');
    expect(ruleSentence(rule)).toBe('camera may open tcp/8883 of mq.example.com');
    expect(evidenceText(rule.origin)).toBe('seen 4 times, on 4 days, last on 2026-11-26, 8 kB');
  });

  test('the same whatever the order of the flows', () => {
    const mixed = [...flows, ...often(3, { to: `${NAS}:445` }), flow({ to: '198.51.100.1:22' })];
    expect(camera(mixed.toReversed())).toEqual(camera(mixed));
  });
});

describe('coverage', () => {
  const boot = flow({
    from: '0.0.0.0:68',
    to: '255.255.255.255:67',
    transport: 'udp',
    mac: '02:00:00:00:00:05',
  });
  const week = often(8 * 24, NAMED);
  const update = flow({ to: '203.0.113.9:443', name: 'fota.example.com' });
  test.each([
    [
      'an afternoon',
      often(99, { ...NAMED, at: 14 * HOUR }, 1000),
      'low',
      ['days', 'nights', 'weekends', 'boot', 'update'],
    ],
    ['eight days without a start', week, 'medium', ['boot', 'update']],
    ['eight days with one', [...week, boot], 'high', ['update']],
    ['eight days with all', [...week, boot, update], 'high', []],
    [
      'one connection that lasts for a week',
      [{ ...flow(NAMED), lastSeen: MONDAY + 8 * DAY }],
      'medium',
      ['boot', 'update'],
    ],
  ] satisfies [string, LearntFlow[], string, string[]][])('%s', (_, flows, confidence, gaps) => {
    const { coverage } = camera(flows);
    expect([coverage.confidence, coverage.gaps.map(({ kind }) => kind)]).toEqual([
      confidence,
      gaps,
    ]);
  });

  test('nights are those of the place', () => {
    const gaps = (utcOffset: number) =>
      camera(often(9, { ...NAMED, at: 20 * HOUR }, 1000), { utcOffset }).coverage.gaps.map(
        ({ kind }) => kind,
      );
    expect(gaps(0)).toContain('nights');
    expect(gaps(8 * 60)).not.toContain('nights');
  });
});

describe('memory is bounded', () => {
  test('a device that opens every door of everybody fills its table and says so', () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      flow({ to: `10.0.${index >> 8}.${index & 255}:${1 + (index % 1000)}` }),
    );
    const { coverage, left, questions } = camera(many);
    expect(left.full).toBe(5000 - 2048);
    expect(coverage.gaps.at(-1)?.text).toBe('2952 flows were of more kinds than are kept apart');
    expect(questions).toMatchObject([{ reason: 'no-name', rules: [], kinds: 2048 }]);
  });

  test('datagrams into nothing leave room for what is answered', () => {
    const spray = Array.from({ length: 5000 }, (_, index) =>
      flow({ to: `192.168.20.77:${1 + index}`, transport: 'udp', outcome: 'silent', at: DAY }),
    );
    expect(rules(camera([...spray, ...often(5, NAMED)]))).toHaveLength(1);
  });
});

function searchHosts(port: number, count = 12, at = 0): LearntFlow[] {
  return Array.from({ length: count }, (_, index) =>
    flow({ to: `192.168.20.${100 + index}:${port}`, outcome: 'refused', at }),
  );
}

function searchPorts(from: string): LearntFlow[] {
  return Array.from({ length: 12 }, (_, index) =>
    flow({ from: `${from}:5000`, to: `${CAMERA}:${8000 + index}`, outcome: 'refused' }),
  );
}
