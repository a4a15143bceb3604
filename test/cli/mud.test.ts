import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { runImport } from '../../src/cli/import-run.ts';
import { runMud } from '../../src/cli/mud-run.ts';
import { signMud } from '../../src/io/mud/signature.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { Authority, hasOpenssl } from '../io/mud/certificates.ts';
import type { Options, Result, Run } from './stand-in.ts';
import { runIn } from './stand-in.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-cli-mud-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const FIXTURES = join(import.meta.dirname, '../fixtures/mud');
const BULB = join(FIXTURES, 'good/bulb.json');
const URL = 'https://lumen.example/mud/bulb-v2.json';
const BULB_ADDRESS = '192.168.20.10';
const HOUR = 3_600_000;

let now = 0;
let data = '';

beforeEach(() => {
  data = mkdtempSync(join(ROOT, 'data-'));
  now = Date.UTC(2026, 10, 25);
});

function run(work: Run, args: readonly string[], options: Options = {}): Promise<Result> {
  return runIn({ data, now }, work, args, options);
}

const mud = (args: readonly string[], options: Options = {}): Promise<Result> =>
  run(runMud, args, options);

function see(address: string, ...facts: readonly Fact[]): void {
  const store = openStore(data);
  store.append(
    facts.map((fact) => ({
      at: now,
      source: 'passive' as const,
      observer: 'test',
      subject: { address, mac: `02:00:00:00:00:${address.slice(-2)}` },
      certainty: 'likely' as const,
      fact,
    })),
  );
  store.close();
}

const PRESENT: Fact = { kind: 'present', via: 'arp' };
const told = (url: string): Fact => ({ kind: 'detail', name: 'mud-url', value: untrusted(url) });

const POLICY = `# what people wrote stays
zones:
  iot: { interfaces: br-iot, networks: [192.168.20.0/24] }
  wan: { interfaces: wan, internet: true }
rules:
  - { id: mine, from: zone:iot, to: net:192.0.2.53, service: dns, action: allow }
`;

