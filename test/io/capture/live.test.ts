import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import { lacking } from '../../lab/need.ts';
import { pcap, readBytes, SHARED } from '../../wire/captures.ts';
import { datagram, httpConversation, tagged } from './frames.ts';

const PRODUCT = `${process.execPath} ${join(import.meta.dirname, '../../../dist/portolan.js')}`;
const REPLAY = `python3 ${join(import.meta.dirname, 'replay.py')}`;
const MISSING = lacking('unshare', 'ip', 'python3', 'tcpdump');

const IS_ROOT = process.getuid?.() === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-live-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a shell script in network, mount and process namespaces of its own, with a cable (`near`,
 * `far`) that leads nowhere else. `watch …` starts the product in the background at `far` and waits
 * until it listens; `finish` ends it by Ctrl-C and prints its status.
 */
function inSpace(script: string): Outcome {
  const prelude = `
    set -e
    sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip link add near type veth peer name far
    ip link set lo up; ip link set near mtu 65000 up; ip link set far mtu 65000 up
    cd ${folder}
    watch() {
      ${PRODUCT} --data ${folder}/data watch -i far "$@" >out 2>err & PID=$!
      for i in $(seq 100); do
        [ "$(wc -l </proc/net/packet)" -gt 1 ] && break
        sleep 0.1
      done
      sleep 0.3
    }
    finish() { sleep 0.5; kill -INT $PID; wait $PID && S=0 || S=$?; echo "status $S"; cat out; cat err >&2; }
  `;
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const { status, stdout, stderr } = spawnSync(
    find('unshare') ?? 'unshare',
    [
      ...user,
      '-nm',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      prelude + script,
    ],
    { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 1 << 28 },
  );
  return { status, stdout, stderr };
}

function capture(name: string, frames: readonly Uint8Array[]): string {
  const file = join(folder, name);
  writeFileSync(file, pcap(1, frames));
  return file;
}

const TIMES = ['first', 'last'];

/** The conversations that were printed, without the hours, which differ from day to day. */
function conversations(stdout: string, leftOut: readonly string[] = []): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"src"') || line.startsWith('{"file"'))
    .map((line) => {
      const flow: Record<string, unknown> = JSON.parse(line);
      for (const name of [...TIMES, ...leftOut, 'file']) delete flow[name];
      return JSON.stringify(flow);
    })
    .sort();
}

function fromFile(file: string, filter = '', leftOut: readonly string[] = []): unknown[] {
  const command = `${PRODUCT} watch -r ${file} --flows --json --no-store -- ${filter}`;
  return conversations(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout, leftOut);
}

