import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { parseAddress, parseNetwork, single } from '../../src/base/address.ts';
import { addressSet } from '../../src/base/address-set.ts';
import type { FilterProgram } from '../../src/model/filter-program.ts';
import { allowedCell } from '../../src/policy/allowed.ts';
import { Firewall } from '../../src/policy/firewall.ts';
import { ownAddresses, segmentsOf } from '../../src/policy/segments.ts';
import { simulateProgram } from '../../src/policy/simulate/program.ts';
import { nftables } from '../../src/targets/nftables/nftables.ts';
import { randomConnection, randomPolicy, seeded } from './decide/random-site.ts';

const LINKS = [
  ['lan0', '192.168.1.1', '192.168.1.0/24', false],
  ['iot0', '192.168.20.1', '192.168.20.0/24', false],
  ['wan0', '203.0.113.5', '203.0.113.0/24', true],
] as const;

function links(): Parameters<typeof segmentsOf>[1] {
  return LINKS.map(([name, address, network, outside]) => ({
    interface: name,
    address,
    network,
    outside,
  }));
}

function programOf(text: string, now?: number): FilterProgram {
  const parsed = nftables.parse(text, now);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.program;
}

const MACS = ['02:00:00:00:00:07'];

function firewall(text: string, around = links(), origin = 'r1', now?: number): Firewall {
  const camera = parseAddress(CAMERA);
  if (camera === undefined) throw new Error('no address');
  return new Firewall({
    origin,
    language: 'nftables',
    at: 1000,
    program: programOf(text, now),
    segments: segmentsOf({}, around),
    own: ownAddresses(around),
    devices: [
      {
        id: 'd1',
        device: 'PTL-D-1',
        addresses: addressSet([single(camera)]),
        macs: MACS,
        trial: false,
      },
    ],
  });
}

const CAMERA = '192.168.20.7';

function forward(...rules: readonly string[]): string {
  return `table inet filter {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
${rules.map((rule) => `    ${rule}\n`).join('')}  }
}
`;
}

const OPEN = 'table ip filter {\n  chain input {\n    type filter hook input priority 0;\n  }\n}\n';
const NAT = `table ip nat {
  chain pre {
    type nat hook prerouting priority dstnat;
    iifname "wan0" ip saddr 198.51.100.0/24 tcp dport 8443 dnat to ${CAMERA}:443
  }
}
`;

describe('to a device', () => {
  test.each([
    [
      'from the LAN, by a rule that is named with its line',
      forward(`iifname "lan0" tcp dport 443 accept`),
      'yes',
      /From "lan0": yes \(line 5: .*accept/,
    ],
    ['from nobody', forward(), 'no', /by default/],
    [
      'from one address only, which is somebody',
      forward(`ip saddr 192.168.1.9 tcp dport 443 accept`),
      'yes',
      /lan0/,
    ],
    [
      'from its own network only, which passes no router',
      forward(`iifname "iot0" oifname "iot0" accept`),
      'no',
      /by default/,
    ],
    ['another port', forward(`tcp dport 444 accept`), 'no', /by default/],
    [
      'the internet has no way to a private address',
      forward(`iifname "wan0" accept`),
      'no',
      /no port is forwarded to it/,
    ],
    [
      'from the internet through a forwarded port',
      forward(`ct status dnat accept`) + NAT,
      'yes',
      /"the internet": yes/,
    ],
    ['a port is forwarded, and the filter stops it', forward() + NAT, 'no', /the internet/],
    ['no chain for what passes through', OPEN, 'yes', /by default/],
    ['it depends on a mark', forward(`meta mark 7 accept`), 'unknown', /line 5/],
    [
      'a chain that is jumped to',
      forward(`iifname "lan0" jump more`).replace(
        /}\n$/,
        '  chain more {\n    tcp dport 443 accept\n  }\n}\n',
      ),
      'yes',
      /accept|jump/,
    ],
  ] as const)('%s', (_, text, answer, because) => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'to-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(text)],
    );
    expect([cell?.answer, cell?.because]).toEqual([answer, expect.stringMatching(because)]);
    expect(cell?.at).toBe(1000);
  });

  test.each([
    [
      'nobody said what is behind which interface, and it does not matter',
      forward(`tcp dport 443 accept`),
      'yes',
      /inside/,
    ],
    [
      '… and it does matter',
      forward(`iifname "lan0" oifname "iot0" tcp dport 443 accept`),
      'unknown',
      /depends on who is behind which interface/,
    ],
  ] as const)('%s', (_, text, answer, because) => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'to-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(text, [])],
    );
    expect([cell?.answer, cell?.because]).toEqual([answer, expect.stringMatching(because)]);
  });
});

