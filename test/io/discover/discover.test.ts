import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from './lab.ts';
import { destinations, Lab, missing, peak, questions, responder } from './lab.ts';

const why = missing();
/** Python: a simulator, since there is no PROFINET device here. */
const STATION = join(import.meta.dirname, 'station.py');
const here = why === undefined || process.env['CI'] !== undefined;
const lab = new Lab();

beforeAll(() => lab.build());
afterAll(() => lab.close());

const V4 = '10.9.0.0/24';
const V6 = 'fd00:9::/64';
const BOTH = `${V4},${V6},fe80::/10`;
/** Building twenty namespaces and waiting for duplicate address detection takes seconds. */
const PATIENCE = 90_000;

/** Twenty devices, each with a MAC of its own, at 10.9.0.14, 21, … 147. */
const TWENTY_V4 = `
  ip -n s addr add 10.9.0.1/24 dev eth0
  for i in $(seq 2 21); do host h$i; ip -n h$i addr add 10.9.0.$((i * 7))/24 dev eth0; done`;
const TWENTY_V6 = `
  ip -n s addr add fd00:9::1/64 dev eth0 nodad
  for i in $(seq 2 21); do host h$i; ip -n h$i addr add fd00:9::$i/64 dev eth0 nodad; done`;

describe.runIf(here)(`discovery in a network of namespaces (${why ?? 'available'})`, () => {
  test('finds 20 of 20 devices with their MACs, within pace and scope', {
    timeout: PATIENCE,
  }, async () => {
    const { run, sent } = await lab.discover(TWENTY_V4, { targets: V4, scope: V4 });

    const others = run.found.filter(({ own }) => !own);
    expect(addresses(others)).toEqual(every(2, 21, (i) => `10.9.0.${i * 7}`));
    expect(new Set(others.map(({ mac }) => mac)).size).toBe(20);
    expect(present(run, '10.9.0.14')).toContain('neighbour');
    expect(peak(questions(sent))).toBeLessThanOrEqual(250);
    const outside = [...destinations(questions(sent))].filter((to) => !isInside(to));
    expect(outside).toEqual([]);
  });

  test('finds 20 of 20 IPv6-only devices, link-local and global, without a sweep', {
    timeout: PATIENCE,
  }, async () => {
    const { run, sent } = await lab.discover(TWENTY_V6, {
      targets: `${V6},fe80::/10`,
      scope: `${V6},fe80::/10`,
    });

    const others = run.found.filter(({ own }) => !own);
    const global = others.filter(({ address }) => address.startsWith('fd00:9::'));
    const local = others.filter(({ address }) => address.startsWith('fe80::'));
    expect(global).toHaveLength(20);
    expect(new Set(local.map(({ mac }) => mac)).size).toBe(20);
    expect(new Set(global.map(({ mac }) => mac))).toEqual(new Set(local.map(({ mac }) => mac)));
    expect(local.every(({ address }) => address.endsWith('%eth0'))).toBe(true);
    expect(peak(questions(sent))).toBeLessThanOrEqual(250);
  });

  test('finds a crowd of 250', { timeout: PATIENCE }, async () => {
    const crowd = `
      ip -n s addr add 10.9.0.254/24 dev eth0
      host crowd; for i in $(seq 1 250); do echo addr add 10.9.0.$i/24 dev eth0; done | ip -n crowd -batch -`;
    const { run, sent } = await lab.discover(crowd, { targets: V4, scope: V4 });

    expect(run.found.filter(({ own }) => !own)).toHaveLength(250);
    expect(peak(questions(sent))).toBeLessThanOrEqual(250);
  });

  test('a device that is gone is not there, though the table still names it', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(
      `ip -n s addr add 10.9.0.1/24 dev eth0
       host h2; ip -n h2 addr add 10.9.0.2/24 dev eth0
       host h3; ip -n h3 addr add 10.9.0.3/24 dev eth0
       ip -n s neigh add 10.9.0.9 dev eth0 lladdr 02:00:00:00:00:09 nud stale
       ip -n s neigh add 10.9.0.8 dev eth0 lladdr 02:00:00:00:00:08 nud permanent
       mac=$(ip netns exec h3 cat /sys/class/net/eth0/address)
       ip -n s neigh add 10.9.0.3 dev eth0 lladdr $mac nud stale
       ip netns exec h3 nft add table inet f
       ip netns exec h3 nft 'add chain inet f i { type filter hook input priority 0; policy drop; }'`,
      { targets: V4, scope: V4 },
    );

    // 10.9.0.3 drops all IP: only the kernel's own question after the poke shows that it lives.
    expect(addresses(run.found)).toEqual(['10.9.0.1', '10.9.0.2', '10.9.0.3']);
  });

  test('whoever turns up in the table meanwhile was not asked for', {
    timeout: PATIENCE,
  }, async () => {
    const network = `
      ip -n s addr add 10.9.0.1/24 dev eth0
      host h2; ip -n h2 addr add 10.9.0.14/24 dev eth0
      host r2; ip -n r2 addr add fe80::99/64 dev eth0 nodad; ip -n s addr add fe80::5/64 dev eth0 nodad
      (for i in $(seq 30); do ip netns exec r2 ping -6 -c1 -W1 fe80::5%eth0 >/dev/null; sleep 0.2; done) &`;
    // Not the whole link, so that only the kernel's table can tell of the other one.
    const scope = `${V4},fe80::99/128`;
    const { run } = await lab.discover(network, { targets: '10.9.0.14', scope });

    expect(addresses(run.found)).toEqual(['10.9.0.14']);
    const spokenOf = new Set(run.evidence.map(({ subject }) => subject.address));
    expect([...spokenOf]).toEqual(['10.9.0.14']);
  });

  test('PROFINET stations identify themselves, each asked once and strictly', {
    timeout: PATIENCE,
  }, async () => {
    const { run, sent } = await lab.discover(withStations(''), { targets: V4, scope: V4 });

    const plc = about(run, '10.9.0.20');
    expect(plc).toEqual(expect.arrayContaining(['name plc-one', 'kind plc', 'model S7-1200']));
    expect(about(run, '10.9.0.21')).toEqual(
      expect.arrayContaining(['name valve.7', 'kind io-device', 'category industrial']),
    );
    expect(run.found.find(({ address }) => address === '10.9.0.20')).toMatchObject({
      mac: '02:00:00:00:00:14',
      via: ['pn-dcp'],
    });
    expect(about(run, '198.51.100.7')).toEqual([]);
    expect(run.notes.join()).toContain('that have no address yet');
    expect(sent.filter(({ text }) => /0x8892|PROFINET/i.test(text))).toHaveLength(1);
    expect(lab.read('stations')).toBe('up\nasked\n');
    // tshark is the other reader of the standard.
    expect(lab.read('dissected')).toMatch(/^(?:0xfefe|65278)\t5\t0\t128\s*$/m);
  });

  test('without the right that is said, and stations are left alone', {
    timeout: PATIENCE,
  }, async () => {
    const without = 'setpriv --bounding-set=-net_raw --inh-caps=-net_raw';
    const { run } = await lab.discover(withStations(without), { targets: V4, scope: V4 });

    expect(run.notes.join()).toContain('PROFINET stations were not asked: that needs CAP_NET_RAW');
    expect(lab.read('stations')).toBe('up\n');
  });

  test('nothing is sent to an excluded address, nor by broadcast', {
    timeout: PATIENCE,
  }, async () => {
    const { run, sent } = await lab.discover(TWENTY_V4, {
      targets: V4,
      scope: V4,
      exclude: '10.9.0.14',
    });

    expect(run.found.map(({ address }) => address)).not.toContain('10.9.0.14');
    const to = destinations(sent);
    expect(to).not.toContain('10.9.0.14');
    expect(to).not.toContain('10.9.0.255');
    expect(run.notes.join()).toContain('No broadcast on eth0');
  });

  test('a scope of one address gets its question and nobody else a packet', {
    timeout: PATIENCE,
  }, async () => {
    const { run, sent } = await lab.discover(TWENTY_V4, { targets: V4, scope: '10.9.0.21/32' });

    expect(addresses(run.found)).toEqual(['10.9.0.21']);
    expect([...destinations(questions(sent))]).toEqual(['10.9.0.21']);
  });

  test('answers to a search become names and descriptions of who sent them', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(
      `ip -n s addr add 10.9.0.1/24 dev eth0
       host h2; ip -n h2 addr add 10.9.0.2/24 dev eth0
       ip netns exec h2 ${responder('me lamp http://10.9.0.2:80/d.xml')} &
       host h3; ip -n h3 addr add 10.9.0.3/24 dev eth0; ip -n h3 addr add 192.0.2.9/32 dev eth0
       ip -n s route add 192.0.2.9 dev eth0
       ip netns exec h3 ${responder('me impostor', { as: '192.0.2.9' })} &
       host h4; ip -n h4 addr add 10.9.0.4/24 dev eth0
       ip netns exec h4 ${responder('me flood', { again: 400 })} &`,
      { targets: BOTH, scope: BOTH },
    );

    expect(names(run)).toEqual({
      '10.9.0.2': ['lamp'],
      '10.9.0.4': ['flood'],
      fe80: ['flood', 'lamp'],
    });
    expect(run.outsideScope).toBeGreaterThan(0);
    expect(run.flooded).toBeGreaterThan(0);
    expect(run.fetched).toContain('10.9.0.2 http://10.9.0.2:80/d.xml');
    expect(present(run, '10.9.0.2')).toEqual(expect.arrayContaining(['udp', 'neighbour']));
  });

  test('a real avahi is heard over IPv4 and IPv6, and asked for what its answer raises', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(
      `ip -n s addr add 10.9.0.1/24 dev eth0
       host h2; ip -n h2 addr add 10.9.0.2/24 dev eth0
       printf '[server]\\nhost-name=lamp\\nenable-dbus=no\\nuse-ipv6=yes\\n[publish]\\npublish-workstation=yes\\n' > avahi.conf
       (sleep 2; exec ip netns exec h2 avahi-daemon --no-drop-root --no-chroot --no-rlimits -f $PWD/avahi.conf) > /dev/null 2>&1 &
       sleep 3`,
      { targets: BOTH, scope: BOTH },
    );

    const heard = names(run);
    expect(heard['10.9.0.2']?.join()).toContain('_workstation');
    expect(heard['fe80']?.join()).toContain('_workstation');
    // Only the second question is answered with an instance: "lamp [MAC]".
    expect(heard['10.9.0.2']?.join()).toContain('lamp [');
  });

  test('without the programs ip and ping all are found as well, by less', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(
      `${TWENTY_V4}
       cp $(command -v ip) tool; ip() { $PWD/tool "$@"; }
       mount --bind /dev/null $(readlink -f $(command -v ping))
       mount --bind /dev/null $(readlink -f $(PATH=/usr/bin:/usr/sbin which ip))`,
      { targets: BOTH, scope: BOTH },
    );

    const v4 = run.found.filter(({ own, address }) => !own && !address.includes(':'));
    expect(v4).toHaveLength(20);
    expect(v4.every(({ mac }) => mac !== undefined)).toBe(true);
    const v6 = run.found.filter(({ own, address }) => !own && address.startsWith('fe80'));
    expect(v6).toHaveLength(20);
    expect(run.notes.join()).toContain('by their MAC');
  });

  test('an interface that goes away ends the search, not the program', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(`${TWENTY_V4}\n(sleep 5; ip -n s link del eth0) &`, {
      targets: BOTH,
      scope: BOTH,
    });

    expect(run.interrupted).toBe(false);
    expect(run.found.length).toBeGreaterThan(0);
  });

  test('finds devices behind a router, those that refuse and those that only echo', {
    timeout: PATIENCE,
  }, async () => {
    const { run } = await lab.discover(
      `ip -n s addr add 10.9.0.1/24 dev eth0
       host r; ip -n r addr add 10.9.0.254/24 dev eth0
       ip netns exec r sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
       ip -n s route add 10.8.0.0/29 via 10.9.0.254
       ip netns add far; ip -n r link add fd type veth peer name eth0 netns far
       ip -n r link set fd up; ip -n far link set eth0 up
       ip -n r addr add 10.8.0.1/29 dev fd
       ip -n far addr add 10.8.0.2/29 dev eth0; ip -n far addr add 10.8.0.3/29 dev eth0
       ip -n far route add default via 10.8.0.1
       ip netns exec far nft add table inet f
       ip netns exec far nft 'add chain inet f i { type filter hook input priority 0; }'
       ip netns exec far nft add rule inet f i ip daddr 10.8.0.3 icmp type echo-request drop`,
      { targets: '10.8.0.0/29', scope: '10.8.0.0/29' },
    );

    expect(present(run, '10.8.0.2')).toEqual(['icmp']);
    expect(present(run, '10.8.0.3')).toEqual(['tcp']);
    expect(addresses(run.found)).toEqual(['10.8.0.1', '10.8.0.2', '10.8.0.3']);
  });

  test('on loopback only what listens is there', { timeout: PATIENCE }, async () => {
    const { run, sent } = await lab.discover(
      `ip netns exec s ${process.execPath} -e "require('net').createServer().listen(8765,'127.77.0.5');require('dgram').createSocket('udp4').bind(5683,'127.77.0.6')" &`,
      { targets: '127.77.0.0/24', scope: '127.77.0.0/16' },
    );

    expect(present(run, '127.77.0.5')).toEqual(['tcp']);
    expect(present(run, '127.77.0.6')).toEqual(['udp']);
    expect(run.found).toHaveLength(2);
    expect(questions(sent)).toEqual([]);
  });

  test('an abort gives back what was found until then', { timeout: PATIENCE }, async () => {
    const { run } = await lab.discover(TWENTY_V4, { targets: V4, scope: V4, milliseconds: 1500 });

    expect(run.interrupted).toBe(true);
    expect(run.found.length).toBeGreaterThan(0);
  });
});

