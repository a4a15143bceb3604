import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runAllow } from '../../src/cli/allow-run.ts';
import { runExplain } from '../../src/cli/explain-run.ts';
import { runImport } from '../../src/cli/import-run.ts';
import { runLedger } from '../../src/cli/ledger-run.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Fact, NewEvidence } from '../../src/model/evidence.ts';
import { DAY, flow, MONDAY, often } from '../policy/learn/flows.ts';
import type { Options, Result, Run } from './stand-in.ts';
import { runIn } from './stand-in.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-cli-allowed-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const CAMERA = '192.168.20.5';
const MAC = '02:00:00:00:00:05';
const CLOUD = '198.51.100.7';
const NOW = MONDAY + 10 * DAY;

let data = '';
beforeEach(() => {
  data = mkdtempSync(join(ROOT, 'data-'));
  const store = openStore(data);
  const seen = (fact: Fact, port?: number): NewEvidence => ({
    at: NOW,
    source: 'active',
    observer: 'test',
    subject: {
      address: CAMERA,
      mac: MAC,
      ...(port === undefined ? {} : { port, transport: 'tcp' }),
    },
    certainty: 'proved',
    fact,
  });
  store.append([
    seen({ kind: 'present', via: 'arp' }),
    seen({ kind: 'open' }, 554),
    seen({ kind: 'open' }, 9000),
    seen({ kind: 'open' }, 7000),
    seen({ kind: 'swept', transport: 'tcp', closed: '7000', silent: '' }),
  ]);
  store.appendFlows(
    [
      ...often(10, { to: `${CLOUD}:8883` }, DAY),
      ...often(10, { from: '192.168.1.20:50000', to: `${CAMERA}:554` }, DAY),
      flow({ to: '198.51.100.99:4444' }),
    ].map((one) => ({ ...one, facts: [] })),
    'test',
  );
  store.close();
});

function run(work: Run, args: readonly string[], options: Options = {}): Promise<Result> {
  return runIn({ data, now: NOW, width: 200 }, work, args, options);
}

/** Rows of the ledger in short: `from 8883: used yes, needed yes, allowed no: broken`. */
async function ledger(): Promise<readonly string[]> {
  const { out } = await run(runLedger, [], { json: true, all: true });
  const document: { items: readonly Row[] } = JSON.parse(out);
  return document.items.map(
    ({ direction, port, open, used, needed, allowed, verdict }) =>
      `${direction.split('-')[0]} ${port}: open ${open.answer}, used ${used.answer}, needed ${needed.answer}, allowed ${allowed.answer}: ${verdict}`,
  );
}

interface Row {
  readonly direction: string;
  readonly port: number;
  readonly open: { readonly answer: string };
  readonly used: { readonly answer: string };
  readonly needed: { readonly answer: string };
  readonly allowed: { readonly answer: string; readonly because: string };
  readonly verdict: string;
}

async function deviceId(): Promise<string> {
  const { out } = await run(runLedger, [], { json: true, all: true });
  const document: { items: readonly { device: string }[] } = JSON.parse(out);
  return document.items[0]?.device ?? '';
}

async function savePolicy(state: string, rules: string): Promise<void> {
  const text = `zones:
  iot: { interfaces: iot0, networks: 192.168.20.0/24 }
  lan: { interfaces: lan0, networks: 192.168.1.0/24 }
  wan: { interfaces: wan0, internet: true }
endpoints:
  camera: { device: ${await deviceId()}, state: ${state} }
  cloud: { networks: ${CLOUD} }
rules:
${rules}`;
  writeFileSync(join(data, 'policy.yaml'), text);
}

const RULES = `  - id: mq
    from: camera
    to: cloud
    service: tcp/8883
    action: allow
    origin: { kind: learned, firstSeen: 2026-11-01, lastSeen: 2026-11-24, flows: 10, days: 9 }
  - { id: old, from: camera, to: net:198.51.100.50, service: tcp/1883, action: allow }
`;

const NFT = (...rules: readonly string[]): string => `table inet fw {
\tchain forward {
\t\ttype filter hook forward priority filter; policy drop;
\t\tct state established,related accept
${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}
}
`;

function firewall(text: string, name = 'ruleset.nft'): Promise<Result> {
  const file = join(data, name);
  writeFileSync(file, text);
  return run(runImport, [file]);
}

