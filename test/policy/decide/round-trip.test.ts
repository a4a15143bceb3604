import { expect, test } from 'vitest';
import { hasAddress } from '../../../src/base/address-set.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type { Deviation } from '../../../src/policy/decide/same.ts';
import { sameAs } from '../../../src/policy/decide/same.ts';
import { iptables } from '../../../src/targets/iptables/iptables.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { openwrt } from '../../../src/targets/openwrt/openwrt.ts';
import type { Target } from '../../../src/targets/target.ts';
import { randomPolicy, seeded } from './random-site.ts';

/** Every target that states its rules in order: more follow as they come. */
const TARGETS: readonly Target[] = [nftables, iptables, openwrt];
const RUNS = 80;

/** Some of the random sites have what a target cannot say; those that it takes count. */
const AT_LEAST = 25;

test.each(TARGETS)(
  'what $id is told, read back, decides every connection as the policy does',
  (target) => {
    const seed = Number(process.env['PORTOLAN_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000));
    process.stdout.write(`round-trip.test.ts: seed ${seed}\n`);
    let compared = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const site = withMacs(randomPolicy(seeded(seed + run * 15_485_863), 1 + (run % 12)));
      if (target.unsupported(site).length > 0) continue;
      const { deviations, more } = sameAs(site, readBack(target, site), 500);
      const [first] = deviations.filter((each) => isSent(each) && !isTwice(each, site));
      if (first !== undefined || more) expect.fail(`seed ${seed} run ${run}: ${print(first)}`);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(AT_LEAST);
  },
);

test.each(TARGETS)(
  'a word changed in what $id is told is found, with a packet that shows it',
  (target) => {
    const sites = [24, 25, 26, 27, 28, 29].map((seed) => randomPolicy(seeded(seed), 10));
    const site = sites.find((one) => target.unsupported(one).length === 0);
    if (site === undefined) throw new Error('there is no site that it takes');
    const denying = { ...site, zones: site.zones.map((zone) => ({ ...zone, denies: true })) };
    const text = textOf(target, denying);
    const changed = text
      .replaceAll(/\bcounter (drop|reject)\b/g, 'counter accept')
      .replaceAll('-j DROP', '-j ACCEPT');
    expect(changed).not.toBe(text);
    const parsed = target.parse(changed);
    if (!parsed.ok) throw new Error(parsed.why);
    const { same, deviations } = sameAs(denying, parsed.program);
    expect(same).toBe(false);
    expect(deviations.every(({ policy, program }) => policy.join() !== program.join())).toBe(true);
  },
);

function withMacs(site: BoundPolicy): BoundPolicy {
  const devices = site.devices.map((device, index) =>
    index % 2 === 0 ? { ...device, macs: [`02:00:00:00:00:0${index}`] } : device,
  );
  return { ...site, devices };
}

function readBack(target: Target, site: BoundPolicy) {
  const parsed = target.parse(textOf(target, site));
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.program;
}

/** iptables has a file for each family and one for the sets of both. */
function textOf(target: Target, site: BoundPolicy): string {
  const { files } = target.render(site);
  const parts = files.slice(0, target.id === 'iptables' ? 3 : 1);
  return parts.map(({ text }) => text).join('\n');
}

/** ICMP in IPv6 and ICMPv6 in IPv4 have no types that iptables sees; nobody sends them. */
function isSent({ packet }: Deviation): boolean {
  return packet.protocol !== (packet.source.family === 4 ? 58 : 1);
}

/** To the router by an address that is a device's: nobody has both, and a target need not ask. */
function isTwice({ packet }: Deviation, { devices }: BoundPolicy): boolean {
  const { outInterface, destination } = packet;
  return (
    outInterface === undefined &&
    devices.some(({ addresses }) => hasAddress(addresses, destination))
  );
}

function print(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
}