function addresses(found: Run['found']): readonly string[] {
  const last = (address: string): number => Number(address.split('.').at(-1));
  return found.map(({ address }) => address).sort((a, b) => last(a) - last(b));
}

function present(run: Run, address: string): readonly string[] {
  return run.found.find((each) => each.address === address)?.via ?? [];
}

/** By address; link-local ones, which the kernel chose, under `fe80`. */
function names(run: Run): Record<string, readonly string[]> {
  const result: Record<string, string[]> = {};
  for (const { subject, fact } of run.evidence) {
    if (fact.kind !== 'attribute' || fact.name !== 'name') continue;
    const key = subject.address.startsWith('fe80') ? 'fe80' : subject.address;
    result[key] = [...(result[key] ?? []), String(fact.value)].sort();
  }
  return result;
}

function every(from: number, to: number, write: (i: number) => string): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => write(from + index));
}

/** The network itself and the groups of the link (RFC 5771 §3, RFC 2365, RFC 4291 §2.7). */
function isInside(to: string): boolean {
  return /^(10\.9\.0\.\d+|224\.0\.|239\.255\.|ff02::)/.test(to);
}

/** A strict simulator on a link of its own, and what tshark makes of the question. */
function withStations(prefix: string): string {
  return `
    prefix='${prefix}'
    ip -n s addr add 10.9.0.1/24 dev eth0
    ip netns add p2; ip link add p2 type veth peer name eth0 netns p2; ip link set p2 master br0 up; ip -n p2 link set eth0 up
    ip netns exec p2 python3 '${STATION}' eth0 > stations &
    ip netns exec p2 tshark -i eth0 -a duration:20 -l -Y 'pn_dcp.service_type == 0' -T fields -e pn_rt.frame_id -e pn_dcp.service_id -e pn_dcp.service_type -e pn_dcp.response_delay > dissected 2>/dev/null &`;
}

/** `name plc-one`: attributes of an address. */
function about(run: Run, address: string): readonly string[] {
  return run.evidence.flatMap(({ subject, fact }) =>
    subject.address === address && fact.kind === 'attribute'
      ? [`${fact.name} ${String(fact.value)}`]
      : [],
  );
}
