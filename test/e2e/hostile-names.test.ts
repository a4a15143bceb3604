import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../lab/tools.ts';
import type { Device } from '../../src/model/device.ts';
import type { Finding } from '../../src/model/finding.ts';
import { IMPOSTOR } from './impostor.ts';
import { cannot, HOSTILE_DEVICE, HOSTILE_STRINGS, PATIENCE, Stage, tricks } from './stage.ts';

const why = cannot(['xmllint'], [HOSTILE_DEVICE, HOSTILE_STRINGS]);

/** What the strings for shells would leave behind. */
const PWNED = '/tmp/portolan-pwned';
const IMPOSTOR_ADDRESS = '10.77.1.80';
/** Elements that a report has of its own; a name must not bring another. */
const ELEMENTS =
  'html article head meta title style body header main section footer nav h1 h2 h3 h4 p ul ol li dl dt dd a strong em code pre small span div table caption thead tbody tr th td details summary svg g rect text tspan line path circle desc br hr time abbr'.split(
    ' ',
  );

const LISTS = ['devices', 'services --closed', 'ledger --all', 'findings', 'scan --list'].map(
  (line) => line.split(' '),
);

describe.skipIf(why !== false)(`names that attack${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let strings: readonly string[];
  let scan: Output;

  beforeAll(async () => {
    rmSync(PWNED, { force: true });
    strings = Object.values<string[]>(JSON.parse(readFileSync(HOSTILE_STRINGS, 'utf8'))).flat();
    stage = await Stage.open({ devices: ['phone'] });
    const plug = { name: 'impostor', zone: 'home', mac: '5c:aa:fd:00:00:80' } as const;
    await stage.plug({ ...plug, address: IMPOSTOR_ADDRESS }, [
      ...[process.execPath, '-e', IMPOSTOR, '--', HOSTILE_STRINGS, IMPOSTOR_ADDRESS],
    ]);
    const other = { name: 'known', zone: 'home', mac: '00:11:32:00:00:81' } as const;
    await stage.plug({ ...other, address: '10.77.1.81' }, [
      ...['python3', HOSTILE_DEVICE, '--well-known', '--max-seconds', '5', '--bind', '10.77.1.81'],
    ]);
    const ports = 'T:21-23,80,443,1400,1883,5000,8100-8240,8300-8440,U:161,1900,5353,5683';
    const how = ['--treat-as', 'robust', '--pace', 'fast', '--verbose'];
    scan = await stage.portolan(['scan', '10.77.1.80-81', '-p', ports, ...how]);
  }, PATIENCE);
  afterAll(() => stage.close());

  const outputs = async (...lines: readonly (readonly string[])[]): Promise<Output[]> => {
    const all: Output[] = [];
    for (const line of lines) all.push(await stage.portolan(line));
    return all;
  };
  const harmless = (output: Output): void => {
    expect(output.stderr).not.toContain('E_BUG');
    expect(tricks(output.stdout + output.stderr)).toEqual([]);
    expect(`${output.stdout}${output.stderr}`).not.toMatch(/^FAKE/m);
  };

  test('from the network: the scan ends and says them in one harmless line each', () => {
    expect(scan.status).toBe(0);
    harmless(scan);
    expect(scan.stdout + scan.stderr).toContain('10.77.1.80 8100/tcp http');
  });

  test('from files: leases and nmap XML are read, and every name is in', async () => {
    const leases = join(stage.folder, 'dnsmasq.leases');
    const words = strings.filter((text) => /^\S+$/.test(text));
    writeFileSync(
      leases,
      words
        .map((text, index) => `1795600000 02:00:00:00:01:${hex(index)} 10.99.1.${index} ${text} *`)
        .join('\n'),
    );
    const scanned = join(stage.folder, 'names.xml');
    writeFileSync(scanned, nmapXml(strings));
    const imported = await outputs(['import', leases, '--as', 'leases'], ['import', scanned]);
    for (const output of imported) {
      harmless(output);
      expect([0, 5]).toContain(output.status);
    }
    const devices = await stage.items<Device>(['devices']);
    expect(devices.length).toBeGreaterThan(strings.length);
    const names = devices.map(({ name }) => String(name));
    expect(names).toEqual(expect.arrayContaining(['<script>alert(1)</script>']));
  }, 60_000);

  test('from the keyboard', async () => {
    for (const text of strings.filter((one) => one !== '' && !one.includes('\0')).slice(15, 20)) {
      const [named, set, added] = await outputs(
        ['devices', 'name', IMPOSTOR_ADDRESS, '--', text],
        ['devices', 'set', IMPOSTOR_ADDRESS, `model=${text}`],
        ['devices', 'show', '--', text],
      );
      for (const output of [named, set, added]) if (output !== undefined) harmless(output);
      expect(named?.status).toBe(0);
    }
  }, 60_000);

  test.each(LISTS)(
    '%s prints them harmlessly, in columns and as JSON',
    async (...line) => {
      const [plain, wide, json] = await outputs(
        line,
        [...line, '--accessible'],
        [...line, '--json'],
      );
      for (const output of [plain, wide, json]) if (output !== undefined) harmless(output);
      expect(plain?.status).toBe(0);
      const rows = (plain?.stdout ?? '').trimEnd().split('\n');
      expect(new Set(rows.map((row) => row.split('\t').length)).size).toBe(1);
      expect(JSON.parse(json?.stdout ?? '')).toHaveProperty('items');
    },
    60_000,
  );

  test('so does each thing that is shown by itself', async () => {
    const findings = await stage.items<Finding>(['findings']);
    const byRule = new Map(findings.map(({ rule, id }) => [rule, id]));
    const shown = await outputs(
      ['devices', 'show', IMPOSTOR_ADDRESS, '--evidence'],
      ['devices', 'show', '10.77.1.81', '--evidence'],
      ['services', 'show', IMPOSTOR_ADDRESS, '8115/tcp'],
      ['services', 'show', IMPOSTOR_ADDRESS, '8316/tcp'],
      ['diff', '2026-01-01'],
      ...[...byRule.values()].slice(0, 5).map((id) => ['findings', id]),
    );
    for (const output of shown) {
      harmless(output);
      expect(output.status).toBe(0);
    }
  }, 60_000);

  test.each(['html', 'json', 'csv', 'csv-devices', 'markdown', 'nmap-xml'])(
    'the report as %s is well-formed and holds them as text only',
    async (format) => {
      const [output] = await outputs(['report', '--format', format]);
      if (output === undefined) return;
      const { stdout } = output;
      harmless({ ...output, stdout: stdout.replaceAll('\r\n', '\n') });
      expect(output.status).toBe(0);
      expect(await FORMS[format]?.(stdout, stage)).toEqual([]);
    },
    60_000,
  );

  test('nothing of it was ever run', () => {
    expect(existsSync(PWNED)).toBe(false);
  });
});

/** What is wrong with a report, by its format. */
const FORMS: Readonly<
  Record<string, (text: string, stage: Stage) => readonly string[] | Promise<readonly string[]>>
> = {
  html: (whole) => {
    // What stands in quotes cannot be an attribute or an element.
    const text = whole.replace(/"[^"<>]*"/g, '""');
    const elements = [...text.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name);
    const foreign = elements.filter((name) => !ELEMENTS.includes(name));
    const handlers = [...text.matchAll(/<[^>]*\s(on[a-z]+|srcdoc|src|formaction)\s*=/gi)];
    const links = [...whole.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, to = '']) => to);
    const wild = links.filter((to) => !/^(#|https:\/\/)/.test(to));
    const literal = whole.includes('&lt;script&gt;alert(1)&lt;/script&gt;') ? [] : ['no literal'];
    return [...new Set(foreign), ...handlers.map(([all]) => all), ...wild, ...literal];
  },
  json: (text) => {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && Reflect.get({}, 'isAdmin') === undefined ? [] : ['proto'];
  },
  csv: formulas,
  'csv-devices': formulas,
  markdown: (text) => {
    const bare = text.replace(/\\./g, '');
    return [...bare.matchAll(/<(script|img|iframe|svg|a)\b|\]\(javascript:/gi)].map(([all]) => all);
  },
  'nmap-xml': async (text, stage) => {
    const file = join(stage.folder, 'report.xml');
    writeFileSync(file, text);
    const { stderr } = await stage.sensor(
      `xmllint --noout --nonet --dtdvalid /usr/share/nmap/nmap.dtd ${file}`,
    );
    return stderr.split('\n').filter((line) => line !== '');
  },
};

/** Fields that a spreadsheet would calculate (RFC 4180 decides what a field is). */
function formulas(text: string): readonly string[] {
  const fields = [...text.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",\r\n]*)/gm)].map(
    ([, field = '']) => field,
  );
  return fields.filter((field) => /^"?[=+\-@\t\r]/.test(field));
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}

/** As nmap writes it: every string is somebody's host name and somebody's product. */
function nmapXml(strings: readonly string[]): string {
  const hosts = strings.map((text, index) => {
    const value = xml(text);
    return `<host><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="10.99.2.${index}" addrtype="ipv4"/>
<address addr="02:00:00:00:02:${hex(index)}" addrtype="mac" vendor="${value}"/>
<hostnames><hostname name="${value}" type="PTR"/></hostnames>
<ports><port protocol="tcp" portid="80"><state state="open" reason="syn-ack" reason_ttl="64"/>
<service name="http" product="${value}" version="${value}" extrainfo="${value}" method="probed" conf="10"/>
<script id="http-title" output="${value}"/></port></ports></host>`;
  });
  return `<?xml version="1.0"?>
<nmaprun scanner="nmap" args="nmap" start="1795600000" version="7.93" xmloutputversion="1.05">
${hosts.join('\n')}
<runstats><finished time="1795600001"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>`;
}

/** XML 1.0 has no other controls than these three. */
function xml(text: string): string {
  return [...text]
    .filter((one) => one >= ' ' || '\t\n\r'.includes(one))
    .map((one) => (/[<>&"'\n\r\t]/.test(one) ? `&#${one.charCodeAt(0)};` : one))
    .join('');
}