function policyFile(text = POLICY): string {
  const file = join(data, 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

const rulesIn = (file: string): readonly string[] =>
  readPolicy(readFileSync(file, 'utf8'), file).policy.rules.map(
    ({ from, to, service, side }) => `${from} ${to} ${service} ${side}`,
  );

describe('check', () => {
  test.each([
    ['a good file', 'good/bulb.json', {}, 0, '', 'no problem found'],
    [
      'one with an oddity',
      'bad-semantic/host-bits.json',
      {},
      0,
      '[warning, host-bits]',
      '1 warning',
    ],
    ['a bad one', 'bad-yang/port-too-high.json', {}, 1, '[error, yang]', '1 error'],
    ['one from before 2019', 'old/before-2019.json', {}, 1, '[error, yang]', 'errors'],
    [
      'the same, leniently',
      'old/before-2019.json',
      { lenient: true },
      0,
      '[note, old-form]',
      '0 errors',
    ],
  ] satisfies [string, string, Options, number, string, string][])(
    '%s',
    async (_, file, options, status, out, said) => {
      const result = await mud(['check', join(FIXTURES, file)], options);
      expect(result.status, result.said).toBe(status);
      expect(result.out).toContain(out);
      expect(result.said).toContain(said);
    },
  );

  test('names in a file neither move the cursor nor break a line', async () => {
    const file = join(FIXTURES, 'good/hostile-names.json');
    const [plain, json] = [await mud(['check', file]), await mud(['check', file], { json: true })];
    expect(`${plain.out}${plain.said}${json.out}`).not.toMatch(/[\u009b\u202e]/);
    expect(JSON.parse(json.out)).toMatchObject({ schema: 'portolan/mud-check/v1', usable: true });
  });
});

describe('import', () => {
  const importIt = (options: Options = {}): Promise<Result> =>
    mud(['import', BULB], { device: BULB_ADDRESS, ...options });

  test('what is unsigned and allows more needs a yes; until then nothing is changed', async () => {
    see(BULB_ADDRESS, PRESENT);
    const file = policyFile();
    const refused = await importIt();
    expect(refused.status).toBe(6);
    expect(refused.said).toContain('It has no signature');
    expect(refused.said).toContain('It allows more than the policy does now');
    expect(readFileSync(file, 'utf8')).toBe(POLICY);

    const taken = await importIt({ approve: true });
    expect(taken.status, taken.said).toBe(0);
    expect(rulesIn(file)).toEqual([
      'zone:iot net:192.0.2.53 dns both',
      expect.stringMatching(/^device-\w+ name:mq\.lumen\.example tcp\/8883 egress$/),
    ]);
    expect(readFileSync(file, 'utf8')).toContain('# what people wrote stays');

    const again = await importIt({ approve: true });
    expect(again.said).toContain('0 new rules, 0 rules removed');
  });

  test('a newer file replaces what the older one allowed, and no more', async () => {
    see(BULB_ADDRESS, PRESENT);
    const file = policyFile();
    await importIt({ approve: true });
    const next = join(data, 'next.json');
    writeFileSync(next, readFileSync(BULB, 'utf8').replaceAll('8883', '443'));
    const result = await mud(['import', next], { device: BULB_ADDRESS, approve: true });
    expect(result.out).toMatch(/^- .*tcp\/8883.*\n\+ .*tcp\/443/);
    expect(rulesIn(file).filter((rule) => rule.includes('lumen'))).toHaveLength(1);
  });

  test('what narrows a device needs no yes to what it allows', async () => {
    see(BULB_ADDRESS, PRESENT, told(URL));
    const file = policyFile();
    const wide = join(data, 'wide.json');
    writeFileSync(
      wide,
      readFileSync(BULB, 'utf8')
        .replace(/"operator": "eq",\s+"port": 8883/, '"lower-port": 1, "upper-port": 9000')
        .replace('"source-port": {\n                    "operator": "eq",', '"source-port": {'),
    );
    await mud(['import', wide], { device: BULB_ADDRESS, approve: true });
    expect(rulesIn(file)[1]).toContain('tcp/1-9000');
    const narrower = await importIt();
    expect(narrower.said).toContain('It has no signature');
    expect(narrower.said).not.toContain('It allows more');
  });

  test('a file of another device is doubted', async () => {
    see(BULB_ADDRESS, PRESENT, told('https://other.example/mud.json'));
    policyFile();
    expect((await importIt()).said).toContain('The device names another MUD file than this one');
  });

  test('a file with an error in it is refused, with its line', async () => {
    see(BULB_ADDRESS, PRESENT);
    policyFile();
    const bad = join(FIXTURES, 'bad-yang/unknown-action.json');
    const result = await mud(['import', bad], { device: BULB_ADDRESS, approve: true });
    expect(result.status).toBe(3);
    expect(result.said).toMatch(/unknown-action\.json:\d+:\d+: .*forwarding/);
  });

  test('portolan import knows a MUD file and says how to go on', async () => {
    see(BULB_ADDRESS, PRESENT, told(URL));
    policyFile();
    const result = await run(runImport, [BULB]);
    expect(result.status, result.said).toBe(0);
    expect(result.said).toMatch(/portolan mud import \S+bulb\.json --device PTL-D-/);
    expect((await mud(['list'])).out).toContain('waits for a yes');
  });
});

describe('list', () => {
  test('a certificate’s word goes before DHCP’s, and what follows a space is none of the URL', async () => {
    see(BULB_ADDRESS, PRESENT, told('https://first.example/a.json reserved'));
    expect((await mud(['list'])).out).toMatch(
      /\thttps:\/\/first\.example\/a\.json\tnetwork\tnot fetched/,
    );
    const certificate = {
      subject: untrusted('CN=bulb'),
      issuer: untrusted('CN=maker'),
      names: [],
      notBefore: 0,
      notAfter: 0,
      selfSigned: false,
      key: 'ec',
      bits: 256,
      signature: 'ecdsaWithSHA256',
      fingerprint: '',
      mudUrl: untrusted(URL),
    };
    const tls = { versions: [], cipher: '', clientCertificate: false, certificate };
    see(BULB_ADDRESS, { kind: 'tls', tls }, told('https://later.example/b.json'));
    expect((await mud(['list'])).out).toContain(`\t${URL}\tcertificate\t`);
  });
});

describe('export', () => {
  test('what was imported comes out again, with a signature that holds', async () => {
    see(BULB_ADDRESS, PRESENT);
    policyFile();
    await mud(['import', BULB], { device: BULB_ADDRESS, approve: true });
    const maker = new Authority(ROOT, 'export-ca');
    const { key, certificate } = maker.issue('export-signer');
    const chain = join(ROOT, 'chain.pem');
    writeFileSync(chain, `${readFileSync(certificate, 'utf8')}${maker.pem}`);
    const out = join(data, 'out.json');
    const result = await mud(['export', BULB_ADDRESS], { url: URL, out, sign: key, cert: chain });
    expect(result.status, result.said).toBe(0);
    expect(result.said).toContain('rule mine: 192.0.2.53 stands there as an address');
    expect(readFileSync(out, 'utf8')).toContain('"ietf-acldns:dst-dnsname": "mq.lumen.example"');
    const check = await mud(['check', out], { anchor: maker.certificate, json: true });
    expect(JSON.parse(check.out)).toMatchObject({
      usable: true,
      signature: { state: 'unknown-signer' },
      mud: { signature: 'https://lumen.example/mud/out.json.p7s' },
    });
  });

  test.each([
    ['without a URL', {}, 'The device names no MUD URL'],
    ['for a URL that is not https', { url: 'http://x/y' }, 'begins with https://'],
    ['signed, without a file', { url: URL, sign: 'k', cert: 'c' }, '--out FILE'],
  ] satisfies [string, Options, string][])('%s', async (_, options, said) => {
    see(BULB_ADDRESS, PRESENT);
    policyFile();
    const result = await mud(['export', BULB_ADDRESS], options);
    expect(result.status).toBe(2);
    expect(result.said).toContain(said);
  });
});

describe.skipIf(!hasOpenssl && process.env['CI'] === undefined)('fetch', () => {
  let server: Server;
  let url = '';
  let asked = 0;
  let content = '';
  let signature: Uint8Array | undefined;
  let anchor = '';
  let ca = '';
  let signer = { key: '', certificate: '' };

  beforeAll(async () => {
    const web = new Authority(ROOT, 'web');
    const { key, certificate } = web.issue('server', ['subjectAltName=IP:127.0.0.1']);
    const maker = new Authority(ROOT, 'maker');
    signer = maker.issue('signer');
    [ca, anchor] = [web.certificate, maker.certificate];
    const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
    server = createServer(tls, (request, response) => {
      asked += 1;
      if (request.url === '/bulb.json') response.end(content);
      else if (request.url === '/bulb.json.p7s' && signature !== undefined) response.end(signature);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/bulb.json`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(port: number, isSigned: boolean): Promise<void> {
    asked = 0;
    content = readFileSync(BULB, 'utf8')
      .replace(/\n.*"mud-signature".*/, '')
      .replace(URL, url)
      .replaceAll('8883', String(port));
    signature = isSigned ? await signMud(Buffer.from(content), signer) : undefined;
  }

  const fetchIt = (options: Options = {}): Promise<Result> =>
    mud(['fetch', url], { ca, ...options });

  test('unsigned waits for a yes, and the yes is to what was looked at', async () => {
    await serve(8883, false);
    expect(await fetchIt()).toMatchObject({
      status: 6,
      said: expect.stringContaining('no signature'),
    });
    expect((await mud(['import', url], { device: BULB_ADDRESS })).said).toContain('could be used');
    const before = content;
    await serve(1, false);
    const taken = await fetchIt({ approve: true });
    expect({ status: taken.status, asked }).toEqual({ status: 0, asked: 0 });
    see(BULB_ADDRESS, PRESENT);
    const file = policyFile();
    await mud(['import', url], { device: BULB_ADDRESS, approve: true });
    expect(before).toContain('8883');
    expect(rulesIn(file)[1]).toContain('tcp/8883');
  });

  test('signed: the signer is approved once; a later file of that signer is taken unasked', async () => {
    await serve(8883, true);
    expect(await fetchIt({ anchor })).toMatchObject({ status: 6 });
    expect(await fetchIt({ anchor, approve: true })).toMatchObject({ status: 0 });
    now += 49 * HOUR;
    expect(await fetchIt({ anchor })).toMatchObject({
      status: 0,
      said: expect.stringContaining('Kept.'),
    });
    expect((await mud(['list'])).out).toContain(`${url}\tperson\tsigned\t`);
  });

  test('not asked again while it is valid; stale it stays in force, and that is told', async () => {
    await serve(8883, false);
    await fetchIt();
    await fetchIt({ approve: true });
    asked = 0;
    now += 47 * HOUR;
    expect(await fetchIt()).toMatchObject({
      status: 0,
      said: expect.stringContaining('valid until'),
    });
    expect(asked).toBe(0);
    now += 2 * HOUR;
    expect((await mud(['list'])).out).toContain('unsigned, approved, stale');
    await fetchIt();
    expect(asked).toBeGreaterThan(0);
  });

  test('an update is shown as a difference; one that allows more waits though it is signed', async () => {
    await serve(8883, true);
    await fetchIt({ anchor });
    await fetchIt({ anchor, approve: true });
    now += 49 * HOUR;
    await serve(443, true);
    const update = await fetchIt({ anchor });
    expect(update.status).toBe(6);
    expect(update.said).toContain('It allows more than the version that is here');
    expect(update.out).toMatch(/newly allowed\t.* mq\.lumen\.example tcp\/443\n/);
    expect(update.out).toMatch(/newly denied\t.* mq\.lumen\.example tcp\/8883\n/);
    expect((await mud(['list'])).out).toContain('update waits for a yes');
    expect(await fetchIt({ anchor, approve: true })).toMatchObject({ status: 0 });
  });

  test('a signature of other octets: nothing is kept', async () => {
    await serve(8883, true);
    content = content.replace('"bulb', '"bulb ').replaceAll('8883', '22');
    expect(await fetchIt({ anchor, approve: true })).toMatchObject({ status: 3 });
    expect((await mud(['list'])).said).toContain('none was imported');
  });

  test('a file that calls itself otherwise than where it is', async () => {
    await serve(8883, false);
    content = content.replace(url, URL);
    const result = await fetchIt({ approve: true });
    expect(result).toMatchObject({ status: 3, said: expect.stringContaining('calls itself') });
  });
});
