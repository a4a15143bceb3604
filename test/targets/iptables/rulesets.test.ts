import { afterAll, describe, expect, test } from 'vitest';
import type { Feature } from '../../../lab/kernel/policies.ts';
import { randomPolicy } from '../../../lab/kernel/policies.ts';
import { Random } from '../../../lab/kernel/random.ts';
import { hasAddress } from '../../../src/base/address-set.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import { sameAs } from '../../../src/policy/decide/same.ts';
import { iptables } from '../../../src/targets/iptables/iptables.ts';
import { compile } from '../../../src/targets/target.ts';
import { ANYONE, at, policy, rule } from '../../policy/simulate/site.ts';
import { obstacle, Router, VARIANTS } from './real-iptables.ts';

const SEEDS = [21, 22];
/** What iptables cannot count for both families at once, or until after 2038. */
const WITHOUT: ReadonlySet<Feature> = new Set(['rates', 'connections', 'expires']);

const FOREIGN = [
  'iptables -N mine',
  'iptables -A FORWARD -j mine',
  'iptables -A mine -s 203.0.113.9 -j DROP',
  'ip6tables -P INPUT DROP',
  'ipset create mine hash:ip',
  'ipset add mine 192.0.2.1',
].join('\n');

const LISTED = 'iptables-save; ip6tables-save; ipset save';

/** Without counters, dates and what the kernel chose. */
function bare(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(/\[\d+:\d+\]/, '').replace(/ (?:initval 0x[0-9a-f]+|timeout \d+$)/g, ''),
    )
    .toSorted();
}

/**
 * Where what was read decides otherwise than the policy, for packets that there are: nobody sends ICMP
 * of the other family, and no address of a device is the router's own as well.
 */
