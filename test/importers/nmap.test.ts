import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import { importers } from '../../src/importers/index.ts';
import { nmap } from '../../src/importers/nmap.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';

/** Written by hand after nmap.dtd, in the shape that nmap 7.93 gives it. */
const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated as: nmap -sV -oX - 192.168.1.0/24 -->
<nmaprun scanner="nmap" args="nmap -sV" start="1700000000" version="7.93" xmloutputversion="1.05">
<scaninfo type="syn" protocol="tcp" numservices="6" services="22,80,1883,8883,9100,9999"/>
<verbose level="0"/><debugging level="0"/>
<host starttime="1700000010" endtime="1700000020"><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="192.168.1.9" addrtype="ipv4"/>
<address addr="B8:27:EB:00:00:01" addrtype="mac" vendor="Raspberry Pi &amp; Co"/>
<hostnames><hostname name="broker.lan" type="PTR"/></hostnames>
<ports><extraports state="filtered" count="2"><extrareasons reason="no-response" count="2" proto="tcp" ports="7000-7001"/></extraports>
<port protocol="tcp" portid="22"><state state="closed" reason="reset" reason_ttl="64"/><service name="ssh" method="table" conf="3"/></port>
<port protocol="tcp" portid="80"><state state="filtered" reason="no-response" reason_ttl="0"/></port>
<port protocol="tcp" portid="1883"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="mqtt" product="mosquitto" version="2.0.11" method="probed" conf="10"/></port>
<port protocol="tcp" portid="8883"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="mqtt" tunnel="ssl" method="probed" conf="10"/></port>
<port protocol="tcp" portid="9100"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="jetdirect" method="table" conf="3"/></port>
<port protocol="tcp" portid="9999"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="abyss" extrainfo="x" method="probed" conf="10"/></port>
<port protocol="udp" portid="5683"><state state="open|filtered" reason="no-response" reason_ttl="0"/></port>
<port protocol="sctp" portid="9"><state state="open" reason="init-ack" reason_ttl="0"/></port>
</ports>
<os><osmatch name="Linux 5.4" accuracy="96" line="1"/><osmatch name="Linux 2.6" accuracy="90" line="2"/></os>
</host>
<host><status state="down" reason="no-response" reason_ttl="0"/><address addr="192.168.1.10" addrtype="ipv4"/></host>
<host><status state="up" reason="nd-response" reason_ttl="0"/><address addr="fe80::1" addrtype="ipv6"/>
<ports><port protocol="tcp" portid="80"><state state="open" reason="syn-ack" reason_ttl="64"/></port></ports></host>
<runstats><finished time="1700000030" elapsed="30"/><hosts up="2" down="1" total="3"/></runstats>
</nmaprun>
`;

const OPTIONS = { at: 5, observer: 'nmap:scan.xml' };

const read = (text: string): ReturnType<typeof nmap.read> =>
  nmap.read(new TextEncoder().encode(text), OPTIONS);

const FULL = read(DOCUMENT);

/** One statement as one line. */
function line({ subject, certainty, fact }: NewEvidence): string {
  const port = subject.port === undefined ? '' : ` ${subject.port}/${subject.transport}`;
  const over = subject.over === undefined ? '' : `:${subject.over}`;
  const { kind, ...rest } = fact;
  const words = Object.values(rest).map(String).join(' ');
  return `${subject.address}${port}${over} ${kind} ${words} ${certainty}`;
}

test.each([
  ['that a host is there', '192.168.1.9 present import likely'],
  ['the vendor of its MAC', '192.168.1.9 attribute vendor Raspberry Pi & Co likely'],
  ['its name', '192.168.1.9 attribute name broker.lan likely'],
  ['nmap’s best guess of its system, as a hint', '192.168.1.9 attribute os Linux 5.4 hint'],
  ['an open port', '192.168.1.9 1883/tcp open  likely'],
  ['what was spoken there', '192.168.1.9 1883/tcp speaks mqtt unknown likely'],
  ['the product', '192.168.1.9 1883/tcp detail product mosquitto 2.0.11 likely'],
  ['what was spoken over TLS', '192.168.1.9 8883/tcp:tls speaks mqtt unknown likely'],
  [
    'a name of nmap’s that is none of ours',
    '192.168.1.9 9999/tcp detail nmap-service abyss likely',
  ],
  ['refused and silent ports', '192.168.1.9 swept tcp 22 80,7000-7001 likely'],
  ['a silent UDP port', '192.168.1.9 swept udp  5683 likely'],
  ['an IPv6 host', 'fe80::1 80/tcp open  likely'],
])('takes over %s', (_, expected) => {
  expect(FULL.evidence.map(line)).toContain(expected);
});

test.each([
  ['a name from nmap’s table of port numbers', / 9100\/tcp.* speaks /],
  ['a host that is down', /^192\.168\.1\.10/],
  ['SCTP', / 9\/|sctp/],
  ['nmap’s second guess', /Linux 2\.6/],
])('leaves out %s', (_, never) => {
  expect(FULL.evidence.map(line).filter((text) => never.test(text))).toEqual([]);
});

test('everything carries the time of the file, the MAC and where it is from', () => {
  const [mine, other] = ['192.168.1.9', 'fe80::1'].map((address) =>
    FULL.evidence.filter(({ subject }) => subject.address === address),
  );
  expect(new Set(mine?.map(({ at }) => at))).toEqual(new Set([1_700_000_020_000]));
  expect(new Set(mine?.map(({ subject }) => subject.mac))).toEqual(new Set(['b8:27:eb:00:00:01']));
  expect(new Set(other?.map(({ at }) => at))).toEqual(new Set([1_700_000_000_000]));
  expect(new Set(FULL.evidence.map(({ source, observer }) => `${source} ${observer}`))).toEqual(
    new Set(['import nmap:scan.xml']),
  );
  expect(FULL.problems).toEqual([]);
});

test.each([
  [
    'cut in the middle of a port',
    DOCUMENT.slice(0, DOCUMENT.indexOf('version="2.0.11"')),
    15,
    'ends within a tag',
  ],
  [
    'cut between two hosts',
    DOCUMENT.slice(0, DOCUMENT.indexOf('<host><status state="down"')),
    24,
    'ends before </nmaprun>',
  ],
  [
    'with a tag that was never opened',
    DOCUMENT.replace('<os>', '</smurf><os>'),
    22,
    'closes smurf',
  ],
  [
    'that declares entities',
    DOCUMENT.replace('<!DOCTYPE nmaprun>', '<!DOCTYPE nmaprun [<!ENTITY a "b">]>'),
    2,
    'entities',
  ],
  ['with a port that is none', DOCUMENT.replace('portid="1883"', 'portid="70000"'), 15, 'port'],
  ['with an address that is none', DOCUMENT.replace('addr="fe80::1"', 'addr="x"'), 25, 'address'],
  ['that is something else', '<html></html>', 1, 'nmaprun'],
  ['that is empty', '', 1, 'nmaprun'],
])('a document %s is told with its line', (_, text, where, why) => {
  const { problems } = read(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.line).toBe(where);
  expect(problems[0]?.why).toContain(why);
});

test('what stands before the damage is kept, wherever the document is cut', () => {
  const whole = FULL.evidence.map(line);
  let before = 0;
  for (let end = 0; end < DOCUMENT.length; end += 7) {
    const open = read(DOCUMENT.slice(0, end))
      .evidence.filter(({ fact }) => fact.kind === 'open')
      .map(line);
    expect(whole).toEqual(expect.arrayContaining(open));
    expect(open.length).toBeGreaterThanOrEqual(before);
    before = open.length;
  }
  expect(before).toBe(5);
});

test('no bytes make it throw', () => {
  const pieces = DOCUMENT.split(/(?=[<> "])/);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())),
      fc.uint8Array(),
      (parts, bytes) => {
        read(parts.join(''));
        nmap.read(bytes, OPTIONS);
      },
    ),
    { numRuns: 300 },
  );
});

test('a hostile name is kept as it is, capped, and no entity grows', () => {
  const long = 'x'.repeat(100_000);
  const { evidence } = read(
    DOCUMENT.replace('broker.lan', `&#27;[2J&lt;script&gt;&lol;&#x110000;${long}`),
  );
  const names = evidence.flatMap(({ fact }) =>
    fact.kind === 'attribute' && fact.name === 'name' ? [reveal(fact.value)] : [],
  );
  expect(names[0]?.slice(0, 39)).toBe('\u001b[2J<script>&lol;&#x110000;xxxxxxxxxxxx');
  expect(names[0]).toHaveLength(255);
});

