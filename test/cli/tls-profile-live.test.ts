import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MudLibrary } from '../../src/io/mud/library.ts';
import { openSession } from '../../src/io/site/session.ts';
import { Story } from '../evidence.ts';
import type { Said } from '../flows/talk.ts';
import { packetOf } from '../flows/talk.ts';
import { lacking } from '../lab/need.ts';
import { bytes, hex } from '../protocols/fixtures.ts';
import { initialOf, SERVER_INITIAL } from '../protocols/quic-packets.ts';
import { pcap } from '../wire/captures.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const FILE = join(import.meta.dirname, '../fixtures/mud/good/tls-profile.json');
const URL = 'https://lumen.example/mud/bulb-v2.json';
const NAME = 'mq.lumen.example';
const BULB = { address: '192.168.20.10', mac: '02:00:00:00:00:10' };
const ROUTER = '02:00:00:00:00:01';
const LISTED = 0x001d;
const OTHER = 0x001e;

const isRoot = process.getuid?.() === 0;
const why =
  lacking('unshare', 'ip', 'tcpreplay') ?? (isRoot ? undefined : 'only root may capture here');
const ROOT = mkdtempSync(join(tmpdir(), 'portolan-tls-live-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

/** The fixture's file, of which the bulb speaks to its cloud by QUIC. */
function mudFile(): string {
  return readFileSync(FILE, 'utf8')
    .replaceAll('"protocol": 6', '"protocol": 17')
    .replaceAll('"tcp": {', '"udp": {')
    .replaceAll(/,\s*"ietf-mud:direction-initiated": "from-device"/g, '')
    .replaceAll('8883', '443')
    .replace('"mqtt"', '"h3"')
    .replace(/10,\s+11,\s+13/, '0, 10, 16, 43');
}

/** A data folder in which the bulb is known, and rules of its own came from its MUD file. */
function dataFolder(name: string): string {
  const folder = join(ROOT, name);
  const now = Date.now();
  const env = { PORTOLAN_DATA: folder };
  const world = {
    ...{ env, dataFolder: undefined, configFile: 'none' },
    ...{ now: () => now, warn: () => {} },
  };
  const session = openSession(world);
  session.add(new Story(now).present(BULB.address, BULB.mac).evidence);
  const id = session.site().devices[0]?.id ?? '';
  session.close();
  const about = { url: URL, at: now, signature: 'good', freshUntil: now } as const;
  new MudLibrary(folder).put('in-use', { ...about, source: 'file' }, Buffer.from(mudFile()));
  writeFileSync(
    join(folder, 'policy.yaml'),
    `version: 1
endpoints:
  bulb: { device: ${id}, state: observing }
rules:
  - { id: cloud, from: bulb, to: "name:${NAME}", service: udp/443, action: allow,
      origin: { kind: mud, ref: "${URL}" } }
`,
  );
  return folder;
}

/** Both sides of a handshake of QUIC in which the bulb offers one group. */
function handshake(port: number, group: number): readonly Uint8Array[] {
  const [here, there] = [`${BULB.address}:${port}`, '203.0.113.7:443'];
  const said: Said[] = [
    { from: here, to: there, udp: initialOf(hello(group)), macs: [BULB.mac, ROUTER] },
    { from: there, to: here, udp: bytes(SERVER_INITIAL), macs: [ROUTER, BULB.mac], hops: 57 },
  ];
  return said.map((one, index) => packetOf(one, index + 1).bytes);
}

function hello(group: number): Uint8Array {
  const name = hex(NAME);
  const lists = [
    extension('0000', sized(`00${sized(name)}`)),
    extension('000a', sized(group.toString(16).padStart(4, '0'))),
    extension('0010', '0003026833'),
    extension('002b', '020304'),
  ].join('');
  const body = `0303${'ab'.repeat(32)}00${sized('1301')}0100${sized(lists)}`;
  return bytes(`01${(body.length / 2).toString(16).padStart(6, '0')}${body}`);
}

function extension(type: string, body: string): string {
  return type + sized(body);
}

/** Behind its length in two octets. */
function sized(text: string): string {
  return (text.length / 2).toString(16).padStart(4, '0') + text;
}

describe.skipIf(why !== undefined)('a hello that the MUD file does not list', () => {
  test.each([
    ['watch', 'watch -i near'],
    ['the daemon', 'serve --capture near --listen 127.0.0.1:0 --no-ui'],
  ])('is an alert of %s, and one that it lists is none', (_, command) => {
    const folder = dataFolder(command.slice(0, 5));
    writeFileSync(join(folder, 'listed.pcap'), pcap(1, handshake(40_001, LISTED)));
    writeFileSync(join(folder, 'other.pcap'), pcap(1, handshake(40_002, OTHER)));
    const script = `
      ip link set lo up
      ip link add near type veth peer name far; ip link set near up; ip link set far up
      "$0" "$1" ${command} & RUNNING=$!
      till() { for _ in $(seq 300); do "$@" && return 0; sleep 0.1; done; return 1; }
      listening() { [ "$(wc -l </proc/net/packet)" -gt 1 ]; }
      till listening; sleep 2
      tcpreplay -q -i far listed.pcap >/dev/null; sleep 1
      tcpreplay -q -i far other.pcap >/dev/null
      sleep 8
      kill -TERM $RUNNING; wait $RUNNING
      "$0" "$1" alerts --all --json > told.json`;
    const space = ['-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const { stdout, stderr } = spawnSync(
      'unshare',
      [...space, 'sh', '-c', script, process.execPath, PRODUCT],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: folder },
        timeout: 120_000,
        killSignal: 'SIGKILL',
      },
    );
    const document: { items: { first: { type: string; summary: string } }[] } = JSON.parse(
      readFileSync(join(folder, 'told.json'), 'utf8'),
    );
    const told = document.items
      .filter(({ first }) => first.type === 'tls_profile_violation')
      .map(({ first }) => first.summary);
    expect(told, stdout + stderr).toEqual([expect.stringMatching(/mq\.lumen\.example.*group 30$/)]);
  });
});
