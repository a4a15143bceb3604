import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PolicyEndpoint } from '../../../src/model/policy.ts';
import type { MudPolicy } from '../../../src/policy/mud/mud-policy.ts';
import { mudPolicy } from '../../../src/policy/mud/mud-policy.ts';
import { readMud } from '../../../src/policy/mud/read-mud.ts';
import { recordMud } from '../../../src/policy/mud/record.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { BULB, LOCAL } from './context.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/mud');

function said(name: string, endpoints: Readonly<Record<string, PolicyEndpoint>> = {}): MudPolicy {
  const read = readMud(readFileSync(join(FOLDER, name), 'utf8'));
  if (!read.ok) throw new Error(name);
  return mudPolicy(read.mud, BULB, { localNetworks: LOCAL, endpoints });
}

function recorded(text: string, mud: MudPolicy, replaceLearned = false): string {
  const { policy, document } = readPolicy(text, 'p');
  return recordMud(document, policy, BULB, mud, replaceLearned).text;
}

const idsIn = (text: string): readonly string[] =>
  readPolicy(text, 'p').policy.rules.map(({ id }) => id);
const idsOf = ({ rules }: MudPolicy): readonly string[] => rules.map(({ id }) => id);

const LEARNED = `endpoints:
  bulb: { device: PTL-D-B01B, state: learned }
rules:
  # by hand
  - { id: mine, from: bulb, to: any, service: ntp, action: allow }
  - { id: learn-1, from: bulb, to: any, service: dns, action: allow, side: egress, origin: learned }
  - { id: learn-2, from: any, to: other, service: dns, action: allow, side: ingress, origin: learned }
`.replace('to: other', 'to: net:192.0.2.1');

describe('the rules of a MUD file in a policy', () => {
  const every = said('good/every-abstraction.json');
  const small = said('good/bulb.json');

  test.each([
    ['an empty policy', ''],
    ['one that is JSON', '{"version": 1, "rules": []}'],
    ['one with brackets', 'rules: []\n'],
  ])('%s gets all of them, with endpoints and services', (_, text) => {
    const once = recorded(text, every);
    expect(idsIn(once)).toEqual(idsOf(every));
    const { policy } = readPolicy(once, 'p');
    expect(policy.endpoints).toMatchObject(every.endpoints);
    expect(policy.services).toEqual(every.services);
    expect(recorded(once, every)).toBe(once);
    // From these to a smaller file, and to none of it: what is gone leaves a fit policy.
    expect(idsIn(recorded(once, small))).toEqual(idsOf(small));
    expect(idsIn(recorded(once, { ...small, rules: [] }))).toEqual([]);
  });

  test('what people wrote and what was learned stays', () => {
    const text = recorded(LEARNED, small);
    expect(idsIn(text)).toEqual(['mine', 'learn-1', 'learn-2', ...idsOf(small)]);
    expect(text).toContain('# by hand');
  });

  test('what was learned of the device goes where the maker is to have the last word', () => {
    expect(idsIn(recorded(LEARNED, small, true))).toEqual(['mine', 'learn-2', ...idsOf(small)]);
  });

  test('who the operator says is meant stays meant', () => {
    const [name = ''] = Object.keys(every.endpoints).filter((one) => one.includes('my-controller'));
    const group: PolicyEndpoint = { kind: 'group', members: ['hub'] };
    const before = `endpoints:\n  hub: { networks: 192.168.20.16 }\n  ${name}: { members: hub }\n`;
    const text = recorded(before, said('good/every-abstraction.json', { [name]: group }));
    expect(readPolicy(text, 'p').policy.endpoints[name]).toEqual(group);
  });
});