describe('from a device', () => {
  test.each([
    [
      'all of its peers',
      forward(`iifname "iot0" tcp dport 443 accept`),
      ['198.51.100.7', '198.51.100.8'],
      'yes',
      /To 198.51.100.7: yes/,
    ],
    [
      'one of its peers is denied',
      forward(`ip daddr 198.51.100.7 accept`),
      ['198.51.100.7', '198.51.100.8'],
      'no',
      /To 198.51.100.8: no \(by default\); 198.51.100.7: yes/,
    ],
    ['a peer in its own network', forward(), ['192.168.20.9'], 'yes', /in the same network/],
    [
      'the router itself is asked by another hook',
      `${forward()}table ip i {\n  chain in {\n    type filter hook input priority 0;\n    tcp dport 443 drop\n  }\n}\n`,
      ['192.168.20.1'],
      'no',
      /line 10: .*drop/,
    ],
    [
      'multicast passes no router',
      forward(`ip daddr 198.51.100.0/24 accept`),
      ['239.255.255.250'],
      'yes',
      /the internet/,
    ],
    [
      'nobody was seen, and it may reach somebody',
      forward(`iifname "iot0" oifname "wan0" accept`),
      [],
      'yes',
      /"the internet": yes/,
    ],
    ['nobody was seen, and it may reach nobody', forward(), [], 'no', /by default/],
    [
      'its own MAC is believed',
      forward(`ether saddr != ${MACS[0]} drop`, 'accept'),
      [],
      'yes',
      /accept/,
    ],
  ] as const)('%s', (_, text, peers, answer, because) => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'from-device', transport: 'tcp', port: 443, peers },
      [firewall(text)],
    );
    expect([cell?.answer, cell?.because]).toEqual([answer, expect.stringMatching(because)]);
  });
});

describe('several firewalls', () => {
  const open = forward('accept');
  test.each([
    ['of one machine must all let it through', ['r1', 'r1'], 'no', /by default/],
    [
      'that differ, and nobody knows which lies between',
      ['r1', 'r2'],
      'unknown',
      /Firewalls differ/,
    ],
  ] as const)('%s', (_, origins, answer, because) => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'from-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(open, links(), origins[0]), firewall(forward(), links(), origins[1])],
    );
    expect([cell?.answer, cell?.because]).toEqual([answer, expect.stringMatching(because)]);
  });

  test('none says nothing', () => {
    const wanted = {
      addresses: [CAMERA],
      direction: 'to-device',
      transport: 'tcp',
      port: 1,
      peers: [],
    } as const;
    expect(allowedCell(wanted, [])).toBeUndefined();
    expect(allowedCell({ ...wanted, addresses: ['fe80::1'] }, [firewall(open)])).toBeUndefined();
  });

  test('what a stranger wrote into a rule cannot move the cursor', () => {
    const text = forward(`iifname "lan0" accept comment "\u001b[2Jx"`);
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'to-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(text)],
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(cell?.because).not.toMatch(/[\u0000-\u001f]/);
  });
});

/** A question with one source, one destination and one port is answered as the rules are walked. */
test('a question about one connection is answered as the firewall walks its rules', () => {
  const seed = 1 + Math.floor(Math.random() * 1_000_000);
  process.stdout.write(`allowed.test.ts: seed ${seed}\n`);
  const answers = Array.from({ length: 25 }, (_, run) => run).flatMap((run) =>
    answersOf(seeded(seed + run * 15_485_863), 1 + (run % 10)),
  );
  // Another source port may pass where this one does not; then the answer is yes as well.
  const wrong = answers.filter(({ walked, found }) => walked === 'accept' && found === 'no');
  expect([seed, wrong]).toEqual([seed, []]);
  const kinds = new Set(answers.map(({ walked, found }) => `${walked} ${found}`));
  expect([...kinds]).toEqual(expect.arrayContaining(['accept yes', 'drop no']));
  expect(answers.length).toBeGreaterThan(100);
});

