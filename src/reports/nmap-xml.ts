import { parseAddress } from '../base/address.ts';
import { forXml } from '../base/encode.ts';
import { isoInstant } from '../base/instant.ts';
import { parsePorts, portCount } from '../base/port-set.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Transport } from '../model/core.ts';
import { nmapName } from '../model/nmap-names.ts';
import type { ScanRecord } from '../model/scan.ts';
import type { Service } from '../model/service.ts';
import type { Site } from '../model/site.ts';
import type { Report } from './report.ts';
import type { Card, PortEntry } from './shared/view.ts';
import { attribute, cardsOf, headline } from './shared/view.ts';

/** nmap's format (`-oX`, nmap.dtd 1.05), for ndiff, Zenmap and everything else that reads it. */
export const nmapXml = {
  id: 'nmap-xml',
  title: 'XML in nmap’s format, for ndiff and other tools of nmap',
  extension: '.xml',
  *render(site, { version }) {
    const [scan] = site.scans;
    const hosts = cardsOf(site).filter(({ device }) => device.addresses.length > 0);
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n';
    yield tag('nmaprun', {
      scanner: 'nmap',
      args: `portolan ${scan === undefined ? 'report' : `scan ${scan.targets.join(' ')}`}`,
      start: seconds(scan?.startedAt ?? site.at),
      startstr: isoInstant(scan?.startedAt ?? site.at),
      version: `portolan ${version}`,
      xmloutputversion: '1.05',
    });
    if (scan !== undefined) yield scanInfo(scan);
    yield '<verbose level="0"/>\n<debugging level="0"/>\n';
    for (const card of hosts) yield* host(card);
    yield runStats(site, hosts.length);
    yield '</nmaprun>\n';
  },
} as const satisfies Report;

type Attributes = Readonly<Record<string, string | Untrusted | undefined>>;

function tag(name: string, attributes: Attributes, end: '>' | '/>' = '>'): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${forXml(value)}"`],
  );
  return `<${name}${written.join('')}${end}\n`;
}

function seconds(at: number): string {
  return String(Math.floor(at / 1000));
}

function scanInfo({ tcpPorts, udpPorts }: ScanRecord): string {
  const asked: readonly [type: string, protocol: Transport, services: string][] = [
    ['connect', 'tcp', tcpPorts],
    ['udp', 'udp', udpPorts],
  ];
  return asked
    .filter(([, , services]) => services !== '')
    .map(([type, protocol, services]) => {
      const numservices = String(portCount(parsePorts(services) ?? []));
      return tag('scaninfo', { type, protocol, numservices, services }, '/>');
    })
    .join('');
}

function* host({ device, ports, findings }: Card): Iterable<string> {
  yield tag('host', { starttime: seconds(device.firstSeen), endtime: seconds(device.lastSeen) });
  yield tag('status', { state: 'up', reason: 'user-set', reason_ttl: '0' }, '/>');
  for (const addr of device.addresses) {
    const family = parseAddress(addr)?.family === 6 ? 'ipv6' : 'ipv4';
    yield tag('address', { addr, addrtype: family }, '/>');
  }
  const vendor = attribute(device, 'vendor');
  for (const addr of device.macs) {
    yield tag(
      'address',
      { addr, addrtype: 'mac', vendor: vendor === '' ? undefined : vendor },
      '/>',
    );
  }
  const name = attribute(device, 'name');
  if (name !== '')
    yield `<hostnames>\n${tag('hostname', { name, type: 'user' }, '/>')}</hostnames>\n`;
  yield '<ports>\n';
  for (const entry of ports) yield port(entry);
  yield '</ports>\n';
  const output = findings.filter((one) => one.port === undefined).map(({ summary }) => summary);
  if (output.length > 0) {
    yield `<hostscript>\n${script('portolan-findings', output)}</hostscript>\n`;
  }
  yield '</host>\n';
}

function port({ direction, service, findings }: PortEntry): string {
  if (service === undefined || direction !== 'to-device') return '';
  const { transport } = service;
  const [state, reason] = stateOf(service);
  const summaries = findings.map(({ id, severity, summary }) => `${id} ${severity}: ${summary}`);
  return [
    tag('port', { protocol: transport, portid: String(service.port) }),
    tag('state', { state, reason, reason_ttl: '0' }, '/>'),
    serviceOf(service),
    summaries.length === 0 ? '' : script('portolan-findings', summaries),
    '</port>\n',
  ].join('');
}

function stateOf({ state, transport }: Service): readonly [state: string, reason: string] {
  if (state === 'open') return ['open', transport === 'tcp' ? 'syn-ack' : 'udp-response'];
  if (state === 'closed') return ['closed', transport === 'tcp' ? 'conn-refused' : 'port-unreach'];
  return [transport === 'tcp' ? 'filtered' : 'open|filtered', 'no-response'];
}

/** nmap's confidence: 10 is spoken, 3 is its own for a name from the table of port numbers. */
const CONFIDENCE = { proved: '10', likely: '7', hint: '3' } as const;

function serviceOf(service: Service): string {
  const { protocol, version, over, certainty, details, access } = service;
  if (protocol === 'unknown') return '';
  const secured = (over === 'tls' || over === 'dtls') && protocol !== over;
  const product = details.find(({ name }) => name === 'product' || name === 'server')?.value;
  return tag(
    'service',
    {
      name: nmapName(protocol),
      product,
      version: version === 'unknown' || version === '' ? undefined : version,
      extrainfo: access === 'unknown' ? undefined : `access: ${access}`,
      tunnel: secured ? 'ssl' : undefined,
      method: certainty === 'hint' ? 'table' : 'probed',
      conf: CONFIDENCE[certainty],
    },
    '/>',
  );
}

function script(id: string, lines: readonly string[]): string {
  return tag('script', { id, output: lines.join('; ') }, '/>');
}

function runStats(site: Site, up: number): string {
  const [scan] = site.scans;
  const end = scan?.endedAt ?? site.at;
  const elapsed = ((end - (scan?.startedAt ?? end)) / 1000).toFixed(2);
  const finished = {
    time: seconds(end),
    timestr: isoInstant(end),
    elapsed,
    summary: headline(site),
    exit: 'success',
  };
  const hosts = { up: String(up), down: '0', total: String(up) };
  return `<runstats>\n${tag('finished', finished, '/>')}${tag('hosts', hosts, '/>')}</runstats>\n`;
}
