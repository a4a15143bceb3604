import { expect, test } from 'vitest';
import { orderNumberKeys, productKey, vendorKey } from '../../src/base/product-key.ts';

test.each([
  ['Siemens AG', 'siemens'],
  ['schneider-electric', 'schneiderelectric'],
  ['Schneider Electric', 'schneiderelectric'],
  ['TP-LINK Technologies Co.,Ltd.', 'tplinktechnologies'],
  ['AVM GmbH', 'avm'],
  ['', ''],
])('the maker %s is %s', (name, key) => {
  expect(vendorKey(name)).toBe(key);
});

test.each([
  ['a CPE name and a model', 'ds-2cd2026g2-iu/sl_firmware', 'DS-2CD2026G2-IU/SL', true],
  [
    'a family as a CPE name and as an advisory',
    's7-1200_cpu_firmware',
    'SIMATIC S7-1200 CPU family (incl. SIPLUS variants)',
    true,
  ],
  ['an order number with and without its gap', '6ES7 214-1AG40-0XB0', '6es7214-1ag40-0xb0', true],
  ['a model and a longer one', 'S7-1200', 'S7-1200 CPU 1214C', false],
  ['two models', 'DS-2CD2026G2-IU', 'DS-2CD2026G2-I', false],
  ['brackets without a gap belong to the name', 'ds-2cd2066g2-i(u)', 'DS-2CD2066G2-IU', true],
])('%s', (_, a, b, same) => {
  expect(productKey(a, 'siemens') === productKey(b, 'siemens')).toBe(same);
});

test('the maker in front of the product is no part of it', () => {
  expect(productKey('Siemens SIMATIC S7-1500', 'siemens')).toBe('s71500');
  expect(productKey('nginx', 'nginx')).toBe('nginx');
});

test('an order number in brackets is a name of its own', () => {
  expect(orderNumberKeys('SCALANCE WAM763-1 (ME) (6GK5763-1AL00-7DC0)')).toEqual([
    '6gk57631al007dc0',
  ]);
  expect(orderNumberKeys('SIMATIC S7-1200 (incl. SIPLUS variants)')).toEqual([]);
});
