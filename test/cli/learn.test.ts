import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDays } from '../../bench/_days.ts';
import { runAllow } from '../../src/cli/allow-run.ts';
import { runLog } from '../../src/cli/log-run.ts';
import { runPolicy } from '../../src/cli/policy-run.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { LoggedPacket, LogOptions } from '../../src/io/would-block.ts';
import type { PolicyRule } from '../../src/model/policy.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import { deviceKey } from '../../src/policy/device-key.ts';
import { readPolicy } from '../../src/policy/read.ts';
import type { Options, Result, Run } from './stand-in.ts';
import { runIn } from './stand-in.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-cli-learn-'));
const DATA = join(ROOT, 'data');
const FILE = join(DATA, 'policy.yaml');
const CAPTURE = join(ROOT, 'days.pcap');
const CAMERA = '192.168.20.5';
const NOW = Date.UTC(2026, 10, 29);
const HOUR = 3_600_000;

beforeAll(() =>
  writeDays(
    CAPTURE,
    [0, 1].map((day) => ({ seed: 5, day, boot: day === 0 })),
  ),
);
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

function run(work: Run, args: readonly string[], options: Options = {}): Promise<Result> {
  return runIn({ data: DATA, now: NOW }, work, args, options);
}

function policy(words: string, options: Options = {}): Promise<Result> {
  return run(runPolicy, words.split(' '), options);
}

function rules(): readonly PolicyRule[] {
  return readPolicy(readFileSync(FILE, 'utf8'), FILE).policy.rules;
}

function inventory(): { readonly id: string } {
  const { policy: read } = readPolicy(readFileSync(FILE, 'utf8'), FILE);
  const endpoint = read.endpoints['device-fdzs'];
  if (endpoint?.kind !== 'device') throw new Error('no camera');
  return { id: endpoint.device };
}

describe('from a capture to a device that is held', () => {
  test('without a policy it says how to begin', async () => {
    const { status, said } = await policy(`learn ${CAMERA}`, { from: CAPTURE });
    expect([status, said]).toEqual([2, expect.stringContaining('portolan policy init')]);
  });

  test('learning from a capture imports it, shows rules and questions, and writes the rules', async () => {
    await policy('init');
    // The inventory is still empty; the capture brings it.
    const { status, out, said } = await policy('learn', { from: CAPTURE });
    expect(status, said).toBe(0);
    expect(out).toMatch(
      /\+ \S+ may open tcp\/8883 of mq\.vendor\.example: seen \d+ times, on 2 days/,
    );
    expect(out).toMatch(
      /\? \S+ opened tcp\/443 of support\.vendor\.example, once, last on 2026-11-25: may it\?/,
    );
    expect(out).toContain('It was seen on 2 days only');
    expect(
      rules().some(
        ({ to, origin }) => to === 'name:mq.vendor.example' && origin.kind === 'learned',
      ),
    ).toBe(true);
  });

  test('a dry run writes nothing', async () => {
    const before = readFileSync(FILE, 'utf8');
    const { said } = await policy('learn', { dryRun: true });
    expect(said).toContain('Nothing was written');
    expect(readFileSync(FILE, 'utf8')).toBe(before);
  });

  test('as JSON it has rules, questions and what was not seen', async () => {
    const { out } = await policy('learn', { json: true, dryRun: true });
    const document: {
      devices: { rules: object[]; questions: object[]; coverage: { gaps: object[] } }[];
    } = JSON.parse(out);
    expect(document).toMatchObject({ schema: 'portolan/policy-learn/v1' });
    expect(
      document.devices.some(
        (one) => one.rules.length > 5 && one.questions.length > 0 && one.coverage.gaps.length > 0,
      ),
    ).toBe(true);
  });

  test('yes adds the rule that was asked about, no writes down that it was refused', async () => {
    const { out } = await policy('decide', { json: true });
    const { items }: { items: { id: string; asks: string; reason: string }[] } = JSON.parse(out);
    const [first, second] = items.filter(({ reason }) => reason === 'rare');
    const yes = await policy(`decide ${first?.id ?? ''} yes`);
    expect(yes.out).toContain(' may open ');
    if (second !== undefined) await policy(`decide ${second.id} no`);
    expect(rules().some(({ id, action }) => id === first?.id && action === 'allow')).toBe(true);
    expect(rules().filter(({ action }) => action === 'deny')).toHaveLength(
      second === undefined ? 0 : 1,
    );
    const again = await policy(`decide ${first?.id ?? ''} yes`);
    expect([again.status, again.said]).toEqual([2, expect.stringContaining('no open question')]);
    await policy('learn');
    expect((await policy('decide', { json: true })).out).not.toContain(first?.id);
  });

  test.each([
    ['decide', 'decide learn-x maybe', 'no open question'],
    ['a device that nobody knows', 'try ghost', 'There is no device "ghost"'],
    ['no device', 'try', 'needs a device'],
    ['a step too early', 'enforce device-fdzs', 'comes too early'],
  ])('%s: an error that says what to do', async (_, words, message) => {
    const { status, said } = await policy(words);
    expect([status, said]).toEqual([2, expect.stringContaining(message)]);
  });

  test('it is tried, then held, and may go back', async () => {
    expect((await policy('try device-fdzs')).out).toBe('device-fdzs: learned → trial\n');
    expect((await policy('enforce device-fdzs')).out).toBe('device-fdzs: trial → enforcing\n');
    expect((await policy('observe device-fdzs')).out).toBe('device-fdzs: enforcing → observing\n');
    expect((await policy('enforce device-fdzs', { now: true })).status).toBe(0);
  });
});

