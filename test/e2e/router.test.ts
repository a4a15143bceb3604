import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { cannot, PATIENCE, Stage } from './stage.ts';

const why = cannot(['miniupnpd', 'upnpc', 'nft', 'openssl', 'tcpdump']);

/** In the camera's network; outside it has an address that no document keeps for examples, as the daemon wants. */
const ROUTER = '10.77.2.30';
const CAMERA = '10.77.2.12';
const OUTSIDE = '11.22.33.44';
/** Of the documentation prefix (RFC 3849), which the daemon takes for the internet. */
const CAMERA6 = '2001:db8:77::12';
const HAS_IPV6 = existsSync('/proc/sys/net/ipv6');
const DESCRIPTION = `http://${ROUTER}:5000/rootDesc.xml`;

/** What nft_init.sh of Debian makes, in one file. */
const CHAINS = `table inet filter {
  chain forward { type filter hook forward priority 0; policy drop; jump miniupnpd; }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
`;

const SETTINGS = `ext_ifname=wan0
ext_ifname6=wan0
listening_ip=eth0
port=5000
enable_natpmp=yes
enable_upnp=yes
secure_mode=yes
lease_file=LEASES
lease_file6=LEASES6
uuid=16dcb25e-42c9-4c51-a6bd-617c245d2265
allow 1024-65535 0.0.0.0/0 1-65535
`;

