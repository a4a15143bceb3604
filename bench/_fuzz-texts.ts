import { parseQuietHours } from '../src/alerts/quiet.ts';
import { parseAddress, parseMac, parseNetwork } from '../src/base/address.ts';
import { PortolanError } from '../src/base/errors.ts';
import { parseInstant } from '../src/base/instant-text.ts';
import { parseIsoDuration } from '../src/base/iso-duration.ts';
import { parsePorts } from '../src/base/port-set.ts';
import { parseVersion } from '../src/base/version.ts';
import { parseCpe } from '../src/importers/feeds/cpe.ts';
import { readRanges } from '../src/importers/feeds/version-text.ts';
import { jsonIn } from '../src/io/api/body.ts';
import { readTarget } from '../src/io/api/target.ts';
import { parseWhen } from '../src/notifiers/route.ts';
import { parseDnsName, parsePeer } from '../src/policy/references.ts';
import { parseService } from '../src/policy/services.ts';
import { parseHttpUrl } from '../src/protocols/shared/url.ts';
import { compileFilter } from '../src/query/compile.ts';
import { completeFilter } from '../src/query/complete.ts';
import type { Resource } from '../src/query/field.ts';
import { alerts } from '../src/query/resources/alerts.ts';
import { changelog } from '../src/query/resources/changelog.ts';
import { devices } from '../src/query/resources/devices.ts';
import { findings } from '../src/query/resources/findings.ts';
import { flows } from '../src/query/resources/flows.ts';
import { ledger } from '../src/query/resources/ledger.ts';
import { scans } from '../src/query/resources/scans.ts';
import { services } from '../src/query/resources/services.ts';
import { parseRange } from '../src/reports/nagios/range.ts';
import { readLogPrefix } from '../src/targets/shared/log-prefix.ts';
import { readFilter } from '../src/wire/bpf/compile.ts';
import type { FilterLink } from '../src/wire/bpf/link.ts';
import { runBpf } from '../src/wire/bpf/run.ts';
import { ETHERNET_V4 } from '../test/wire/link-frames.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { octets, text } from './_fuzz-parts.ts';

/** What people type, and what is sent to the API. */
export function textTargets(): readonly FuzzTarget[] {
  return [
    target('wire/bpf', FILTERS, filtered),
    ...ASKED.map(([name, read]) => target(`query, ${name}`, QUERIES, read)),
    target('query, every type of field', QUERIES, chosen),
    {
      name: 'io/api/body',
      seeds: BODIES.map(octets),
      run: (bytes) => orRefused(() => jsonIn(Buffer.from(bytes))),
    },
    target('io/api/target', URLS, (url) => {
      const { path, query } = readTarget(url, '/portolan');
      return [path, [...query]];
    }),
    ...WORDS.map(([name, read, ...seeds]) => target(name, seeds, read)),
  ];
}

type Read = (said: string) => unknown;

function target(name: string, seeds: readonly string[], read: Read): FuzzTarget {
  return {
    name,
    seeds: seeds.map(octets),
    run: (bytes) => orRefused(() => read(text(bytes))),
  };
}

/** A refusal that tells what is wrong is an answer; any other error is a fault. */
function orRefused(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof PortolanError && error.code !== 'E_BUG') return error.message;
    throw error;
  }
}

const LINKS: readonly FilterLink[] = [
  1,
  101,
  113,
  276,
  105,
  127,
  'kernel-ethernet',
  'kernel-cooked',
];
const FRAME = {
  bytes: ETHERNET_V4,
  offset: 0,
  captured: ETHERNET_V4.length,
  length: ETHERNET_V4.length,
};

function filtered(said: string): unknown {
  const filter = readFilter(said, (name) => (name === 'mqtt' ? 1883 : undefined));
  return LINKS.map((link) =>
    orRefused(() => {
      const program = filter.compile(link);
      return [program, runBpf(program, FRAME)];
    }),
  );
}

const NOW = 1_795_600_000_000;
function ask<Item>(resource: Resource<Item>): readonly [string, Read] {
  const read: Read = (said) => {
    const suggested = completeFilter(said, resource, () => ['one', 'two words']);
    return [suggested, orRefused(() => typeof compileFilter(said, resource, NOW))];
  };
  return [resource.name, read];
}

const ASKED = [
  ...[ask(alerts), ask(changelog), ask(devices), ask(findings)],
  ...[ask(flows), ask(ledger), ask(scans), ask(services)],
];