test('depth and size have an end', () => {
  expect(read(`<nmaprun>${'<host>'.repeat(5000)}`).problems[0]?.why).toContain('deeper than 32');
  const large = new Uint8Array(64 * 1024 * 1024 + 1);
  expect(nmap.read(large, OPTIONS).problems[0]?.why).toContain('64 MiB');
});

describe('recognition', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  test.each([
    ['nmap’s XML', DOCUMENT.slice(0, 300), true],
    ['other XML', '<?xml version="1.0"?><root/>', false],
    ['a lease file', '1700000000 b8:27:eb:00:00:01 192.168.1.9 broker *\n', false],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(nmap.recognise(bytes(text))).toBe(expected);
  });

  test('no other importer takes it', () => {
    const takers = importers.all.filter((one) => one.recognise(bytes(DOCUMENT.slice(0, 4096))));
    expect(takers.map(({ id }) => id)).toEqual(['nmap']);
  });
});

/** The real one, on loopback; CI has it. */
test.skipIf(!existsSync('/usr/bin/nmap') && process.env['CI'] === undefined)(
  'reads what nmap itself writes',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-nmap-'));
    // Without a header that it knows, nmap does not name HTTP.
    const server = createServer((_, response) => {
      response.writeHead(200, { Server: 'nginx/1.22.1' }).end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    try {
      const file = join(folder, 'scan.xml');
      const scan = await run('nmap', ['-sT', '-sV', '-Pn', '-n', `-p${port},1`, '-oX', file]);
      expect(scan).toBe(0);
      const { evidence, problems } = nmap.read(readFileSync(file), OPTIONS);
      expect(problems).toEqual([]);
      const lines = evidence.map(line);
      expect(lines).toContain(`127.0.0.1 ${port}/tcp open  likely`);
      expect(lines).toContain(`127.0.0.1 ${port}/tcp speaks http unknown likely`);
      expect(lines).toContain('127.0.0.1 swept tcp 1  likely');
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Beside this process, which has to answer meanwhile. */
function run(command: string, options: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...options, '127.0.0.1'], { stdio: 'ignore' });
    child.on('error', reject).on('close', resolve);
  });
}
