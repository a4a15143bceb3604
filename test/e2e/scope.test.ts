import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cannot, HOSTILE_DEVICE, PATIENCE, PRODUCT, Stage } from './stage.ts';

const why = cannot(['nft', 'xargs'], [HOSTILE_DEVICE]);

/** What must not be asked without a word, or at all; refused as no target (2) or out of scope (6). */
const FOREIGN = [
  ...['8.8.8.8', '1.1.1.1/32', '203.0.113.0/24', '192.0.2.1', '198.18.0.0/15', '100.64.0.1'],
  ...['100.64.0.0/10', '169.254.169.254', '224.0.0.1', '239.255.255.250', '224.0.0.0/4'],
  ...['0.0.0.0', '0.0.0.0/0', '0.1.2.3', '240.0.0.1', '255.255.255.255', '10.0.0.0/8', '10.0.0.1'],
  ...['10.76.255.255', '10.78.0.0', '10.77.0.0/16', '172.16.0.1', '172.32.0.1'],
  ...['192.168.1.1', '192.168.0.0/16', '10.77.1-4.1', '10.77.1.1-10.77.9.1', '*.*.*.*', '11.*.*.1'],
  ...['::', '::/0', '2001:4860:4860::8888', '2001:db8::1', 'ff02::1', 'ff05::2', 'fc00::/7'],
  ...['fd00::1', '64:ff9b::808:808', '2002:808:808::1', '::ffff:8.8.8.8', '::ffff:0808:0808'],
  ...['::ffff:10.78.0.1', '::ffff:224.0.0.1', '::8.8.8.8', 'fe80::1%nosuch', 'fe80::1%lo%lo'],
  ...['010.077.001.001', '0x0a4d0101', '172818689', '0xa.77.1.1', '10.77.257', '10.77.1', '10.1'],
  ...['012.115.1.1', '10.77.1.0x1', '10.77.1.1/33', '10.77.1.1/-1', '10.77.1.1/', '10.77.1.256'],
  ...['10.77.1.1.1', '１０.77.1.1', '10。77。1。1', '10.77.1.1%eth-home'],
  ...['8.8.8.8,10.77.1.1', '10.77.1.1@8.8.8.8', 'http://8.8.8.8/', '[8.8.8.8]', '8.8.8.8:80'],
  ...['outside.example', 'rebind.example', 'meta.example', 'mapped.example', 'group.example'],
] as const;

/** Names as a hostile or careless resolver would answer them. */
const HOSTS = `
8.8.8.8 outside.example
10.77.1.1 rebind.example
8.8.4.4 rebind.example
169.254.169.254 meta.example
::ffff:8.8.8.8 mapped.example
239.255.255.250 group.example
`;

const RULES = `table inet watch {
  counter sent {}
  counter strayed {}
  counter inward {}
  chain out { type filter hook output priority 0;
    oifname != "lo" meta l4proto { tcp, udp } counter name sent
    oifname != "lo" icmp type echo-request counter name sent
    oifname != "lo" icmpv6 type echo-request counter name sent
    oifname != "lo" meta l4proto { tcp, udp } ip daddr != { 10.77.0.0/16, 224.0.0.0/4, 255.255.255.255 } counter name strayed
    oifname != "lo" meta l4proto { tcp, udp } ip6 daddr != { fe80::/10, fd77:77:77::/48, ff00::/8 } counter name strayed
    oifname "lo" tcp flags syn counter name inward
  }
}`;

describe.skipIf(why !== false)(`the scope${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['custom'] });
    writeFileSync(join(stage.folder, 'rules'), RULES);
    writeFileSync(join(stage.folder, 'hosts'), HOSTS);
    // A way out, so that what should not leave would leave.
    const set = await stage.sensor(
      `nft -f ${join(stage.folder, 'rules')} && ip route add default via 10.77.1.1 &&
       ip -6 route add default via fd77:77:77:1::1 dev eth-home`,
    );
    if (set.status !== 0) throw new Error(set.stderr);
  }, 30_000);
  afterAll(() => stage.close());

  const packets = async (counter: string): Promise<number> => {
    const { stdout } = await stage.sensor(`nft list counter inet watch ${counter}`);
    return Number(/packets (\d+)/.exec(stdout)?.[1]);
  };

  test(
    'lets no packet out to a target that is not its own, however it is written',
    async () => {
      const list = join(stage.folder, 'foreign');
      writeFileSync(list, FOREIGN.join('\n'));
      const { stdout } = await stage.sensor(
        `mount --bind ${join(stage.folder, 'hosts')} /etc/hosts
         xargs -P 2 -d '\\n' -I{} sh -c '"$@" >/dev/null 2>&1; echo "$? $0"' {} \
         ${PRODUCT.join(' ')} --data ${stage.data('scope')} scan --assume-up -p 80 -- {} < ${list}`,
      );
      const statuses = stdout.trim().split('\n').toSorted();
      const wrong = statuses.filter((line) => !/^[26] /.test(line));
      expect(wrong).toEqual([]);
      expect(statuses.length).toBe(FOREIGN.length);
      expect(await packets('sent')).toBe(0);
    },
    PATIENCE,
  );

  test('sends nothing in a dry run, and says what it would send', async () => {
    const { status, stdout } = await stage.portolan(['scan', '10.77.2.16', '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toContain('10.77.2.16');
    expect(await packets('sent')).toBe(0);
  });

  test('never asks what is excluded', async () => {
    await stage.sensor(
      `nft add rule inet watch out ip daddr 10.77.2.16 counter name strayed; true`,
    );
    const argv = ['scan', '10.77.2.14-18', '--exclude', '10.77.2.16', '-p', '8765', '--assume-up'];
    const { status } = await stage.portolan(argv);
    expect(status).toBe(0);
    expect(await packets('strayed')).toBe(0);
    expect(await packets('sent')).toBeGreaterThan(0);
  }, 60_000);

  test(
    'follows no address that a device gives: not in a description, not in a redirect',
    async () => {
      const guest = { name: 'trap', zone: 'iot', address: '10.77.2.66' } as const;
      const server = ['python3', HOSTILE_DEVICE, '--bind', guest.address, '--max-seconds', '20'];
      await stage.plug({ ...guest, mac: '5c:aa:fd:00:00:66' }, [...server, '--well-known']);
      const before = await packets('inward');
      const argv = ['scan', guest.address, '-p', 'T:80,443,5000,20013-20016,U:1900'];
      const { status } = await stage.portolan(argv);
      expect(status).toBe(0);
      const known = await stage.items<{ port: number }>(['services']);
      expect(known.map(({ port }) => port)).toEqual(expect.arrayContaining([80, 1900, 20_013]));
      expect(await packets('strayed')).toBe(0);
      expect(await packets('inward')).toBe(before);
    },
    PATIENCE,
  );
});
