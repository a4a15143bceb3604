import { expect, test } from 'vitest';
import type { BoundPolicy } from '../../src/model/bound-policy.ts';
import { ios } from '../../src/targets/ios/ios.ts';
import { openwrt } from '../../src/targets/openwrt/openwrt.ts';
import { pf } from '../../src/targets/pf/pf.ts';
import { routeros } from '../../src/targets/routeros/routeros.ts';
import type { Target } from '../../src/targets/target.ts';
import { compile } from '../../src/targets/target.ts';
import { ANYONE, at, device, IOT, LAN, policy, rule, WAN } from '../policy/simulate/site.ts';

const TARGETS: readonly Target[] = [openwrt, routeros, pf, ios];
const HOSTILE = [
  '"; reboot; #',
  "'\nset firewall.x=rule",
  '}\npass quick all',
  '[/system reset]',
].concat(['x\n permit ip any any', '$(reboot)', '\u202e\0', 'accept']);

const BOUND = policy({
  zones: [LAN, { ...IOT, denies: true }, WAN],
  devices: [device('d7', ['192.168.20.5'])],
  egress: [rule('r1', at('192.168.20.5'), ANYONE, 'tcp/443')],
});

function named(name: string): BoundPolicy {
  return {
    ...BOUND,
    zones: BOUND.zones.map((each) => ({ ...each, name })),
    devices: BOUND.devices.map((each) => ({ ...each, device: name })),
  };
}

test.each(TARGETS)('what people and devices are called reaches nothing of $id', (target) => {
  for (const name of HOSTILE) {
    expect(compile(target, named(name))).toEqual(compile(target, named('x')));
  }
});

test.each(TARGETS)('an interface that is called otherwise is refused by $id', (target) => {
  const zones = [{ ...LAN, interfaces: ['lan0" all\npass'] }, IOT, WAN];
  expect(() => compile(target, { ...BOUND, zones })).toThrow('lan');
});

test.each(TARGETS)('$id reads an empty text, and noise ends in a line', (target) => {
  expect(target.parse('')).toMatchObject({ ok: true });
  for (const noise of [
    '"'.repeat(5000),
    '{'.repeat(5000),
    '(['.repeat(5000),
    '\\\n'.repeat(5000),
  ]) {
    const parsed = target.parse(noise);
    expect(parsed.ok || parsed.line > 0).toBe(true);
  }
});