describe('the ledger', () => {
  test('without a policy and a firewall two of its questions are open', async () => {
    expect(await ledger()).toEqual([
      'to 554: open yes, used yes, needed unknown, allowed unknown: decide',
      'to 7000: open no, used no, needed unknown, allowed unknown: fine',
      'to 9000: open yes, used no, needed unknown, allowed unknown: close',
    ]);
  });

  test('with both all four are answered, and their disagreements are named', async () => {
    await savePolicy(
      'enforcing',
      `${RULES}  - { id: view, from: zone:lan, to: camera, service: tcp/554, action: allow }\n`,
    );
    const { status, said } = await firewall(
      NFT('iifname "lan0" tcp dport { 554, 7000, 9000 } accept', 'ip daddr 198.51.100.50 accept'),
    );
    expect([status, said]).toEqual([0, expect.stringContaining('3 rules of nftables')]);
    expect(await ledger()).toEqual([
      'to 554: open yes, used yes, needed yes, allowed yes: fine',
      'to 7000: open no, used no, needed no, allowed yes: tighten',
      'to 9000: open yes, used no, needed no, allowed yes: close',
      'from 8883: open unknown, used yes, needed yes, allowed no: broken',
      'from 1883: open unknown, used no, needed yes, allowed yes: unknown',
    ]);
  });

  test.each([
    [
      'a rule that is in use and allowed',
      'observing',
      RULES,
      NFT('accept'),
      'from 8883: open unknown, used yes, needed yes, allowed yes: fine',
    ],
    [
      'a newer reading takes the place of the older',
      'observing',
      RULES,
      NFT(),
      'from 8883: open unknown, used yes, needed yes, allowed no: broken',
    ],
  ])('%s', async (_, state, rules, text, row) => {
    await savePolicy(state, rules);
    await firewall(NFT('accept'));
    await firewall(text);
    const rows = (await ledger()).filter((one) => one.startsWith('from 8883'));
    expect(rows).toEqual(row === undefined ? [] : [row]);
  });

  test('a policy that cannot be read is said, and the ledger stands', async () => {
    writeFileSync(join(data, 'policy.yaml'), 'zones: [\n');
    const { status, out, said } = await run(runLedger, [], { all: true });
    expect([status, out]).toEqual([0, expect.stringContaining('554')]);
    expect(said.match(/The policy is not taken into account/g)).toHaveLength(1);
  });

  test('a ruleset that is cut off is refused with its line, and nothing is kept', async () => {
    const { status, said } = await firewall('table inet fw {\n chain forward {\n');
    expect([status, said]).toEqual([
      3,
      expect.stringMatching(/ruleset\.nft:1: .*Nothing was changed/s),
    ]);
    const store = openStore(data);
    expect(store.firewalls()).toEqual([]);
    store.close();
  });

  test('readings of one file are not kept for ever', async () => {
    for (let turn = 0; turn < 12; turn += 1) await firewall(NFT(`tcp dport ${turn + 1} accept`));
    const store = openStore(data);
    expect(store.firewalls()).toMatchObject([
      { origin: 'ruleset.nft', target: 'nftables', id: 12 },
    ]);
    store.close();
  });
});

describe('explain', () => {
  test('says verdict, rule, line, what was seen and what the firewall does', async () => {
    await savePolicy('enforcing', RULES);
    await firewall(NFT());
    const { status, out } = await run(runExplain, [`${CAMERA}→cloud`, 'tcp/8883']);
    expect(status).toBe(0);
    expect(out).toMatch(/^192\.168\.20\.5 → 198\.51\.100\.7 tcp\/8883: allow\n/);
    expect(out).toMatch(
      /Rule mq, .*policy\.yaml:9: camera may open tcp\/8883 of cloud; seen 10 times, on 9 days, .*since 2026-11-01/,
    );
    expect(out).toMatch(/Seen: 10 times, from 2026-11-23/);
    expect(out).toMatch(/Firewall of ruleset\.nft \(nftables\), read .*: stopped, by default/);
  });

  test('names the one command that allows it for an hour, and that command does', async () => {
    await savePolicy('enforcing', RULES);
    const question = `${CAMERA}->net:198.51.100.99 tcp/4444`;
    const before = await run(runExplain, [question]);
    expect(before.out).toMatch(/tcp\/4444: drop/);
    const command = /To allow it for an hour: portolan allow (\S+) (\S+) --to (\S+) --for 1h/.exec(
      before.out,
    );
    const [, device = '', service = '', peer = ''] = command ?? [];
    const done = await run(runAllow, [device, service], { to: peer, for: '1h' });
    expect([done.status, done.said]).toEqual([0, expect.stringContaining('policy rm')]);
    const after = await run(runExplain, [question]);
    expect(after.out).toMatch(/tcp\/4444: allow/);
    expect(after.out).not.toContain('portolan allow');
  });

  test('the other way round, it is the device that is opened to somebody', async () => {
    await savePolicy('enforcing', RULES);
    const { out } = await run(runExplain, ['net:192.168.1.20 to camera tcp/554']);
    expect(out).toMatch(/portolan allow PTL-D-\w+ tcp\/554 --by net:192\.168\.1\.20 --for 1h/);
  });

  test('what iptables-save prints is read for its rules and for its port mappings', async () => {
    const { status, said } = await firewall(
      '# Generated by iptables-save\n*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p udp -j ACCEPT\nCOMMIT\n',
      'rules.v4',
    );
    expect([status, said]).toEqual([0, expect.stringContaining('1 rule of iptables')]);
    const { out } = await run(runExplain, [`${CAMERA}→198.51.100.7 tcp/443`]);
    expect(out).toMatch(/stopped, line 3: :FORWARD DROP/);
  });

  test('without a policy a firewall is enough', async () => {
    await firewall(NFT('tcp dport 443 accept'));
    const { status, out } = await run(runExplain, [`${CAMERA}→198.51.100.7 tcp/443`]);
    expect([status, out]).toEqual([0, expect.stringMatching(/passes, line 5: .*accept/)]);
    expect(out).not.toContain('Policy');
  });

  test('without both it says where to begin', async () => {
    const { status, said } = await run(runExplain, [`${CAMERA}→198.51.100.7 tcp/443`]);
    expect([status, said]).toEqual([2, expect.stringContaining('portolan policy init')]);
  });

  test('is there for programs', async () => {
    await savePolicy('enforcing', RULES);
    const { out } = await run(runExplain, [`${CAMERA}→cloud tcp/8883`], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      items: [
        { decision: { verdict: 'allow' }, rules: [{ id: 'mq', line: 9 }], seen: { flows: 10 } },
      ],
    });
  });
});
