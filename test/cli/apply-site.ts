import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/io/store/open.ts';
import type { Flow } from '../../src/model/flow.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const CAMERA_MAC = '24:0a:c4:00:00:05';

/** A camera may reach the cloud by HTTPS; the office may look after the router. */
export const POLICY = `
version: 1
zones:
  iot: { interfaces: [iot0], networks: [192.168.20.0/24] }
  office: { interfaces: [lan0], networks: [192.168.1.0/24] }
  wan: { interfaces: [wan0], internet: true }
endpoints:
  camera: { device: ID, state: enforcing }
rules:
  - { id: cloud, from: camera, to: zone:wan, service: tcp/443, action: allow }
guard:
  admins: [zone:office]
  services: [tcp/22]
tests:
  - { from: camera, to: zone:wan, service: tcp/443, expect: allow }
`;

/** The same, and nobody of the office may reach the router any more. */
export const LOCKING = POLICY.replace(
  'lan0], networks: [192.168.1.0/24] }',
  'lan0], networks: [192.168.1.0/24], default: deny }',
).replace(/guard:\n.*\n.*\n/, '');

/**
 * A router of Linux with three machines behind cables that lead nowhere else: a camera, one of the
 * office and one of the internet. Somebody else has a table, too.
 */
const SITE = `
set -u
mount -t tmpfs none /run; mkdir /run/netns; ip link set lo up
sysctl -q -w net.ipv4.ip_forward=1
for name in camera office far; do ip netns add $name; ip -n $name link set lo up; done
cable() {
  ip link add $1 type veth peer name eth0 netns $2
  ip addr add $3/24 dev $1; ip link set $1 up
  ip -n $2 link set eth0 address $5; ip -n $2 link set eth0 up
  ip -n $2 addr add $4/24 dev eth0; ip -n $2 route add default via $3
}
cable iot0 camera 192.168.20.1 192.168.20.5 ${CAMERA_MAC}
cable lan0 office 192.168.1.1 192.168.1.20 02:00:00:00:01:20
cable wan0 far 203.0.113.1 203.0.113.7 02:00:00:00:02:07
nft -f - <<'X'
table ip theirs {
	set s {
		type ipv4_addr
		elements = { 10.9.9.9 }
	}

	chain f {
		type filter hook forward priority filter; policy accept;
		ct state established accept
		ip saddr @s counter packets 0 bytes 0 drop
	}
}
X
nft -s list ruleset > theirs
# Whether a new connection gets through: NAME, ADDRESS, PORT.
open() { ip netns exec $1 python3 -c 'import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)' $2 $3 2>/dev/null; }
serve() { $2 python3 -c 'import socket,sys,threading
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("0.0.0.0", int(sys.argv[1]))); s.listen()
def echo(c):
    while True:
        d = c.recv(100)
        if not d: return
        c.send(d)
while True: threading.Thread(target=echo, args=(s.accept()[0],), daemon=True).start()' $1 & }
till() { for _ in $(seq 100); do "$@" && return 0; sleep 0.1; done; return 1; }
NODE='${process.execPath}'
PRODUCT='${PRODUCT}'
portolan() {
  case $1 in
    plan|ledger|policy) ${process.execPath} ${PRODUCT} "$@" ;;
    *) ${process.execPath} ${PRODUCT} "$@" --state $PWD/state ;;
  esac
}
`;

/** The site for one test, with a device in the inventory and what was recorded of it. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'portolan-site-'));
  readonly device: string;

  constructor() {
    const data = join(this.folder, 'data');
    const store = openStore(data);
    const now = Date.now();
    store.append([
      {
        at: now,
        source: 'active',
        observer: 'test',
        subject: { address: '192.168.20.5', mac: CAMERA_MAC },
        certainty: 'proved',
        fact: { kind: 'present', via: 'arp' },
      },
    ]);
    store.appendFlows(
      [
        flow(now - 5000, '203.0.113.7', 443),
        flow(now - 4000, '203.0.113.7', 445),
        flow(now - 3000, '192.168.20.9', 80),
      ],
      'test',
    );
    store.close();
    const { stdout } = spawnSync(process.execPath, [PRODUCT, 'devices', '--json'], {
      encoding: 'utf8',
      env: { PORTOLAN_DATA: data },
    });
    this.device = /PTL-D-[0-9A-Z]+/.exec(stdout)?.[0] ?? '';
    this.policy(POLICY);
  }

  policy(text: string, name = 'data/policy.yaml'): void {
    writeFileSync(join(this.folder, name), text.replace('ID', this.device));
  }

  file(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a script on the router; `portolan` in it is ours. */
  run(script: string, timeout = 100_000): { readonly status: number | null; readonly out: string } {
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const alone = [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const { status, stdout } = spawnSync(
      'unshare',
      [...alone, 'sh', '-c', `exec 2>&1\n${SITE}${script}`],
      {
        cwd: this.folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], PORTOLAN_DATA: join(this.folder, 'data'), TZ: 'UTC' },
        timeout,
        killSignal: 'SIGKILL',
      },
    );
    return { status, out: stdout };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function flow(at: number, to: string, port: number): Flow {
  return {
    firstSeen: at,
    lastSeen: at + 500,
    source: { address: '192.168.20.5', port: 50_000 + port },
    destination: { address: to, port },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 5, bytes: 500 },
    received: { packets: 5, bytes: 700 },
    outcome: 'answered',
    protocol: 'unknown',
    version: '',
    over: 'tcp',
    certainty: 'hint',
    communityId: `1:${port}`,
    frames: [0, 0],
    lost: 0,
    facts: [],
  };
}