describe('allow', () => {
  test('for an hour, in front of all rules, and after that as if it were not there', async () => {
    const { out } = await run(runAllow, [CAMERA, '8443'], { for: '1h' });
    expect(out).toMatch(
      /^device-fdzs may open tcp\/8443 of any until 2026-11-29 01:00Z \(allow-[0-9a-z]{6}\)\n$/,
    );
    const [rule] = rules();
    expect(rule).toMatchObject({ service: 'tcp/8443', side: 'egress', expires: NOW + HOUR });
    expect([isBound(rule?.id, NOW), isBound(rule?.id, NOW + HOUR)]).toEqual([true, false]);
  });

  test('the other way round, for one who mends it', async () => {
    const options = { for: '30m', by: 'net:192.168.1.20' };
    expect((await run(runAllow, [CAMERA, 'ssh'], options)).status).toBe(0);
    expect(rules()[0]).toMatchObject({
      from: 'net:192.168.1.20',
      to: 'device-fdzs',
      service: 'ssh',
      side: 'both',
    });
  });

  test.each([
    ['a time that is none', ['8443'], { for: 'ever' }, 'is no time'],
    ['a service that is none', ['no/such'], {}, 'is no service'],
    ['a peer that is nobody', ['8443'], { to: 'nobody' }, 'is nobody in the policy'],
    ['two directions', ['8443'], { to: 'any', by: 'any' }, 'are two rules'],
  ] satisfies [string, string[], Options, string][])(
    '%s: an error',
    async (_, args, options, message) => {
      const before = readFileSync(FILE, 'utf8');
      const { status, said } = await run(runAllow, [CAMERA, ...args], options);
      expect([status, said]).toEqual([2, expect.stringContaining(message)]);
      expect(readFileSync(FILE, 'utf8')).toBe(before);
    },
  );

  function isBound(id: string | undefined, now: number): boolean {
    const { policy: read } = readPolicy(readFileSync(FILE, 'utf8'), FILE);
    const devices = [{ id: inventory().id, addresses: [CAMERA], macs: [] }];
    const others = Object.values(read.endpoints).flatMap((one) =>
      one.kind === 'device' ? [{ id: one.device, addresses: [], macs: [] }] : [],
    );
    const context = {
      resolved: () => undefined,
      localNetworks: [],
      resolvers: [],
      ntpServers: [],
      now,
    };
    return bindPolicy(read, {
      ...context,
      devices: [...devices, ...others.filter(({ id: other }) => other !== inventory().id)],
    }).bound.egress.some((rule) => rule.id === id);
  }
});

test('the log asks once about what was tried in three ways, and the answer allows the first', async () => {
  const device = deviceKey(inventory().id);
  const [server] = [...flowsTo(8883)];
  const packet = (second: number, destinationPort: number): LoggedPacket => ({
    what: 'drop',
    device,
    rule: 'ptl-default',
    at: NOW + second * 1000,
    source: CAMERA,
    destination: server ?? '',
    protocol: 6,
    sourcePort: 40_000,
    destinationPort,
  });
  const read = ({ onPacket }: LogOptions): Promise<void> => {
    for (const round of [0, 60, 120]) {
      for (const [index, port] of [8884, 4443, 80].entries()) onPacket(packet(round + index, port));
    }
    return Promise.resolve();
  };
  const { out, said } = await run((shell) => runLog(shell, FILE, read), []);
  expect(said).toContain('9 packets of 3 kinds');
  expect(out).toContain(
    'drop: device-fdzs (192.168.20.5) to mq.vendor.example tcp/8884, by ptl-default\n',
  );
  const [, id = ''] = /policy decide (fallback-[0-9a-z]{6}) yes/.exec(out) ?? [];
  expect(out.match(/policy decide/g)).toHaveLength(1);
  expect(out).toContain(
    '? device-fdzs was refused tcp/8884 of mq.vendor.example 3 times, and then tried tcp/4443, then tcp/80 of the same',
  );
  await policy('learn');
  expect((await policy(`decide ${id} yes`)).out).toContain(
    'may open tcp/8884 of mq.vendor.example',
  );
});

function flowsTo(port: number): Set<string> {
  const store = openStore(DATA);
  const named = [...store.flows({ port })].filter(({ name }) => name === 'mq.vendor.example');
  store.close();
  return new Set(named.map(({ destination }) => destination.address));
}
