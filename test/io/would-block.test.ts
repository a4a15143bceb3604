import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { LoggedPacket } from '../../src/io/would-block.ts';
import { attemptOf, loggedPacket } from '../../src/io/would-block.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import { fallbackQuestion, fallbacks } from '../../src/policy/fallback.ts';
import { parseLogPrefix } from '../../src/policy/log-prefix.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { nftables } from '../../src/targets/nftables/nftables.ts';
import { Packet } from '../../src/wire/packet.ts';
import { lacking } from '../lab/need.ts';

const MISSING = lacking('unshare', 'ip', 'nft', 'tcpdump', 'python3');

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-log-'));
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'would-block-driver.ts'),
    platform: 'node',
  });
  await bundle.write({ file: join(folder, 'driver.mjs'), format: 'esm' });
  await bundle.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = z.object({
  what: z.enum(['allow', 'drop', 'reject', 'would-block']),
  device: z.string().optional(),
  rule: z.string(),
  at: z.number(),
  source: z.string(),
  destination: z.string(),
  protocol: z.int(),
  sourcePort: z.int(),
  destinationPort: z.int(),
});

function read(text: string): LoggedPacket {
  const { device, ...packet } = line.parse(JSON.parse(text));
  return { ...packet, ...(device === undefined ? {} : { device }) };
}

/**
 * A camera behind a router of its own, by a cable that leads nowhere else. The router has the ruleset
 * that is given, the camera runs the program, and what is logged meanwhile comes back.
 */
function logged(ruleset: string, program: string): readonly LoggedPacket[] {
  writeFileSync(join(folder, 'rules.nft'), ruleset);
  writeFileSync(join(folder, 'camera.py'), program);
  const script = `
    set -e
    mount -t tmpfs none /run; mkdir /run/netns; ip link set lo up
    sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
    ip netns add camera
    ip link add lan type veth peer name eth0 netns camera
    ip addr add 192.168.20.1/24 dev lan; ip link set lan up
    ip -6 addr add 2001:db8:20::1/64 dev lan nodad
    ip link add wan type veth peer name far; ip link set far up
    ip addr add 203.0.113.1/24 dev wan; ip link set wan up
    ip route add 198.51.100.0/24 dev wan
    ip -n camera link set lo up; ip -n camera link set eth0 up
    ip -n camera addr add 192.168.20.5/24 dev eth0; ip -n camera route add default via 192.168.20.1
    ip -n camera -6 addr add 2001:db8:20::5/64 dev eth0 nodad
    nft -f rules.nft
    ${process.execPath} driver.mjs > log & READER=$!
    for i in $(seq 100); do grep -q ready log && break; sleep 0.1; done
    grep -q ready log
    ip netns exec camera python3 camera.py
    sleep 2
    kill -TERM $READER; wait $READER
    cat log
  `;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [
      ...(process.getuid?.() === 0 ? [] : ['-Ur']),
      '-nm',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      script,
    ],
    { cwd: folder, encoding: 'utf8', timeout: 90_000, killSignal: 'SIGKILL' },
  );
  expect(status, stderr).toBe(0);
  return stdout
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => read(text));
}

const RULES = `
table inet ptl {
  chain forward {
    type filter hook forward priority filter;
    ip daddr 203.0.113.7 tcp dport 80 log prefix "ptl allow dcam1 r80 " group 7 accept
    log prefix "ptl reject dcam1 ptl-default " group 7
    meta l4proto tcp reject with tcp reset
    reject
  }
  chain input {
    type filter hook input priority filter;
    iifname "lan" udp dport 53 log prefix "ptl reject dcam1 ptl-default " group 7 reject
    iifname "lan" udp dport 123 log prefix "somebody else's words" group 7 drop
    iifname "lan" tcp dport 22 log prefix "ptl would-block dcam1 r22 " group 7
  }
}
`;

/** What vendors' firmware does: the broker, the same behind TLS's port, the web; DNS of its own. */
const CAMERA = `
import socket, time

def tcp(address, port, family=socket.AF_INET):
    one = socket.socket(family)
    one.settimeout(0.4)
    try:
        one.connect((address, port))
    except OSError:
        pass
    one.close()

def udp(address, port):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.settimeout(0.4)
    try:
        one.connect((address, port))
        one.send(b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x02mq\\x07example\\x00\\x00\\x01\\x00\\x01")
        one.recv(512)
    except OSError:
        pass
    one.close()
`;

const STUBBORN = `${CAMERA}
for round in range(3):
    udp("192.168.20.1", 53)
    udp("198.51.100.8", 53)
    for port in (8883, 443, 80):
        tcp("203.0.113.7", port)
    time.sleep(0.2)
`;

/** As the product renders it: the camera may have its broker's web page and nothing else. */
function rendered(state: string): string {
  const text = `
version: 1
refuse: reject
zones:
  lan: { interfaces: [lan], networks: [192.168.20.0/24] }
  out: { interfaces: [wan], internet: true }
endpoints:
  camera: { device: PTL-D-CAM1, state: ${state} }
rules:
  - { id: web, from: camera, to: net:203.0.113.7, service: tcp/80, action: allow }
`;
  const { bound } = bindPolicy(readPolicy(text, 'policy.yaml').policy, {
    devices: [{ id: 'PTL-D-CAM1', addresses: ['192.168.20.5'], macs: [] }],
    resolved: () => undefined,
    localNetworks: [],
    resolvers: [],
    ntpServers: [],
    now: 0,
  });
  return nftables.render(bound).files[0]?.text ?? '';
}

