import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDays } from '../../bench/_days.ts';
import { madeSite } from '../../bench/_segments.ts';
import { PortolanError } from '../../src/base/errors.ts';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Input } from '../../src/cli/command.ts';
import { importCapture } from '../../src/cli/import-capture.ts';
import { relay } from '../../src/cli/relay.ts';
import { runRelayCommand } from '../../src/cli/relay-run.ts';
import { segment } from '../../src/cli/segment.ts';
import { segmentPage } from '../../src/cli/segment-html.ts';
import { runSegment } from '../../src/cli/segment-run.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { withSession } from '../../src/io/site/session.ts';
import type { Device } from '../../src/model/device.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { planSegments } from '../../src/policy/segment/plan.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-cli-segment-'));
const NOW = Date.UTC(2026, 10, 29);

interface Result {
  readonly status: number;
  readonly out: string;
  readonly said: string;
}
type Options = Readonly<Record<string, string | true>>;
type Run = (shell: Shell, input: Input) => Promise<number>;

function shellOf(data: string, json: boolean, texts: { out: string; said: string }): Shell {
  const say = (text: string): void => {
    texts.said += `${text}\n`;
  };
  return {
    out: (text) => {
      texts.out += text;
    },
    say,
    hint: say,
    warn: say,
    json,
    quiet: false,
    verbose: false,
    accessible: false,
    outIsTerminal: false,
    errIsTerminal: false,
    width: 100,
    color: false,
    utc: true,
    configFile: 'none',
    dataFolder: join(ROOT, data),
    env: {},
    now: () => NOW,
    stop: new AbortController().signal,
  };
}

async function run(
  work: Run,
  args: readonly string[],
  options: Options,
  data = 'data',
): Promise<Result> {
  const texts = { out: '', said: '' };
  const input: Input = {
    args,
    text: (name) => (typeof options[name] === 'string' ? options[name] : undefined),
    flag: (name) => options[name] === true,
    list: () => [],
  };
  try {
    const status = await work(shellOf(data, options['json'] === true, texts), input);
    return { status, ...texts };
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return {
      status: error.exitStatus,
      out: texts.out,
      said: `${error.message}\n${error.remedy}\n`,
    };
  }
}

beforeAll(async () => {
  const capture = join(ROOT, 'days.pcap');
  writeDays(capture, [{ seed: 5, day: 0, boot: true }]);
  const shell = shellOf('data', false, { out: '', said: '' });
  await withSession(shell, (session) => importCapture(shell, session, capture));
});
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

describe('segment plan', () => {
  test('says zones, reach, reasons and what would break', async () => {
    const { status, out } = await run(runSegment, ['plan'], { since: '9999d' });
    expect(status).toBe(0);
    for (const part of [
      'zone\tdevices\tvlan',
      'takes over one of them',
      'Why here',
      'would break',
    ]) {
      expect(out).toContain(part);
    }
  });

  test('as JSON it has a schema, and a policy that can be read', async () => {
    const { out } = await run(runSegment, ['plan'], { since: '9999d', json: true });
    const plan: unknown = JSON.parse(out);
    expect(plan).toMatchObject({ schema: 'portolan/segment-plan/v1', policy: expect.any(String) });
    const text = Object(plan).policy;
    expect(Object.keys(readPolicy(String(text), 'draft').policy.zones)).toContain('internet');
  });

  test('-o writes the policy and the files for routers, --html the page; the same twice', async () => {
    const [out, page] = [join(ROOT, 'out'), join(ROOT, 'plan.html')];
    const read = (): string =>
      [
        ...readdirSync(out)
          .sort()
          .map((name) => join(out, name)),
        page,
      ]
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n');
    await run(runSegment, ['plan'], { since: '9999d', output: out, html: page });
    const first = read();
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining(['policy.yaml', 'openwrt.uci', 'routeros.rsc']),
    );
    await run(runSegment, ['plan'], { since: '9999d', output: out, html: page });
    expect(read()).toBe(first);
  });

  const wrong: readonly (readonly [string, readonly string[], Options, string])[] = [
    ['another verb', ['apply'], {}, 'segment plan'],
    ['one zone', ['plan'], { zones: '1' }, '--zones'],
    ['no number of days', ['plan'], { since: 'long' }, '--since'],
    ['an interface that would run a program', ['plan'], { lan: 'a;reboot' }, '--lan'],
    ['a port that would, too', ['plan'], { ports: 'lan1,$(id)' }, '--ports'],
  ];
  test.each(wrong)('%s is refused with what to type instead', async (_, args, options, what) => {
    const { status, said } = await run(runSegment, args, options);
    expect(status).toBe(2);
    expect(said).toContain(what);
  });

  test('without devices it says how to find them', async () => {
    const { said } = await run(runSegment, ['plan'], {}, 'empty');
    expect(said).toContain('portolan scan');
    expect(existsSync(join(ROOT, 'none'))).toBe(false);
  });
});

test('a device’s name cannot write into the page', () => {
  const plan = planSegments(madeSite(20, 60));
  const devices = plan.devices.map(
    ({ id, addresses, macs }): Device => ({
      id,
      keys: [],
      addresses,
      macs,
      attributes: {},
      name: untrusted('<script>alert(1)</script>"><svg onload=x>'),
      category: 'unknown',
      robustness: 'unknown',
      robustnessReason: '',
      firstSeen: 0,
      lastSeen: 0,
      conflicts: [],
    }),
  );
  const site = { at: 0, devices, services: [], ledger: [], findings: [], scans: [] };
  const page = segmentPage(plan, site);
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<svg onload/);
});

describe('relay', () => {
  const wrong: readonly (readonly [string, Options, string])[] = [
    ['without interfaces', { types: '_ipp._tcp' }, '--from'],
    ['with the same twice', { from: 'lo', to: 'lo', types: '_ipp._tcp' }, 'same interface'],
    ['with nothing to relay', { from: 'a', to: 'b' }, 'nothing to relay'],
    ['with what is no type', { from: 'a', to: 'b', types: 'ipp' }, 'no type of DNS-SD'],
    [
      'with a target that has a line of its own',
      { from: 'a', to: 'b', ssdp: 'x\r\ny' },
      'no search target',
    ],
    ['of Matter', { from: 'a', to: 'b', types: '_matter._tcp' }, 'on one network'],
    ['of Thread, in capitals', { from: 'a', to: 'b', types: '_MESHCOP._udp' }, 'on one network'],
  ];
  test.each(wrong)('%s is refused', async (_, options, what) => {
    const { status, said } = await run(runRelayCommand, [], options);
    expect(status).toBe(2);
    expect(said).toContain(what);
  });

  test('an interface that is not there is named', async () => {
    const options = { from: 'nowhere0', to: 'nowhere1', types: '_ipp._tcp' };
    const { said } = await run(runRelayCommand, [], options);
    expect(said).toContain('nowhere0');
  });
});

test('every option that the guide names exists', () => {
  const guide = readFileSync(
    join(import.meta.dirname, '../../docs/guides/segmentation.md'),
    'utf8',
  );
  const options = [...(segment.options ?? []), ...(relay.options ?? [])].flatMap(
    ({ flags }) => flags.match(/--?[a-z-]+/g) ?? [],
  );
  const used = [...guide.matchAll(/(?<=[\s`(])--[a-z][a-z-]*/g)].map(([flag]) => flag);
  expect(['--policy', ...options]).toEqual(expect.arrayContaining([...new Set(used)]));
});
