import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import { dnsmasqConfig } from '../../../src/targets/nftables/dynamic-names.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { compile } from '../../../src/targets/target.ts';
import { lacking } from '../../lab/need.ts';
import { addresses, at, policy, rule } from '../../policy/simulate/site.ts';
import { inNamespace } from './real-nft.ts';

const CLOUD: BoundPolicy = policy({
  names: [
    { id: 'n_cloud', patterns: ['mq.example.com', '*.cdn.example'], addresses: [] },
    { id: 'n_time', patterns: ['mq.example.com'], addresses: addresses('203.0.113.9') },
  ],
  egress: [
    rule(
      'cloud',
      at('192.168.20.5'),
      { ranges: [], names: ['n_cloud', 'n_time'], devices: [] },
      'any',
    ),
  ],
});

test('both families of all sets of a name stand in one line', () => {
  const set = (name: string): string => `4#inet#portolan#n_${name}_4,6#inet#portolan#n_${name}_6`;
  expect(dnsmasqConfig(CLOUD)).toBe(
    `nftset=/mq.example.com/${set('n_cloud')},${set('n_time')}\nnftset=/cdn.example/${set('n_cloud')}\n`,
  );
});

test.each([['a.example/#'], ['-x.example'], ['a b'], ['x\ny']])('%j is no name', (name) => {
  const [first] = CLOUD.names;
  if (first === undefined) throw new Error('no name');
  const odd = policy({ names: [{ ...first, patterns: [name] }] });
  expect(() => dnsmasqConfig(odd)).toThrow('wrong form');
});

const obstacle = lacking('nft', 'dnsmasq', 'busybox', 'unshare');
if (obstacle !== undefined) process.stderr.write(`Real dnsmasq is left out: ${obstacle}\n`);

describe.skipIf(obstacle !== undefined)('with the real dnsmasq', () => {
  test('an answer is in the sets before whoever asked has it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-dnsmasq-'));
    for (const { name, text } of compile(nftables, CLOUD).files) {
      writeFileSync(join(folder, name), text);
    }
    const common = '--no-daemon --no-resolv --no-hosts --bind-interfaces --user=root --pid-file=';
    const upstream = `dnsmasq ${common} --listen-address=127.0.0.2 --host-record=mq.example.com,203.0.113.50,2001:db8::50 --host-record=e7.cdn.example,203.0.113.60`;
    const router = `dnsmasq ${common} --listen-address=127.0.0.3 --server=127.0.0.2 --conf-file=${folder}/portolan-dnsmasq.conf`;
    const ask = 'busybox nslookup mq.example.com 127.0.0.3 > /dev/null';
    try {
      const listed = inNamespace(`
        ip link set lo up
        nft -f ${folder}/portolan.nft
        ${upstream} 2> /dev/null & one=$!
        ${router} 2> /dev/null & two=$!
        trap 'kill $one $two' EXIT
        for i in 1 2 3 4 5 6 7 8 9 10; do ${ask} && break; sleep 0.3; done
        busybox nslookup e7.cdn.example 127.0.0.3 > /dev/null || true
        nft -n list table inet portolan`);
      const sets = Array.from(
        listed.matchAll(/set (n_\S+) \{[^}]*?elements = \{([^}]*)\}/g),
        ([, name, elements]) =>
          `${name} ${elements
            ?.match(/[\d.]{7,}|[\da-f]+(?::[\da-f]+)*::\w+/g)
            ?.sort()
            .join(' ')}`,
      );
      expect(sets).toEqual([
        'n_n_cloud_4 203.0.113.50 203.0.113.60',
        'n_n_cloud_6 2001:db8::50',
        'n_n_time_4 203.0.113.50 203.0.113.9',
        'n_n_time_6 2001:db8::50',
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
