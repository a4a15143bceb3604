import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoundRule } from '../../src/model/bound-policy.ts';
import type { Policy, PolicyEndpoint } from '../../src/model/policy.ts';
import { bindAll, bindPolicy } from '../../src/policy/bind.ts';
import type { BindContext } from '../../src/policy/bind-context.ts';
import { diagnosticText } from '../../src/policy/problem.ts';
import { examinePolicy } from '../../src/policy/read.ts';
import { writePolicy } from '../../src/policy/write.ts';
import { anyPolicy } from './arbitrary-policy.ts';
import { GOOD } from './bad-policies.ts';

const SEED = 20_261_125;

/** The devices that `anyPolicy` names, two of them with an address. */
const CONTEXT: BindContext = {
  devices: ['A0', 'B1', 'C2', 'D3'].map((id, index) => ({
    id: `PTL-D-${id}`,
    addresses: index < 2 ? [`10.0.0.${index + 1}`] : [],
    macs: [`02:00:00:00:00:0${index}`],
    mudUrl: `https://maker.example/${id}`,
  })),
  resolved: (name) => (name.startsWith('mq') ? { addresses: ['203.0.113.9'], at: 1 } : undefined),
  localNetworks: [],
  resolvers: ['10.0.0.53'],
  ntpServers: [],
  now: Date.UTC(2026, 10, 25),
};

test('whatever a text is damaged into, it is read or refused with a place, and never throws', () => {
  const damage = fc.record({
    at: fc.nat(GOOD.length),
    cut: fc.nat(12),
    put: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ': ',
        '- ',
        '&a ',
        '*a',
        '!!',
        '|\n',
        '\t',
        '"',
        '? ',
        '<<: ',
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const text = damages.reduce(
        (before, { at, cut, put }) => before.slice(0, at) + put + before.slice(at + cut),
        GOOD,
      );
      const { policy, diagnostics } = examinePolicy(text, 'p.yaml');
      expect(policy !== undefined || diagnostics.length > 0).toBe(true);
      for (const one of diagnostics) {
        expect(diagnosticText(one)).toMatch(/^p\.yaml:[1-9]\d*:[1-9]\d*: ./);
        expect(one.remedy).not.toBe('');
      }
    }),
    { numRuns: 400, seed: SEED },
  );
});

test('whatever a policy says, what is bound is whole', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const { bound } = bindPolicy(policy, CONTEXT);
      const zones = new Set(bound.zones.map(({ id }) => id));
      const devices = new Set(bound.devices.map(({ id }) => id));
      const names = new Set(bound.names.map(({ id }) => id));
      for (const id of [...zones, ...devices, ...names])
        expect(id).toMatch(/^[a-z][a-z0-9_]{0,30}$/);
      for (const rule of [...bound.guard, ...bound.egress, ...bound.ingress]) {
        expect(rule.matches.length).toBeGreaterThan(0);
        expect(rule.fromZone === undefined || zones.has(rule.fromZone)).toBe(true);
        expect(rule.toZone === undefined || rule.toZone === 'self' || zones.has(rule.toZone)).toBe(
          true,
        );
        for (const { names: asked, devices: named, ranges } of [rule.from, rule.to]) {
          expect(asked.every((id) => names.has(id))).toBe(true);
          expect(named.every((id) => devices.has(id))).toBe(true);
          expect(asked.length + ranges.length).toBeGreaterThan(0);
        }
      }
      expect(
        bound.guard.every(({ toZone, action }) => toZone === 'self' && action === 'allow'),
      ).toBe(true);
      expect(bindAll(policy, CONTEXT).bound).toEqual(bound);
    }),
    { numRuns: 100, seed: SEED },
  );
});

/** Ids of rules of the policy, in their order, of a list without quarantine's. */
function order(rules: readonly BoundRule[]): string[] {
  return rules.map(({ id }) => id).filter((id) => !id.startsWith('ptl-'));
}

test('rules keep their order, each on its sides, and expired ones are gone', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const calm = withoutQuarantine(policy);
      const { bound } = bindPolicy(calm, CONTEXT);
      for (const side of ['egress', 'ingress'] as const) {
        const found = order(bound[side]);
        const wanted = calm.rules.filter(
          (rule) =>
            (rule.side === 'both' || rule.side === side) &&
            (rule.expires === undefined || rule.expires > CONTEXT.now),
        );
        expect(wanted.map(({ id }) => id).filter((id) => found.includes(id))).toEqual(found);
      }
    }),
    { numRuns: 100, seed: SEED },
  );
});

function withoutQuarantine(policy: Policy): Policy {
  const endpoints = Object.entries(policy.endpoints).map(
    ([name, one]): [string, PolicyEndpoint] => [
      name,
      one.kind === 'device' ? { ...one, state: 'trial' } : one,
    ],
  );
  return { ...policy, endpoints: Object.fromEntries(endpoints) };
}

test('names are people’s: what is bound is the same whatever zones, endpoints and services are called', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const plain = renamed(policy);
      const [a, b] = [policy, plain].map((one) => {
        const { bound } = bindPolicy(one, CONTEXT);
        return { ...bound, zones: bound.zones.map((zone) => ({ ...zone, name: '' })) };
      });
      expect(b).toEqual(a);
      expect(examinePolicy(writePolicy(plain), 'p').policy).toEqual(plain);
    }),
    { numRuns: 100, seed: SEED },
  );
});

/** The same policy with names that mean nothing. */
function renamed(policy: Policy): Policy {
  const table = (kind: string, names: readonly string[]): ReadonlyMap<string, string> =>
    new Map(names.map((name, index) => [name, `${kind}${index}`]));
  const zones = table('zz', Object.keys(policy.zones));
  const endpoints = table('ee', Object.keys(policy.endpoints));
  const services = table('ss', Object.keys(policy.services));
  const zone = (name: string): string => zones.get(name) ?? name;
  const peer = (text: string): string =>
    text.startsWith('zone:') ? `zone:${zone(text.slice(5))}` : (endpoints.get(text) ?? text);
  const service = (text: string): string => services.get(text) ?? text;
  const keys = <T>(record: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>) =>
    Object.fromEntries(Object.entries(record).map(([key, one]) => [names.get(key) ?? key, one]));
  const { guard, tests } = policy;
  const members = Object.entries(policy.endpoints).map(([name, one]) => {
    const all = one.kind === 'group' ? { ...one, members: one.members.map(peer) } : one;
    return [name, all] as const;
  });
  return {
    ...policy,
    zones: keys(policy.zones, zones),
    endpoints: keys(Object.fromEntries(members), endpoints),
    services: keys(policy.services, services),
    rules: policy.rules.map((rule) => ({
      ...rule,
      from: peer(rule.from),
      to: peer(rule.to),
      service: service(rule.service),
      ...(rule.toZone === undefined ? {} : { toZone: zone(rule.toZone) }),
    })),
    guard: { admins: guard.admins.map(peer), services: guard.services.map(service) },
    tests: tests.map((one) => ({
      ...one,
      from: peer(one.from),
      to: peer(one.to),
      service: service(one.service),
    })),
  };
}
