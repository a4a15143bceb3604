import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import type { NewConnection } from '../../../src/model/packet-verdict.ts';
import { bindPolicy } from '../../../src/policy/bind.ts';
import { endpointName } from '../../../src/policy/mud/ace-peers.ts';
import type { Mud } from '../../../src/policy/mud/mud.ts';
import { mudPolicy } from '../../../src/policy/mud/mud-policy.ts';
import { readMud } from '../../../src/policy/mud/read-mud.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { simulate } from '../../../src/policy/simulate/simulate.ts';
import { writePolicy } from '../../../src/policy/write.ts';
import { BULB, CONTEXT, LOCAL, policyOf, URL } from './context.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/mud');

function mudOf(name: string, lenient = false): Mud {
  const read = readMud(readFileSync(join(FOLDER, name), 'utf8'), { lenient });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.mud;
}

const MINE = endpointName({ selector: 'my-controller', value: URL });

/** The hub is the bulb's controller, because the operator says so. */
const MAPPED = {
  hub: { kind: 'device', device: 'PTL-D-H0B1', addresses: [], state: 'observing' },
  [MINE]: { kind: 'group', members: ['hub'] },
} as const;

const LAN = '192.168.20.';
const ANY_PORT = 51_234;

/** `192.168.20.10 > 203.0.113.200 tcp/8883`, `name` behind `=`; `icmp/8`; `sport>` before the port. */
function connection(text: string): NewConnection {
  const [source = '', , target = '', service = ''] = text.split(' ');
  const [destination = '', name] = target.split('=');
  const [from, to] = [parseAddress(source), parseAddress(destination)];
  if (from === undefined || to === undefined) throw new Error(text);
  return {
    inInterface: interfaceOf(source),
    outInterface: interfaceOf(destination),
    source: from,
    destination: to,
    ...transportOf(service),
    ...(name === undefined ? {} : { name }),
  };
}

function interfaceOf(address: string): string {
  return /^(192\.168\.20\.|fd00:20:)/.test(address) ? 'lan' : 'wan';
}

function transportOf(
  service: string,
): Pick<NewConnection, 'protocol' | 'sourcePort' | 'destinationPort' | 'type'> {
  const [word = '', detail = ''] = service.split('/');
  const [first = 0, second] = detail.split('>').map(Number);
  const protocol = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 }[word] ?? Number(word);
  if (word.startsWith('icmp')) return { protocol, type: first };
  if (word !== 'tcp' && word !== 'udp') return { protocol };
  return second === undefined
    ? { protocol, sourcePort: ANY_PORT, destinationPort: first }
    : { protocol, sourcePort: first, destinationPort: second };
}

