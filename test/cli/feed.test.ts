import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Input } from '../../src/cli/command.ts';
import { runFeed } from '../../src/cli/feed-run.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { openSession } from '../../src/io/site/session.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import { CSAF, KEV, NVD } from '../importers/feeds/samples.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const A = '192.168.1.5';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-feed-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Heard {
  out: string;
  err: string;
}

function shell(heard: Heard, json = false): Shell {
  const say = (text: string): void => {
    heard.err += `${text}\n`;
  };
  return {
    out: (text) => {
      heard.out += text;
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
    width: 200,
    color: false,
    utc: true,
    configFile: undefined,
    dataFolder: folder,
    env: {},
    now: () => NOW,
    stop: new AbortController().signal,
  };
}

function input(...args: readonly string[]): Input {
  return { args, text: () => undefined, flag: () => false, list: () => [] };
}

test('where the configuration names signers, a feed without a signature is not taken', async () => {
  const config = join(folder, 'portolan.yaml');
  writeFileSync(config, `feed_signers: [${join(folder, 'maker.pem')}]\n`);
  const heard = { out: '', err: '' };
  const work = runFeed({ ...shell(heard), configFile: config }, input('import', KEV));
  await expect(work).rejects.toThrow(/has no signature beside it/);
  await runFeed(shell(heard), input('status'));
  expect(heard.err).toContain('No feed was imported');
});

async function feed(...words: readonly string[]): Promise<Heard & { status: number }> {
  const heard: Heard = { out: '', err: '' };
  const json = words.includes('--json');
  const rest = words.filter((word) => word !== '--json');
  const status = await runFeed(shell(heard, json), input(...rest));
  return { ...heard, status };
}

/** A web server that says its version. */
function learn(): void {
  const subject = { address: A, transport: 'tcp', port: 80 } as const;
  const base = {
    at: NOW,
    source: 'active',
    observer: 'PTL-S-TEST',
    certainty: 'proved',
    subject,
  } as const;
  const evidence: readonly NewEvidence[] = [
    { ...base, fact: { kind: 'open' } },
    { ...base, fact: { kind: 'speaks', protocol: 'http', version: '1.1' } },
    { ...base, fact: { kind: 'detail', name: 'server', value: untrusted('GoAhead/2.5.0') } },
  ];
  const session = openSession(shell({ out: '', err: '' }));
  session.add(evidence);
  session.close();
}

test('without a feed it says that nothing is checked', async () => {
  expect((await feed()).err).toContain('nothing is checked for known vulnerabilities');
  await expect(feed('check')).rejects.toThrow(PortolanError);
});

test('an old feed is called old, a young one is not', async () => {
  await feed('import', NVD, KEV);
  const { out, err } = await feed('status');
  expect(out).toContain('nvd:nvdcve-2.0-sample\t5\t2026-11-01 08:00Z');
  expect(err).toMatch(/^kev: older than 30 days/);
  const { items }: { items: { id: string; stale: boolean }[] } = JSON.parse(
    (await feed('status', '--json')).out,
  );
  expect(items.map(({ id, stale }) => [id, stale])).toEqual(
    expect.arrayContaining([
      ['kev', true],
      ['nvd:nvdcve-2.0-sample', false],
    ]),
  );
});

test('what is known of a device is listed with its score, and is a finding', async () => {
  learn();
  await feed('import', NVD, CSAF, KEV);
  expect((await feed('check', A)).out).toContain(
    'GoAhead "2.5.0" on tcp/80\tCVE-2017-17562\t8.1\tyes\tlikely\t3.6.5',
  );
  const { items }: { items: object[] } = JSON.parse((await feed('check', '--json')).out);
  expect(items).toMatchObject([
    { cve: 'CVE-2017-17562', vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H', port: 80 },
  ]);
  const session = openSession(shell({ out: '', err: '' }));
  const rules = session.site().findings.map(({ rule }) => rule);
  session.close();
  expect(rules).toContain('known-vulnerability');
});

test('without a feed no finding names a vulnerability', () => {
  learn();
  const session = openSession(shell({ out: '', err: '' }));
  const { findings } = session.site();
  session.close();
  expect(findings.filter(({ summary }) => summary.includes('CVE-'))).toEqual([]);
});

test('a feed can be removed', async () => {
  await feed('import', KEV);
  expect((await feed('remove', 'kev')).status).toBe(0);
  await expect(feed('remove', 'kev')).rejects.toThrow('There is no feed "kev"');
});

test('a word that is no verb is an error', async () => {
  await expect(feed('fetch')).rejects.toThrow('feed has no verb "fetch"');
});