function deviationsOf(bound: BoundPolicy, text: string): readonly unknown[] {
  const parsed = iptables.parse(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  const { deviations, more } = sameAs(bound, parsed.program, 1000);
  expect(more).toBe(false);
  return deviations.filter(({ packet }) => {
    const isForeign = packet.protocol === (packet.source.family === 4 ? 58 : 1);
    const isBoth =
      packet.outInterface === undefined &&
      bound.devices.some(({ addresses }) => hasAddress(addresses, packet.destination));
    return !isForeign && !isBoth;
  });
}

describe.skipIf(obstacle !== undefined).each(VARIANTS)('in the real iptables (%s)', (variant) => {
  const router = obstacle === undefined ? new Router(variant) : undefined;
  afterAll(() => router?.close());
  const run = (script: string): string => router?.run(script) ?? '';

  test.each(SEEDS)('the policy of seed %i loads twice, and is read back as it is', (seed) => {
    const bound = randomPolicy(new Random(seed), 15, WITHOUT);
    const artefact = compile(iptables, bound);
    const { check, apply, read } = artefact;
    const script = router?.lines(artefact, [...check, ...apply, ...apply, read], `s${seed}`) ?? '';
    const printed = run(script);
    expect(deviationsOf(bound, printed)).toEqual([]);
    // Hooked in once, in front.
    const hooks = printed.split('\n').filter((line) => /^-A (FORWARD|INPUT|P\w+) /.test(line));
    const once = ['FORWARD', 'INPUT', 'POSTROUTING', 'PREROUTING'].map(
      (name) => `-A ${name} -j PTL-${name}`,
    );
    expect(hooks.toSorted()).toEqual([...once, ...once].toSorted());
  });

  test('a policy in the place of another leaves nothing of it behind', () => {
    // Sets of names stay as they are: they are filled while the rules are in force.
    const without: ReadonlySet<Feature> = new Set([...WITHOUT, 'names']);
    const [first, second] = SEEDS.map((seed) =>
      compile(iptables, randomPolicy(new Random(seed), 12, without)),
    );
    if (first === undefined || second === undefined) throw new Error('no policies');
    const one = router?.lines(first, first.apply, 'one') ?? '';
    const two = router?.lines(second, second.apply, 'two') ?? '';
    expect(bare(run(`${one}\n${two}\n${LISTED}`))).toEqual(bare(run(`${two}\n${LISTED}`)));
  });

  test('removed, it leaves all that is of others, and nothing else', () => {
    const artefact = compile(iptables, randomPolicy(new Random(24), 12, WITHOUT));
    const before = run(`${FOREIGN}\n${LISTED}`);
    const ours = router?.lines(artefact, [...artefact.apply, ...artefact.remove], 'gone') ?? '';
    // Tables that were asked for are there afterwards, and empty.
    const left = bare(run(`${FOREIGN}\n${ours}\n${LISTED}`));
    const empty = /^(?:\*nat|:(?:PREROUTING|INPUT|OUTPUT|POSTROUTING) ACCEPT |COMMIT)/;
    expect(left.filter((line) => !empty.test(line))).toEqual(
      bare(before).filter((line) => !empty.test(line)),
    );
  });

  test('a rule that the kernel refuses changes nothing', () => {
    const artefact = compile(iptables, policy());
    const broken = {
      ...artefact,
      files: artefact.files.map((file) =>
        file.name === 'portolan.iptables'
          ? { ...file, text: file.text.replace('COMMIT', '-A PTL-FORWARD -j NOSUCH\nCOMMIT') }
          : file,
      ),
    };
    const good = router?.lines(artefact, artefact.apply, 'good') ?? '';
    const bad = router?.lines(broken, broken.apply.slice(0, 2), 'bad') ?? '';
    const script = `${good}\niptables-save -t filter > before\n(${bad}) 2>/dev/null && exit 9\niptables-save -t filter > after\ngrep -v '^#' before; echo ==; grep -v '^#' after`;
    const [was, is] = run(`cd ${router?.folder}\n${script}`).split('==\n');
    expect(is).toBe(was);
  });

  test('limits, and an end in time, are taken by the kernel', () => {
    const limited = policy({
      egress: [
        rule('r1', at('192.168.1.0/24'), ANYONE, 'tcp/443', {
          rate: { packets: 3, per: 'hour', burst: 7, key: 'source' },
          connections: { max: 4, key: 'source' },
          expires: Date.UTC(2030, 0, 2, 3, 4, 5),
          log: true,
        }),
      ],
    });
    const artefact = compile(iptables, limited);
    const printed = run(
      router?.lines(artefact, [...artefact.apply, artefact.read], 'limits') ?? '',
    );
    expect(printed).toMatch(/--hashlimit-above 3\/hour --hashlimit-burst 7 --hashlimit-mode srcip/);
    expect(printed).toMatch(/--connlimit-above 4 --connlimit-mask 32/);
    expect(printed).toMatch(/--datestop 2030-01-02T03:04:04/);
    expect(printed).toMatch(/--nflog-prefix "ptl allow - r1 " --nflog-group 7/);
  });
});

test('no name that people give reaches a file', () => {
  const bound = randomPolicy(new Random(31), 20, WITHOUT);
  const hostile: BoundPolicy = {
    ...bound,
    zones: bound.zones.map((each) => ({ ...each, name: 'x"\n-A INPUT -j ACCEPT\n' })),
    devices: bound.devices.map((each) => ({ ...each, device: '$(reboot) `id`' })),
  };
  const same: BoundPolicy = {
    ...bound,
    zones: bound.zones.map((each) => ({ ...each, name: 'x' })),
    devices: bound.devices.map((each) => ({ ...each, device: 'x' })),
  };
  expect(compile(iptables, hostile).files).toEqual(compile(iptables, same).files);
});

test.each([
  ['a rate for both families', { rate: { packets: 1, per: 'second', burst: 1, key: 'rule' } }],
  ['connections of both families', { connections: { max: 1, key: 'rule' } }],
  ['an end after 2038', { expires: Date.UTC(2040, 0, 1) }],
] as const)('%s is refused', (_, parts) => {
  const bound = policy({ egress: [rule('r1', ANYONE, ANYONE, 'tcp/443', parts)] });
  expect(iptables.unsupported(bound).map(({ id }) => id)).toEqual(['r1']);
});