describe('a file with every abstraction, packet by packet', () => {
  const { rules, endpoints, services, todo } = mudPolicy(
    mudOf('good/every-abstraction.json'),
    BULB,
    {
      localNetworks: LOCAL,
      endpoints: MAPPED,
    },
  );
  // Through the text that a person gets to see.
  const { policy } = readPolicy(writePolicy(policyOf({ rules, endpoints, services }, MAPPED)), 'p');
  const { bound } = bindPolicy(policy, CONTEXT);
  const B = `${LAN}10`;

  test.each([
    ['the site’s resolver', `${B} > ${LAN}1 udp/53`, 'allow'],
    ['any other resolver', `${B} > 203.0.113.53 udp/53`, 'drop'],
    ['the resolver by TCP, of which nothing is said', `${B} > ${LAN}1 tcp/53`, 'drop'],
    ['a resolver that speaks first, from port 53', `${LAN}1 > ${B} udp/53>4000`, 'drop'],
    ['the site’s NTP server', `${B} > ${LAN}2 udp/123`, 'allow'],
    ['the NTP server on another port', `${B} > ${LAN}2 udp/124`, 'drop'],
    ['a DNS name', `${B} > 203.0.113.200=mq.lumen.example tcp/8883`, 'allow'],
    ['the name on another port', `${B} > 203.0.113.200=mq.lumen.example tcp/443`, 'drop'],
    [
      'the name over IPv6, of which its ACL is not',
      'fd00:20::10 > 2001:db8:5::200=mq.lumen.example tcp/8883',
      'drop',
    ],
    ['another name', `${B} > 203.0.113.202=other.example tcp/8883`, 'drop'],
    ['the name’s host as the one that begins', `203.0.113.200 > ${B} tcp/8883>4000`, 'drop'],
    ['a name of the IPv6 ACL', 'fd00:20::10 > 2001:db8:5::201=six.lumen.example tcp/8883', 'allow'],
    ['a name of the IPv6 ACL over IPv4', `${B} > 203.0.113.201=six.lumen.example tcp/8883`, 'drop'],
    ['one of the same maker', `${B} > ${LAN}11 tcp/6668`, 'allow'],
    ['one of a subdomain of the maker', `${B} > ${LAN}12 tcp/6668`, 'drop'],
    ['one of the same maker that begins', `${LAN}11 > ${B} tcp/6668>4000`, 'drop'],
    ['another maker’s, first port of a range', `${B} > ${LAN}13 tcp/8000`, 'allow'],
    ['another maker’s, last port of a range', `${B} > ${LAN}13 tcp/8009`, 'allow'],
    ['another maker’s, behind the range', `${B} > ${LAN}13 tcp/8010`, 'drop'],
    ['the range on one of its own maker', `${B} > ${LAN}11 tcp/8000`, 'drop'],
    ['a model', `${B} > ${LAN}14 tcp/502`, 'allow'],
    ['another model of that maker', `${B} > ${LAN}15 tcp/502`, 'drop'],
    ['a local address', `${B} > ${LAN}17 udp/5683`, 'allow'],
    ['the same port outside', `${B} > 203.0.113.17 udp/5683`, 'drop'],
    ['a local one that asks the bulb’s own port', `${LAN}17 > ${B} udp/5684`, 'allow'],
    ['one outside that asks the bulb’s own port', `203.0.113.17 > ${B} udp/5684`, 'drop'],
    ['the bulb begins from that port', `${B} > ${LAN}17 udp/5684>4000`, 'drop'],
    ['a controller that nobody named', `${B} > ${LAN}17 udp/514`, 'drop'],
    ['its own controller', `${B} > ${LAN}16 tcp/1883`, 'allow'],
    ['who is not its controller', `${B} > ${LAN}17 tcp/1883`, 'drop'],
    ['its controller, by the way that only that one may begin', `${LAN}16 > ${B} tcp/22`, 'allow'],
    ['another one by that way', `${LAN}17 > ${B} tcp/22`, 'drop'],
    ['the bulb by that way', `${B} > ${LAN}16 tcp/22>4000`, 'drop'],
    ['what an earlier ACE rejects', `${B} > 198.51.100.200 tcp/443`, 'reject'],
    ['the rest of the prefix behind it', `${B} > 198.51.100.7 tcp/443`, 'allow'],
    ['beside the prefix', `${B} > 198.51.101.7 tcp/443`, 'drop'],
    ['lte: the port itself', `${B} > 203.0.113.5 udp/1023`, 'allow'],
    ['lte: the port above', `${B} > 203.0.113.5 udp/1024`, 'drop'],
    ['neq: another port', `${B} > 203.0.113.6 tcp/81`, 'allow'],
    ['neq: that port', `${B} > 203.0.113.6 tcp/80`, 'drop'],
    ['gte of the source port', `${B} > 203.0.113.7 udp/49152>7000`, 'allow'],
    ['below the source port', `${B} > 203.0.113.7 udp/49151>7000`, 'drop'],
    ['an echo', `${B} > 203.0.113.9 icmp/8`, 'allow'],
    ['another type of ICMP', `${B} > 203.0.113.9 icmp/13`, 'drop'],
    ['an answer that nobody asked for', `203.0.113.9 > ${B} icmp/0`, 'drop'],
    ['an echo to the bulb', `203.0.113.9 > ${B} icmp/8`, 'drop'],
    ['an echo over IPv6', 'fd00:20::10 > 2001:db8:9::1 icmpv6/128', 'allow'],
    ['a protocol by its number', `${B} > 203.0.113.9 50`, 'allow'],
    ['another protocol', `${B} > 203.0.113.9 51`, 'drop'],
    ['what has no mirror: the panel may begin', `${LAN}14 > ${B} udp/9`, 'allow'],
    ['another panel may not', `${LAN}15 > ${B} udp/9`, 'drop'],
    ['what no ACE is about', `${B} > 203.0.113.200 udp/8883`, 'drop'],
  ])('%s: %s → %s', (_, text, verdict) => {
    expect(simulate(bound, connection(text)).verdict).toBe(verdict);
  });

  test('what only the operator can say is asked for, and nothing else', () => {
    expect(todo.map(({ kind, endpoint }) => [kind, endpoint])).toEqual([
      [
        'controller',
        endpointName({ selector: 'controller', value: 'https://lumen.example/class/logger' }),
      ],
    ]);
  });

  test('rules are of one side each, and name the file', () => {
    expect(rules.every(({ from, side }) => (from === 'bulb') === (side === 'egress'))).toBe(true);
    expect(rules.every(({ origin }) => origin.kind === 'mud' && origin.ref === URL)).toBe(true);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});

test('a file of before 2019 means what it meant', () => {
  const { rules } = mudPolicy(mudOf('old/before-2019.json', true), BULB, {
    localNetworks: LOCAL,
    endpoints: {},
  });
  expect(rules.map(({ from, to, service }) => `${from} ${to} ${service}`)).toEqual([
    'bulb name:mq.lumen.example tcp/8883',
    'bulb mud-local-networks udp/5683',
  ]);
});

test('what the maker calls an ACE reaches no id, no endpoint and no service', () => {
  const { rules, endpoints, services } = mudPolicy(mudOf('good/hostile-names.json'), BULB, {
    localNetworks: LOCAL,
    endpoints: {},
  });
  const without = rules.map(({ note: _, ...rule }) => rule);
  expect(JSON.stringify({ without, endpoints, services })).not.toMatch(/drop table|script/);
  const text = writePolicy(policyOf({ rules, endpoints, services }));
  expect(text).not.toMatch(/[\u202e\u009b]/);
  expect(readPolicy(text, 'p').policy.rules).toHaveLength(1);
});
