import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const missing = lacking('ip', 'nmap', 'unshare', 'nsenter');

const folder = mkdtempSync(join(tmpdir(), 'portolan-told-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Two network namespaces with a cable between; in one we watch, from the other somebody scans. */
const SCENE = `
set -e
ip link set lo up
ip link add v0 type veth peer name v1
unshare -n sleep 60 & OTHER=$!
until [ "$(readlink /proc/$OTHER/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link set v1 netns $OTHER
there() { nsenter -t $OTHER -n "$@"; }
ip addr add 10.99.0.1/24 dev v0; ip link set v0 up
there ip addr add 10.99.0.2/24 dev v1; there ip link set v1 up; there ip link set lo up
portolan() { "$NODE" "$PRODUCT" --data "$FOLDER/data" --config "$FOLDER/portolan.yaml" "$@"; }
"$NODE" "$PRODUCT" --data "$FOLDER/data" --config "$FOLDER/portolan.yaml" watch -i v0 > "$FOLDER/watch" 2>&1 & WATCH=$!
# It listens once it shows what it sees.
until [ -s "$FOLDER/watch" ]; do there ping -c 1 -W 1 10.99.0.1 >/dev/null 2>&1 || true; sleep 0.2; done
until [ -s "$FOLDER/told" ]; do there nmap -n -Pn -T4 -p 1-200 10.99.0.1 > /dev/null; sleep 0.5; done
until portolan notify --json | grep -q '"state": "sent"'; do sleep 0.2; done
portolan notify --json > "$FOLDER/beside"
kill -TERM $WATCH
wait $WATCH || [ $? = 143 ]
`;

test.skipIf(missing !== undefined)(
  `whoever is scanned is told while it goes on, and another command sees it (${missing ?? 'in namespaces'})`,
  () => {
    const hook = file('hook', `#!/bin/sh\nexec cat >> '${folder}/told'\n`);
    chmodSync(hook, 0o755);
    file('portolan.yaml', `channels:\n  hook: {type: exec, command: [${hook}]}\n`);
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const { status, stderr } = spawnSync(
      'unshare',
      [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', SCENE],
      {
        encoding: 'utf8',
        timeout: 60_000,
        env: { ...process.env, NODE: process.execPath, PRODUCT, FOLDER: folder, HOME: folder },
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const lines = readFileSync(join(folder, 'told'), 'utf8').split('\n').slice(0, -1);
    const notices: { type: string; data: { alerts: { type: string }[] } }[] = lines.map((line) =>
      JSON.parse(line),
    );
    const scans = notices.filter(({ data }) =>
      data.alerts.some(({ type }) => type === 'port_scan_vertical'),
    );
    expect(scans.map(({ type }) => type)).toEqual(['alert.created']);
    const seen: { channels: { sent: number }[] } = JSON.parse(
      readFileSync(join(folder, 'beside'), 'utf8'),
    );
    expect(seen.channels[0]?.sent).toBeGreaterThan(0);
  },
  90_000,
);