/** What walking says of connections, and what the diagram answers. */
function answersOf(
  random: ReturnType<typeof seeded>,
  rules: number,
): readonly { walked: string; found: string; packet: string }[] {
  const site = randomPolicy(random, rules);
  if (nftables.unsupported(site).length > 0) return [];
  const program = programOf(nftables.render(site).files[0]?.text ?? '');
  const facts = { origin: '', language: '', at: 0, program, segments: [], own: [] };
  const ask = new Firewall({ ...facts, devices: site.devices });
  const packets = Array.from({ length: 60 }, () => randomConnection(random));
  return packets
    .filter(({ protocol }) => protocol === 6 || protocol === 17)
    .map((packet) => {
      const { verdict } = simulateProgram(program, { ...packet, translated: false });
      const { answer } = ask.ask({
        from: place(packet.inInterface),
        sources: [single(packet.source)],
        to: packet.outInterface === undefined ? 'self' : place(packet.outInterface),
        destination: packet.destination,
        protocol: packet.protocol,
        port: packet.destinationPort ?? 0,
        translated: false,
      });
      const text = `${packet.inInterface} ${packet.outInterface} ${packet.source.value} ${packet.destination.value} ${packet.protocol}`;
      return { walked: verdict, found: answer, packet: text };
    });
}

function place(name: string) {
  return { name, interfaces: [name], networks: [], internet: false };
}

test('networks of a policy go before those that were attached', () => {
  const zones = {
    iot: {
      interfaces: ['br-iot'],
      networks: ['192.168.20.0/24'],
      internet: false,
      default: 'deny',
    },
  } as const;
  expect(segmentsOf(zones, links()).map(({ name }) => name)).toEqual(['iot', 'the internet']);
  expect(segmentsOf({}, links()).map(({ name }) => name)).toEqual(['lan0', 'iot0', 'the internet']);
  expect(segmentsOf({}, [])).toEqual([]);
});

const ANY: Address | undefined = parseAddress('0.0.0.0');
test('addresses of the internet are those of nobody inside', () => {
  const one = firewall(forward());
  const [lan, , internet] = one.facts.segments;
  if (lan === undefined || internet === undefined || ANY === undefined) throw new Error('nobody');
  expect(one.addressesOf(lan)).toEqual([parseNetwork('192.168.1.0/24')]);
  expect(one.addressesOf(internet)[0]?.from).toBe(0n);
  expect(one.segmentOf(ANY)).toBe(internet);
});

describe('a rule with a time', () => {
  /** 2026-11-25 14:00 UTC */
  const NOW = 1_795_615_200_000;
  const LATER = NOW / 1000 + 3600;
  const BEFORE = NOW / 1000 - 3600;

  test.each([
    [
      'an allow until an hour from now',
      [`meta time < ${LATER} iifname "lan0" tcp dport 443 accept`],
      'yes',
      /From "lan0": yes \(line 5: .*accept, until 2026-11-25 15:00 UTC\)/,
    ],
    ['an allow that lapsed', [`meta time < ${BEFORE} tcp dport 443 accept`], 'no', /by default/],
    [
      'a denial until then, before an allow',
      [`meta time < ${LATER} drop`, 'accept'],
      'no',
      /line 5: meta time < \d+ drop, until 2026-11-25 15:00 UTC/,
    ],
    ['a denial that lapsed', [`meta time < ${BEFORE} drop`, 'accept'], 'yes', /line 6: accept\)/],
    ['an allow from then on', [`meta time >= ${LATER} accept`], 'no', /by default/],
    ['an allow since then', [`meta time > ${BEFORE} accept`], 'yes', /accept\)/],
    [
      'an hour between two times',
      [`meta time >= ${BEFORE} meta time < ${LATER} accept`],
      'yes',
      /until 2026-11-25 15:00 UTC/,
    ],
    [
      'text, which is of a time zone that nobody knows',
      ['meta time < "2026-11-25 15:00:00" accept'],
      'unknown',
      /line 5/,
    ],
    ['the time of the day', ['meta hour >= 32400 accept'], 'unknown', /line 5/],
  ])('%s', (_, rules, answer, because) => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'to-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(forward(...rules), links(), 'r1', NOW)],
    );
    expect([cell?.answer, cell?.because]).toEqual([answer, expect.stringMatching(because)]);
  });

  test('says when it is to be read anew', () => {
    const rules = [`meta time < ${LATER} drop`, `meta time >= ${LATER + 60} accept`];
    expect(firewall(forward(...rules), links(), 'r1', NOW).turnsAt).toBe(LATER * 1000);
    expect(firewall(forward('accept'), links(), 'r1', NOW).turnsAt).toBeUndefined();
    expect(firewall(forward(`meta time < ${BEFORE} drop`), links(), 'r1', NOW).turnsAt).toBe(
      undefined,
    );
  });

  test('without an instant is one that may match or not', () => {
    const cell = allowedCell(
      { addresses: [CAMERA], direction: 'to-device', transport: 'tcp', port: 443, peers: [] },
      [firewall(forward(`meta time < ${LATER} accept`))],
    );
    expect(cell?.answer).toBe('unknown');
  });
});