const TOOLS = {
  deviceOf: (id: string) => (id === 'dcam1' ? 'PTL-D-CAM1' : undefined),
  nameOf: (_: string, address: string) => (address === '203.0.113.7' ? 'mq.example' : undefined),
};

describe.skipIf(MISSING !== undefined)(`a real kernel's log (${MISSING ?? 'here'})`, () => {
  test('tells what was stopped, whose it was and by which rule, and leaves out what is not ours', () => {
    const program = `${CAMERA}
tcp("203.0.113.7", 8883)
tcp("192.168.20.1", 22)
tcp("2001:db8:20::1", 22, socket.AF_INET6)
udp("192.168.20.1", 123)
`;
    const packets = logged(RULES, program).map(({ at, sourcePort, ...rest }) => ({
      ...rest,
      isCaller: sourcePort > 1024,
      isNow: at > 1_700_000_000_000,
    }));
    const seen = { device: 'dcam1', protocol: 6, isCaller: true, isNow: true };
    expect(packets).toEqual([
      {
        ...seen,
        what: 'reject',
        rule: 'ptl-default',
        source: '192.168.20.5',
        destination: '203.0.113.7',
        destinationPort: 8883,
      },
      {
        ...seen,
        what: 'would-block',
        rule: 'r22',
        source: '192.168.20.5',
        destination: '192.168.20.1',
        destinationPort: 22,
      },
      {
        ...seen,
        what: 'would-block',
        rule: 'r22',
        source: '2001:db8:20::5',
        destination: '2001:db8:20::1',
        destinationPort: 22,
      },
    ]);
  });

  test.each([
    ['enforcing', 'reject', 4],
    ['trial', 'would-block', 0],
  ])('of our own ruleset, a device in state %s', (state, what, stopped) => {
    const packets = logged(rendered(state), STUBBORN);
    expect(new Set(packets.map((packet) => packet.what))).toEqual(new Set([what]));
    expect(new Set(packets.map((packet) => packet.device))).toEqual(new Set(['dcam1']));
    const attempts = packets
      .map((packet) => attemptOf(packet, TOOLS))
      .filter((attempt) => attempt !== undefined);
    const kinds = attempts
      .filter(({ stoppedBy }) => stoppedBy !== undefined)
      .map(({ peer, port }) => `${peer} ${port}`);
    expect(new Set(kinds).size).toBe(stopped);
    // Where nothing is stopped, nothing is a fallback.
    expect(fallbacks(attempts)).toHaveLength(state === 'trial' ? 0 : 2);
  });

  test('of a stubborn device gives one question for its broker and one for its names', () => {
    const attempts = logged(RULES, STUBBORN)
      .map((packet) => attemptOf(packet, TOOLS))
      .filter((attempt) => attempt !== undefined);
    expect(attempts.length).toBeGreaterThanOrEqual(15);
    const questions = fallbacks(attempts).map((group) => fallbackQuestion(group, 'camera'));
    expect(questions).toEqual([
      'camera was refused udp/53 of 192.168.20.1 3 times, and then tried udp/53 of 198.51.100.8: allow the first, so that it needs no other?',
      'camera was refused tcp/8883 of mq.example 3 times, and then tried tcp/443, then tcp/80 of the same: allow the first, so that it needs no other?',
    ]);
  });
});

describe('a prefix', () => {
  test.each([
    ['of a device', 'ptl drop d7f3k r3 ', { what: 'drop', device: 'd7f3k', rule: 'r3' }],
    ['of nobody', 'ptl allow - ptl-default ', { what: 'allow', rule: 'ptl-default' }],
    ['of somebody else', 'DROP IN= ', undefined],
    ['that looks nearly like ours', 'ptl drop d7f3k r3 r4 ', undefined],
    ['with a name that cannot be ours', 'ptl drop D7F3K;r3 r3 ', undefined],
    ['that is empty', '', undefined],
  ])('%s', (_, text, prefix) => {
    expect(parseLogPrefix(text)).toEqual(prefix);
  });
});

describe('a frame of the log that is damaged', () => {
  const whole = Buffer.from(
    '02000007' +
      '18000a00' +
      Buffer.from('ptl drop d1 r3 \0\0\0\0\0').toString('hex') +
      '20000900' +
      '4500001c0000000040110000' +
      '0a0000010a000002' +
      '04d2003500080000',
    'hex',
  );
  test.each(Array.from({ length: whole.length + 1 }, (_, length) => [length]))(
    'after %i octets gives nothing false',
    (length) => {
      const packet = new Packet();
      packet.bytes = Uint8Array.from(whole.subarray(0, length));
      packet.view = new DataView(packet.bytes.buffer);
      packet.captured = length;
      packet.length = length;
      packet.linkType = 239;
      const seen = loggedPacket(packet);
      expect(seen === undefined || seen.rule === 'r3').toBe(true);
      if (length === whole.length) {
        expect(seen).toMatchObject({ source: '10.0.0.1', sourcePort: 1234, destinationPort: 53 });
      }
    },
  );
});
