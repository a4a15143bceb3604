import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const why = lacking('unshare', 'ip', 'python3', 'tcpdump');

/** A register is read from a controller (Modbus/TCP, function 3), once, by somebody who may. */
const CONTROLLER = `
import socket
s = socket.create_server(("0.0.0.0", 502))
while True:
    c, _ = s.accept()
    while c.recv(260): c.send(bytes.fromhex("0001000000050103020007"))
`;
const READER = `
import socket, time
c = socket.create_connection(("10.9.0.20", 502))
for _ in range(3):
    c.send(bytes.fromhex("000100000006010300000001")); c.recv(260); time.sleep(0.2)
`;

const NETWORK = `
set -e
mount -t tmpfs none /run; mkdir /run/netns; ip link set lo up
host() { ip netns add $1; ip link add $1 type veth peer name eth0 netns $1; ip -n $1 link set lo up; ip link set $1 master br0 up; ip -n $1 addr add $2/24 dev eth0; ip -n $1 link set eth0 up; }
ip link add br0 type bridge; ip link set br0 addrgenmode none; ip link set br0 up
host s 10.9.0.1; host known 10.9.0.10; host plc 10.9.0.20; host fresh 10.9.0.31; host late 10.9.0.32
at() { ns=$1; shift; ip netns exec $ns "$@"; }
portolan() { at s ${process.execPath} ${PRODUCT} --data data --config none "$@"; }
at plc python3 -c '${CONTROLLER}' &
at fresh python3 -m http.server 8080 >/dev/null 2>&1 &
sleep 2
at s ping -c1 10.9.0.10 >/dev/null; at s ip neigh show 10.9.0.10 > table
portolan import --as neighbours table 2>/dev/null
ip netns exec s tcpdump -i eth0 -U -w packets.pcap tcp 2>/dev/null &
dump=$!
ip netns exec s ${process.execPath} ${PRODUCT} --data data --config none watch -i eth0 --scan-new --scan-new-cap 1 > watch.out 2> watch.err &
watch=$!
sleep 5
at known ping -c1 10.9.0.1 >/dev/null
at s python3 -c '${READER}'
at fresh ping -c1 10.9.0.1 >/dev/null
sleep 2
at late ping -c1 10.9.0.1 >/dev/null
sleep 50
kill -INT $watch
set +e; wait $watch; echo $? > status; set -e
sleep 1; kill $dump
portolan scan --list --json > scans.json
for who in 10.9.0.10 10.9.0.20 10.9.0.31 10.9.0.32; do
  tcpdump -r packets.pcap -nn "dst host $who and tcp[tcpflags] = tcp-syn" 2>/dev/null | wc -l > syn-$who
done
`;

describe.skipIf(why !== undefined)('a watch that scans who is new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-new-'));
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const questions = (address: string): number => Number(read(`syn-${address}`));

  beforeAll(() => {
    const argv = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NETWORK];
    const { status, stderr } = spawnSync('unshare', argv, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the network could not be built: ${stderr}`);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('asks the one that was never seen', () => {
    expect(read('watch.err')).toContain('New device 10.9.0.31: scanning it, gently');
    expect(questions('10.9.0.31')).toBeGreaterThan(5);
  });

  test('lets the known one alone, and the next that is new wait for its turn', () => {
    expect(questions('10.9.0.10')).toBe(0);
    expect(questions('10.9.0.32')).toBe(0);
  });

  test('tells of the controller, and sends it nothing', () => {
    expect(read('watch.err')).toMatch(
      /New device 10\.9\.0\.20 is not scanned: it is (fragile|industrial)/,
    );
    // Its reader's own connection.
    expect(questions('10.9.0.20')).toBe(1);
  });

  test('keeps what was found when it is ended', () => {
    expect(read('status')).toBe('130\n');
    expect(JSON.parse(read('scans.json'))).toMatchObject({
      items: [{ targets: ['10.9.0.31'], pace: 'gentle', outcome: 'interrupted' }],
    });
  });
});
