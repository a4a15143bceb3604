import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import type { PolicyRule } from '../../../src/model/policy.ts';
import { bindPolicy } from '../../../src/policy/bind.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { simulate } from '../../../src/policy/simulate/simulate.ts';
import { writePolicy } from '../../../src/policy/write.ts';
import { BULB, CONTEXT, policyOf } from './context.ts';

const V4 = { bulb: '192.168.20.10', far: '203.0.113.9' };
const V6 = { bulb: 'fd00:20::10', far: '2001:db8:5::9' };

function verdict(rule: Partial<PolicyRule>, { bulb, far }: typeof V4, name?: string): string {
  const whole: PolicyRule = {
    id: 'r',
    from: 'bulb',
    to: 'any',
    service: 'tcp/443',
    action: 'allow',
    side: 'both',
    log: false,
    origin: { kind: 'manual' },
    ...rule,
  };
  const policy = policyOf({ rules: [whole], endpoints: {}, services: {} });
  const { bound } = bindPolicy(readPolicy(writePolicy(policy), 'p').policy, CONTEXT);
  const out = whole.from === BULB.endpoint;
  const [source, destination] = [parseAddress(out ? bulb : far), parseAddress(out ? far : bulb)];
  if (source === undefined || destination === undefined) throw new Error('no address');
  return simulate(bound, {
    inInterface: out ? 'lan' : 'wan',
    outInterface: out ? 'wan' : 'lan',
    source,
    destination,
    protocol: 6,
    sourcePort: 50_000,
    destinationPort: 443,
    ...(name === undefined ? {} : { name }),
  }).verdict;
}

describe('a rule of one family', () => {
  const name = 'six.lumen.example';
  test.each([
    ['none: both', {}, undefined, 'allow', 'allow'],
    ['IPv4', { family: 4 }, undefined, 'allow', 'drop'],
    ['IPv6', { family: 6 }, undefined, 'drop', 'allow'],
    ['IPv4 to a name', { family: 4, to: `name:${name}` }, name, 'allow', 'drop'],
    ['IPv6 to a name', { family: 6, to: `name:${name}` }, name, 'drop', 'allow'],
    ['IPv4 to the device', { family: 4, from: 'any', to: 'bulb' }, undefined, 'allow', 'drop'],
    ['IPv6 to the device', { family: 6, from: 'any', to: 'bulb' }, undefined, 'drop', 'allow'],
    [
      'IPv4, and a network of IPv6',
      { family: 4, to: 'net:2001:db8::/32' },
      undefined,
      'drop',
      'drop',
    ],
  ] satisfies [string, Partial<PolicyRule>, string | undefined, string, string][])(
    '%s',
    (_, rule, asked, ofFour, ofSix) => {
      expect([verdict(rule, V4, asked), verdict(rule, V6, asked)]).toEqual([ofFour, ofSix]);
    },
  );
});