describe.skipIf(MISSING !== undefined)(`live capture${MISSING ?? ''}`, { timeout: 120_000 }, () => {
  const small = (): string =>
    capture('small.pcap', [
      ...httpConversation(40_001),
      datagram(9, 100),
      tagged(datagram(10, 200), 7),
      ...httpConversation(40_002).map((frame) => tagged(frame, 5)),
    ]);

  test.each([
    ['ring', ''],
    // Live the kernel has taken the tag off: without `not vlan` tagged frames pass, as with tcpdump.
    ['ring', 'tcp port 8080 and not vlan'],
    ['ring', 'udp and not vlan'],
    ['ring', 'vlan 5 and tcp port 8080'],
    ['tcpdump', ''],
    ['tcpdump', 'tcp port 8080 and not vlan'],
  ])('%s gives the conversations of the file, filter "%s"', (method, filter) => {
    const file = small();
    const { stdout, stderr } = inSpace(`
      watch --flows --json --no-store --method ${method} -- ${filter}
      ${REPLAY} near ${file} >/dev/null
      sleep 1
      finish
    `);
    expect(stderr).toBe('');
    // A file counts its frames, an interface those that the filter let through.
    const leftOut = filter === '' ? [] : ['frames'];
    expect(conversations(stdout, leftOut)).toEqual(fromFile(file, filter, leftOut));
    expect(conversations(stdout).length).toBeGreaterThan(0);
  });

  test.each([
    ['Modbus', 'iti/ModbusTCP/Modbus/modbus_test.pcap'],
    ['DNP3', 'iti/dnp3/file_write.pcap'],
    ['FTP', 'ndpi/ftp.pcap'],
  ])('%s live is %s', (_, name) => {
    const file = join(SHARED, name);
    if (!existsSync(file) && process.env['CI'] === undefined) return;
    // What is to be told of a login in the clear is another test's.
    const { stdout, stderr } = inSpace(`
      watch --flows --json --no-store --no-alerts
      ${REPLAY} near ${file} >/dev/null
      sleep 1
      finish
    `);
    expect(stderr).toBe('');
    expect(conversations(stdout)).toEqual(fromFile(file));
  });

  test('sends nothing, and says what was seen', () => {
    const file = small();
    const { stdout, stderr } = inSpace(`
      before=$(cat /proc/net/dev | awk '/far:/ { print $11 }')
      watch
      ${REPLAY} near ${file} >/dev/null
      finish
      after=$(cat /proc/net/dev | awk '/far:/ { print $11 }')
      echo "sent $before $after"
      ${PRODUCT} --data ${folder}/data services
    `);
    expect(stdout).toContain('sent 0 0');
    expect(stdout).toContain('status 130');
    expect(stdout).toContain('service 192.0.2.2:8080/tcp http (proved)');
    expect(stdout).toMatch(/192\.0\.2\.2\t8080\/tcp\topen\thttp\tproved/);
    expect(stderr).toContain('far: 18 packets');
    expect(stderr).toContain('Lost before they could be looked at: 0 packets.');
  });

  test('looks at packets without any right, and as nobody', () => {
    const { stdout } = inSpace(`
      watch --jsonl --no-store
      H=$(pgrep -P $PID)
      grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapAmb|NoNewPrivs)' /proc/$H/status
      tr '\\0' '\\n' </proc/$H/environ | wc -l
      finish
    `);
    expect(stdout).toContain('CapEff:\t0000000000000000');
    expect(stdout).toContain('CapPrm:\t0000000000000000');
    expect(stdout).toContain('CapAmb:\t0000000000000000');
    expect(stdout).toContain('NoNewPrivs:\t1');
    expect(stdout).toContain('"rights":"none"');
    if (IS_ROOT) expect(stdout).toContain('Uid:\t65534\t65534\t65534\t65534');
  });

  test.skipIf(!IS_ROOT)('under sudo both processes become the user, whose files they are', () => {
    const { stdout } = inSpace(`
      mkdir -p theirs; chmod 777 theirs; chmod 755 ${folder}
      export SUDO_UID=65534 SUDO_GID=65534
      ${PRODUCT} --data ${folder}/theirs/data watch -i far -w theirs/frames.pcap >out 2>err & PID=$!
      sleep 2
      ${REPLAY} near ${small()} >/dev/null
      grep '^Uid' /proc/$PID/status /proc/$(pgrep -P $PID)/status | cut -d: -f2-
      finish
      stat -c '%u %s' theirs/frames.pcap
      find theirs/data -printf '%U\\n' | sort -u
    `);
    const user = 'Uid:\t65534\t65534\t65534\t65534';
    expect(stdout).toContain(`${user}\n${user}`);
    expect(stdout).toMatch(/^65534 [1-9]\d+\n65534$/m);
  });

  test('counts what was lost, and says so', () => {
    const file = capture(
      'large.pcap',
      Array.from({ length: 2000 }, () => datagram(9, 1400)),
    );
    const { stdout, stderr } = inSpace(`
      watch --no-store --strict -c 100000000
      H=$(pgrep -P $PID)
      kill -STOP $H
      ${REPLAY} near ${file} 30 >/dev/null
      kill -CONT $H
      sleep 2
      finish
    `);
    expect(stderr).toMatch(/Lost before they could be looked at: [1-9]\d+ packets/);
    expect(stderr).toContain('of the packets were lost');
    expect(stdout).toContain('status 130');
  });

  test('ends after so many packets, writes them, and 5 tells of loss with --strict', () => {
    const file = capture(
      'ten.pcap',
      Array.from({ length: 10 }, (_, at) => datagram(at, 50)),
    );
    const { stdout, stderr } = inSpace(`
      watch --no-store --strict -c 8 -w frames.pcap
      ${REPLAY} near ${file} >/dev/null
      wait $PID && echo "status $?"
      cat err >&2
    `);
    expect(stdout).toContain('status 0');
    expect(stderr).toContain('far: 8 packets');
    const frames: number[] = [];
    const summary = readBytes(readFileSync(join(folder, 'frames.pcap')), (packet) => {
      frames.push(packet.length);
    });
    expect(summary?.ok).toBe(true);
    expect(frames).toEqual(Array.from({ length: 8 }, () => 92));
  });

  test('writes files that follow each other as the user, so many, and then ends', () => {
    const file = capture(
      'twelve.pcap',
      Array.from({ length: 12 }, (_, at) => datagram(at, 1000)),
    );
    const { stdout, stderr } = inSpace(`
      mkdir rotated
      watch --no-store -w rotated/f-%s -G 1 -W 2 -s 100
      for pass in 1 2 3; do ${REPLAY} near ${file} >/dev/null; sleep 1.1; done
      wait $PID && echo "status $?"
      cat err >&2
      find rotated -name 'f-*' -perm 600 | sort
    `);
    expect(stderr).toContain('far: ');
    expect(stdout).toContain('status 0');
    const files = stdout.match(/^rotated\/f-\d{10}$/gm) ?? [];
    expect(files).toHaveLength(2);
    for (const name of files) {
      const frames: number[][] = [];
      readBytes(readFileSync(join(folder, name)), ({ captured, length }) => {
        frames.push([captured, length]);
      });
      expect(frames).toEqual(Array.from({ length: 12 }, () => [100, 1042]));
    }
  });

  test('files of a size, in turn, without the loss of a frame', () => {
    const file = capture(
      'many.pcap',
      Array.from({ length: 2500 }, (_, at) => datagram(at, 1000)),
    );
    const { stdout } = inSpace(`
      mkdir sized
      watch --no-store -w sized/x -C 1 -c 2500
      ${REPLAY} near ${file} >/dev/null
      wait $PID && echo "status $?"
      ls sized
    `);
    expect(stdout).toContain('status 0');
    let frames = 0;
    for (const name of ['x', 'x1', 'x2']) {
      const summary = readBytes(readFileSync(join(folder, 'sized', name)), () => {
        frames += 1;
      });
      expect(summary?.ok).toBe(true);
    }
    expect(frames).toBe(2500);
  });

  test.each([
    ['an interface that vanishes', 'ip link del near', 'The interface far is gone'],
    ['an interface that is set down', 'ip link set far down', 'The interface far went down'],
  ])('%s ends it with what was seen', (_, command, why) => {
    const file = small();
    const { stdout, stderr } = inSpace(`
      watch --no-store
      ${REPLAY} near ${file} >/dev/null
      sleep 0.5
      ${command}
      wait $PID || echo "status $?"
      cat err >&2
    `);
    expect(stdout).toContain('status 3');
    expect(stderr).toContain(why);
    expect(stderr).toContain('far: 18 packets');
  });

  test.each([
    ['an interface that does not exist', '-i nope', 3, 'There is no interface "nope"'],
    ['a filter that cannot be read', '-i far -- tcp port 502 modbus', 2, 'unknown word "modbus"'],
    [
      'a filter that the link cannot have',
      '-i any -- ether host 02:00:00:00:00:01',
      2,
      'no Ethernet',
    ],
  ])('%s is an error', (_, words, status, why) => {
    const { stdout, stderr } = inSpace(`
      ${PRODUCT} --data ${folder}/data watch --no-store ${words} || echo "status $?"
    `);
    expect(stdout).toContain(`status ${status}`);
    expect(stderr).toContain(why);
  });

  test.skipIf(find('setpriv') === undefined || find('dumpcap') === undefined || !IS_ROOT)(
    'dumpcap captures for an account that has no right of its own',
    () => {
      // As `dpkg-reconfigure wireshark-common` leaves it, in a mount of this test only.
      const { stdout, stderr } = inSpace(`
        mkdir -p tools; cp ${find('dumpcap')} tools/dumpcap
        chown 0:65534 tools/dumpcap; chmod 750 tools/dumpcap
        setcap cap_net_raw,cap_net_admin+ep tools/dumpcap
        chmod 755 ${folder}
        mount --bind tools/dumpcap ${find('dumpcap')}
        setpriv --reuid=65534 --regid=65534 --clear-groups ${PRODUCT} watch -i far --flows --json --no-store >out 2>err & PID=$!
        sleep 3
        ${REPLAY} near ${small()} >/dev/null
        sleep 1
        finish
      `);
      expect(stderr).toBe('');
      expect(conversations(stdout)).toEqual(fromFile(small()));
    },
  );

  test.skipIf(find('setpriv') === undefined || !IS_ROOT)(
    'an account without the right is told what to do, one with it may capture',
    () => {
      const account = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
      const { stdout, stderr } = inSpace(`
        chmod 755 ${folder}
        ${account} ${PRODUCT} watch -i far --no-store || echo "without $?"
        ${account} --inh-caps=+net_raw --ambient-caps=+net_raw ${PRODUCT} watch -i far --no-store -c 1 >out 2>err & PID=$!
        sleep 2
        ${REPLAY} near ${small()} >/dev/null
        wait $PID && echo "with $?"
      `);
      expect(stdout).toContain('without 4');
      expect(stderr).toContain(
        'Cannot capture on far: this account lacks CAP_NET_RAW  [E_NO_PERMISSION]',
      );
      expect(stderr).toContain('portolan setup capture');
      expect(stdout).toContain('with 0');
    },
  );
});
