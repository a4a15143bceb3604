import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bindPolicy } from '../../src/policy/bind.ts';
import type { BindContext } from '../../src/policy/bind-context.ts';
import { MOST } from '../../src/policy/document.ts';
import { diagnosticText } from '../../src/policy/problem.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { runPolicyTests } from '../../src/policy/run-tests.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/policy.md'), 'utf8');

const CONTEXT: BindContext = {
  devices: [
    { id: 'PTL-D-1', addresses: ['192.168.20.9'], macs: [], mudUrl: 'https://maker.example/1' },
  ],
  resolved: () => ({ addresses: ['203.0.113.9'], at: 0 }),
  localNetworks: [],
  resolvers: [],
  ntpServers: [],
  now: 0,
};

test('the example of the guide is fit, and its tests hold', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(GUIDE) ?? [];
  const { policy, document, warnings } = readPolicy(example, 'policy.yaml');
  expect(warnings.map(diagnosticText)).toEqual([]);
  const { bound, notes } = bindPolicy(policy, CONTEXT, document);
  expect(notes.map(diagnosticText)).toEqual([]);
  expect(bound.egress.map(({ id }) => id)).toEqual([
    'nas-from-office',
    'own-dns',
    'cameras-to-nas',
    'iot-cloud',
    'tonight',
  ]);
  const results = runPolicyTests(policy, bound, CONTEXT);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
});

test('the limits of the guide are those of the code', () => {
  const [limits = ''] = /## Limits\n[^#]*/.exec(GUIDE) ?? [];
  const said = [...limits.matchAll(/[\d,]*\d/g)].map(([number]) =>
    Number(number.replaceAll(',', '')),
  );
  expect(said).toEqual(expect.arrayContaining(Object.values(MOST)));
});