/** As RFC 6886 §3.3 has it: TCP, 554 inside, 8555 outside, an hour. */
const NAT_PMP = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
s.sendto(bytes.fromhex('00020000022a216b00000e10'), ('${ROUTER}', 5351))
print(s.recv(64).hex())`;

interface Hole {
  readonly outsidePort: number;
  readonly insideAddress: string;
  readonly insidePort: number;
  readonly by: string;
  readonly requester?: string;
  readonly since: number;
  readonly until: number | 'never';
  readonly vias: readonly string[];
  readonly open: string;
  readonly stands: boolean;
  readonly remove: { readonly command: string };
}

describe.skipIf(why !== false)(`a real miniupnpd${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let leases: string;
  let capture: string;

  /** A program in a device's namespace; resolves to what it printed when it has ended. */
  const inside = async (device: string, command: string): Promise<string> => {
    const lines = await stage.run(device, [
      'sh',
      '-c',
      `out=$(${command} 2>&1); echo "$out" | tr '\\n' '~'; echo`,
    ]);
    return (lines[0] ?? '').replaceAll('~', '\n');
  };
  const holes = (...words: readonly string[]): Promise<readonly Hole[]> =>
    stage.items<Hole>(['nat', ...words]);
  const findings = async (): Promise<readonly Finding[]> => {
    const all = await stage.items<Finding>(['findings']);
    return all.filter(({ rule }) => rule === 'port-mapping');
  };

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['camera'] });
    leases = join(stage.folder, 'upnp.leases');
    const [chains, settings] = ['chains.nft', 'miniupnpd.conf'].map((name) =>
      join(stage.folder, name),
    );
    writeFileSync(chains ?? '', CHAINS);
    writeFileSync(settings ?? '', SETTINGS.replaceAll('LEASES', leases));
    const start = [
      'ip link add wan0 type veth peer name wan1',
      `ip addr add ${OUTSIDE}/24 dev wan0`,
      'ip link set wan0 up',
      'ip link set wan1 up',
      ...(HAS_IPV6
        ? [
            'ip addr add 2001:db8:77::1/64 dev eth0 nodad',
            'ip addr add 2001:db8:1::5/64 dev wan0 nodad',
          ]
        : []),
      `nft -f ${chains}`,
      'echo ready',
      `exec miniupnpd -d -f ${settings} -P ${join(stage.folder, 'pid')}`,
    ].join(' && ');
    const guest = { name: 'igd', zone: 'iot', address: ROUTER, mac: '24:a4:3c:1a:02:30' } as const;
    await stage.plug(guest, ['sh', '-c', start]);
    capture = join(stage.folder, 'day.pcap');
    const dump = `tcpdump -U -n -i eth0 -w ${capture} & sleep 1; echo ready; wait`;
    await stage.run('igd', ['sh', '-c', dump]);
    const map = `upnpc -u ${DESCRIPTION} -e IPCam -a ${CAMERA} 554 8443 TCP`;
    const patient = `sh -c 'for i in $(seq 50); do ${map} | grep redirected && break; sleep 0.2; done'`;
    expect(await inside('camera', patient)).toContain('is redirected');
    expect(await inside('camera', `python3 -c "${NAT_PMP}"`)).toMatch(/^00820000/);
  }, PATIENCE);
  afterAll(() => stage.close());

  test(
    'traffic alone tells who asked, and when, before anybody asks the router',
    async () => {
      const data = stage.data('passive');
      const { status } = await stage.portolan(['import', capture], { data });
      expect(status).toBe(0);
      const told = await stage.items<Hole>(['nat'], data);
      expect(
        told.map(({ outsidePort, requester, vias }) => [outsidePort, requester, vias]),
      ).toEqual(
        expect.arrayContaining([
          [8443, CAMERA, ['upnp-igd']],
          [8555, CAMERA, ['nat-pmp']],
        ]),
      );
      const found = await stage.items<Finding>(['findings'], data);
      const one = found.find(
        ({ rule, summary }) => rule === 'port-mapping' && /8443/.test(summary),
      );
      expect(one?.summary).toMatch(/asked for by 10\.77\.2\.12 \("IPCam"\) by UPnP IGD, on 20/);
    },
    PATIENCE,
  );

  test.skipIf(!HAS_IPV6)(
    'an IPv6 pinhole, which no router lists, is told by its lease file, with the command that closes it',
    async () => {
      const data = stage.data('pinhole');
      await inside('camera', `ip addr add ${CAMERA6}/64 dev eth0 nodad`);
      const said = await inside('camera', `upnpc -6 -m eth0 -A empty 0 ${CAMERA6} 8554 TCP 3600`);
      expect(said).toContain('Pinhole ID = 1');
      expect((await stage.portolan(['import', `${leases}6`], { data })).status).toBe(0);
      expect(await stage.items<Hole>(['nat'], data)).toMatchObject([
        {
          insideAddress: CAMERA6,
          insidePort: 8554,
          vias: ['pinhole'],
          remove: { command: 'upnpc -6 -D 1' },
        },
      ]);
      const found = await stage.items<Finding>(['findings'], data);
      expect(found.filter(({ rule }) => rule === 'port-mapping')).toHaveLength(1);
      expect(await inside('camera', 'upnpc -6 -m eth0 -D 1')).toContain('returned : 0');
    },
    PATIENCE,
  );

  test(
    'a scan finds each hole once, with who asked, since when, and what removes it',
    async () => {
      const before = Date.now();
      const { status } = await stage.portolan(['scan', `${ROUTER}/32`, `${CAMERA}/32`]);
      expect(status).toBe(0);
      const found = await findings();
      expect(found.map(({ port }) => port).sort()).toEqual([8443, 8555]);
      const one = found.find(({ port }) => port === 8443);
      expect(one?.summary).toMatch(
        /^The router leads tcp\/8443 from the internet to 10\.77\.2\.12, port 554, which is open \(rtsp\); asked for by "IPCam" by UPnP IGD, known since 20\d\d-.* UTC, until 20\d\d-.* UTC\.$/,
      );
      expect(one?.remedy).toContain('`upnpc -d 8443 TCP`');
      const [hole] = (await holes()).filter(({ outsidePort }) => outsidePort === 8443);
      expect(hole).toMatchObject({
        insideAddress: CAMERA,
        insidePort: 554,
        by: 'IPCam',
        outsideAddress: OUTSIDE,
        router: ROUTER,
        open: 'yes',
        vias: ['upnp-igd'],
      });
      expect(hole?.since).toBeGreaterThanOrEqual(before);
    },
    PATIENCE,
  );

  test(
    'the outside address is read by NAT-PMP',
    async () => {
      const services = await stage.items<{ port: number; protocol: string; details: unknown[] }>([
        'services',
      ]);
      const natPmp = services.find(({ port }) => port === 5351);
      expect(natPmp?.protocol).toBe('nat-pmp');
      expect(natPmp?.details).toContainEqual({ name: 'outside address', value: OUTSIDE });
    },
    PATIENCE,
  );

  test(
    'the lease file and the kernel tell of the same holes, not of more',
    async () => {
      const ruleset = join(stage.folder, 'ruleset.json');
      await inside('igd', `nft -j list ruleset > ${ruleset}`);
      expect((await stage.portolan(['import', leases, ruleset])).status).toBe(0);
      const all = await holes();
      expect(all.map(({ outsidePort }) => outsidePort).sort()).toEqual([8443, 8555]);
      expect(all.map(({ vias }) => vias)).toEqual([
        ['upnp-igd', 'import', 'kernel'],
        ['upnp-igd', 'import', 'kernel'],
      ]);
      expect(await findings()).toHaveLength(2);
    },
    PATIENCE,
  );

  test(
    'the command that is named removes it, and asking again sees that',
    async () => {
      const [hole] = (await holes()).filter(({ outsidePort }) => outsidePort === 8443);
      // From the device that asked: in its secure mode the daemon lets no other take it away.
      const said = await inside(
        'camera',
        `${hole?.remove.command.replace('upnpc', `upnpc -u http://${ROUTER}:5000/rootDesc.xml`)}`,
      );
      expect(said).toContain('UPNP_DeletePortMapping() returned : 0');
      const left = await holes('--ask', ROUTER);
      expect(left.map(({ outsidePort }) => outsidePort)).toEqual([8555]);
      const ended = (await holes('--all')).find(({ outsidePort }) => outsidePort === 8443);
      expect(ended?.stands).toBe(false);
      expect((await findings()).map(({ port }) => port)).toEqual([8555]);
    },
    PATIENCE,
  );

  test(
    'a router that is silent is not one without holes',
    async () => {
      await stage.still('igd');
      const { status, stderr } = await stage.portolan(['nat', '--ask', ROUTER]);
      expect(stderr).toContain('which holes it has is not known');
      expect(status).toBe(0);
    },
    PATIENCE,
  );
});

const noLab = cannot([]);

describe.skipIf(noLab !== false)(`the demo's router${noLab === false ? '' : ` (${noLab})`}`, () => {
  test.each([1, 2] as const)(
    'at level %i a scan tells of the hole that its list of all hides',
    async (level) => {
      const stage = await Stage.open({ level, devices: ['router'] });
      try {
        const scope = ['--scope', '127.77.0.0/16', '--i-am-authorised', 'the lab'];
        const address = level === 1 ? '10.77.2.20' : '127.77.2.20';
        await stage.portolan(['scan', address, ...(level === 2 ? scope : [])]);
        const holes = await stage.items<Hole>(['nat']);
        expect(
          holes.map(({ outsidePort, insidePort, by }) => [outsidePort, insidePort, by]),
        ).toEqual([
          [40_000, 40_000, 'game'],
          [8443, 554, 'IPCam'],
        ]);
        expect(stage.lab.events('router').filter(({ event }) => event === 'write')).toEqual([]);
      } finally {
        await stage.close();
      }
    },
    PATIENCE,
  );
});
