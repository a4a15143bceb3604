import { expect, test } from 'vitest';
import { Monitor } from '../../src/detectors/monitor.ts';
import { Purposes } from '../../src/detectors/purposes.ts';
import type { Category } from '../../src/model/core.ts';
import { LAMP, ROUTER, START } from './scene.ts';

test.each<[string, number, Category | 'unknown', string, 'single' | 'general' | 'unknown']>([
  ['a lamp that knows two sites', 2, 'smart-home', '', 'single'],
  ['whoever looks for two dozen', 24, 'smart-home', '', 'general'],
  ['a computer that looks for eight', 8, 'general-purpose', '', 'general'],
  ['a store of files, which is a computer and knows three', 3, 'general-purpose', '', 'single'],
  ['what calls itself a telephone', 0, 'unknown', 'Annas-iPhone', 'general'],
  ['of whom nothing is known', 0, 'unknown', '', 'unknown'],
])('%s', (_, sites, category, hostName, purpose) => {
  const purposes = new Purposes();
  const { context } = new Monitor({ detectors: [] });
  for (let site = 0; site < sites; site += 1) {
    const lookup = { kind: 'lookup', at: START, type: 1, rcode: 0, addresses: [] } as const;
    const ends = { client: { ...LAMP, port: 40_000 }, resolver: { ...ROUTER, port: 53 } };
    purposes.note({ ...lookup, ...ends, name: `www.site-${site}.example`, octets: 40 }, context);
  }
  expect(purposes.of(LAMP.mac, category, hostName)).toBe(purpose);
});