/** An item with a value of each type that a field can have. */
const EVERY_TYPE: Resource<null> = {
  name: 'things',
  order: 'text',
  idOf: () => 'x',
  fields: [
    {
      name: 'text',
      type: 'text',
      help: '',
      isSearched: true,
      of: () => ['Front camera', '6" box'],
    },
    { name: 'vendor', type: 'text', help: '', of: () => 'Reolink' },
    {
      ...{
        name: 'risk',
        type: 'choice',
        choices: ['low', 'medium', 'high'],
        ordered: true,
        help: '',
      },
      of: () => 'medium',
    },
    { name: 'zone', type: 'choice', choices: ['iot', 'lan'], help: '', of: () => ['iot'] },
    { name: 'port', type: 'number', help: '', of: () => [80, 443] },
    { name: 'seen', type: 'time', help: '', of: () => NOW - 86_400_000 },
    { name: 'address', type: 'address', help: '', of: () => ['192.168.1.7', 'fe80::1%eth0'] },
    { name: 'fragile', type: 'truth', help: '', of: () => true },
  ],
};

function chosen(said: string): unknown {
  return compileFilter(said, EVERY_TYPE, NOW)(null);
}

const FILTERS = [
  'tcp port 502 or udp port 5683 and not host 192.0.2.7',
  'ip6 net 2001:db8::/32 and (tcp[13] & 0x12 = 0x02 or icmp6)',
  'ether host 02:00:00:00:00:01 and vlan 7 and portrange 8000-8999',
  'arp or (ip proto 47 and len > 100) or ether[0] & 1 != 0',
  'src net 10.0.0.0 mask 255.0.0.0 and dst port mqtt or multicast',
  'udp[4:2] - 8 >= 2 * ip[0] & 0xf and greater 64',
];
const QUERIES = [
  'vendor = Reolink and (zone in (iot, lan) or port >= 1024)',
  'not risk < medium seen > -7d address in 192.168.0.0/16',
  'name ~ "6\\" box" camera fragile = true port != 80',
  "text = 'Front camera' or seen <= 2026-11-25T10:00:00Z",
  'risk = high address = fe80::1 port in (80, 443) zone != iot',
];
const BODIES = [
  '{"name":"Front camera","zones":["iot",{"a":[1,2.5e3,null,true]}],"note":"\\u00e4\\"x"}',
  '[{"__proto__":1}]',
  '{"a":{"b":{"c":[[[[]]]]}}}',
];
const URLS = ['/portolan/api/v1/devices?filter=vendor%20%3D%20x&limit=10', '/portolan', '/x/../y'];

const WORDS: readonly (readonly [string, Read, ...string[]])[] = [
  ['base/address', parseAddress, '192.0.2.7', '2001:db8::7', 'fe80::1%eth0', '::ffff:192.0.2.7'],
  ['base/address, networks', parseNetwork, '192.0.2.0/24', 'fd00::/8', '10.0.0.1'],
  ['base/address, MACs', parseMac, '02:00:00:00:00:01', '0200.0000.0001', '2-0-0-0-0-1'],
  ['base/port-set', parsePorts, '1-1024,8080,T:80,U:53', '-', '65535'],
  ['base/iso-duration', parseIsoDuration, 'P1DT2H3M4S', 'PT48H'],
  ['base/instant-text', parseInstant, '2026-11-25T10:00:00.5+01:00', '2026-11-25'],
  ['base/version', parseVersion, '1.2.3-rc.4+build', '10.0p1 Debian-2', '7.1.2.4_build20'],
  ['importers/feeds/cpe', parseCpe, 'cpe:2.3:o:vendor:model_firmware:1.2\\:3:*:*:*:*:*:*:*'],
  ['importers/feeds/version-text', (said) => readRanges(said, false), '< 1.2.3', '>=1.0|<=2.0.1'],
  ['notifiers/route', parseWhen, 'severity>=high zone=iot port=23', 'peer=10.0.0.0/8'],
  ['policy/references', parsePeer, 'zone:iot', 'net:192.0.2.0/24', 'cloud', 'any'],
  ['policy/references, names', parseDnsName, '*.example.com', 'xn--bcher-kva.example'],
  ['policy/services', parseService, 'tcp/80,443', 'udp/1000-2000', 'icmp/8', 'mqtts'],
  ['protocols/shared/url', parseHttpUrl, 'http://[fe80::1]:8080/a?b#c', 'https://u:p@x.example/'],
  ['targets/shared/log-prefix', readLogPrefix, 'ptl drop PTL-D-7F3K r1 IN=eth0', 'ptl trial - g '],
  ['reports/nagios/range', parseRange, '@10:20', '~:5', '10:'],
  ['alerts/quiet', parseQuietHours, '22:00-06:30', '00:00-24:00'],
];
