import { shownAddress } from '../base/address.ts';
import { forTerminal } from '../base/encode.ts';
import { quote } from '../base/untrusted.ts';
import type { Analysis } from '../io/capture/analyze.ts';
import type { Device } from '../model/device.ts';
import type { Flow } from '../model/flow.ts';
import type { Service } from '../model/service.ts';
import type { Site } from '../model/site.ts';
import { captureLine, deviceLine, endText, flowLine } from './analyze-lines.ts';
import type { Analyzed } from './analyze-run.ts';
import { answerText, attribute, count, portText, protocolText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** EtherTypes (IEEE 802 numbers, IANA) that are worth a name. */
const ETHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0x0806, 'ARP'],
  [0x8892, 'PROFINET'],
  [0x88b8, 'GOOSE'],
  [0x88ba, 'Sampled Values'],
  [0x88cc, 'LLDP'],
  [0x888e, 'EAPOL'],
  [0x88a4, 'EtherCAT'],
  [0x88e1, 'HomePlug AV'],
  [0x893a, 'IEEE 1905.1'],
]);

/**
 * Loss of which a notice is given: parts of the octets of streams. A hundredth of the frames is to be
 * told, and what is missing of streams says that to a fifth.
 */
const NOTICE = 0.008;

/** What a person wants to see of one capture. */
export function printAnalysis(
  shell: Shell,
  { file, analysis, site, top, dropped }: Analyzed,
): void {
  shell.out(`${headline(file, analysis, site)}\n`);
  if (site.devices.length > 0) shell.out(`\n${devices(shell, site)}`);
  if (site.services.length > 0) shell.out(`\n${services(shell, site)}`);
  if (top.length > 0) shell.out(`\n${flows(shell, top)}`);
  const remarks = remarksOn(analysis, dropped);
  if (remarks.length > 0) shell.out(`\n${remarks.map((line) => `${line}\n`).join('')}`);
  shell.out('\n');
}

export function analysisJson({ file, analysis, site, top, dropped, alerts }: Analyzed): object {
  const { counters, undecoded } = analysis;
  const etherTypes = Array.from(counters.etherTypes, ([type, packets]) => ({ type, packets }));
  return {
    ...captureLine(file, analysis),
    counters: { ...counters, etherTypes, undecoded, evidenceDropped: dropped },
    devices: site.devices.map((device) => deviceLine(file, device, site.services)),
    services: site.services,
    ledger: site.ledger,
    findings: site.findings,
    top: top.map((flow) => flowLine(file, flow)),
    ...(alerts === undefined ? {} : { alerts }),
  };
}

function headline(
  file: string,
  { summary, counters, octets, from, to }: Analysis,
  site: Site,
): string {
  const seconds = Number.isFinite(from) ? Math.round((to - from) / 1_000_000) : 0;
  const parts = [
    `${count(summary.packets, 'packet')} (${summary.format}, ${octets} bytes, ${seconds} s)`,
    count(counters.flows, 'flow'),
    count(site.devices.length, 'device'),
    count(site.services.length, 'service'),
  ];
  return forTerminal(`${file}: ${parts.join(', ')}`);
}

function devices(shell: Shell, { devices: all, services: offered }: Site): string {
  const open = (device: Device): string =>
    offered
      .filter((service) => service.device === device.id)
      .map(portText)
      .join(' ');
  return table<Device>(
    shell,
    [
      { title: 'Device', value: ({ name }) => name },
      { title: 'Address', value: ({ addresses }) => shownAddress(addresses) ?? '' },
      { title: 'MAC', value: ({ macs }) => macs[0] ?? '', rank: 3 },
      { title: 'Vendor', value: (device) => attribute(device, 'vendor'), rank: 2 },
      { title: 'Model', value: (device) => attribute(device, 'model'), rank: 4 },
      { title: 'Category', value: ({ category }) => category, rank: 5 },
      { title: 'Open', value: open },
    ],
    all,
  );
}

function services(shell: Shell, site: Site): string {
  const names = new Map(site.devices.map((device) => [device.id, device.name]));
  const used = (service: Service): string => {
    const row = site.ledger.find(
      ({ device, direction, transport, port }) =>
        device === service.device &&
        direction === 'to-device' &&
        transport === service.transport &&
        port === service.port,
    );
    return row === undefined ? '' : answerText(row.used.answer);
  };
  return table<Service>(
    shell,
    [
      { title: 'Device', value: ({ device }) => names.get(device) ?? device },
      { title: 'Port', value: portText, align: 'right' },
      { title: 'Protocol', value: protocolText },
      { title: 'Certainty', value: ({ certainty }) => certainty, rank: 2 },
      { title: 'Used', value: used, rank: 1 },
      {
        title: 'Detail',
        value: ({ details }) =>
          details.map(({ name, value }) => `${name} ${quote(value)}`).join(' '),
        rank: 3,
      },
    ],
    site.services,
  );
}

function flows(shell: Shell, top: readonly Flow[]): string {
  return table<Flow>(
    shell,
    [
      { title: 'From', value: ({ source }) => endText(source) },
      { title: 'To', value: ({ destination }) => endText(destination) },
      { title: 'Name', value: ({ sni, name }) => sni ?? name ?? '', rank: 3 },
      { title: 'Carrier', value: ({ transport }) => transport, rank: 4 },
      { title: 'Protocol', value: flowProtocol },
      { title: 'Outcome', value: ({ outcome }) => outcome, rank: 2 },
      { title: 'Sent', value: ({ sent }) => sent.bytes, align: 'right' },
      { title: 'Received', value: ({ received }) => received.bytes, align: 'right' },
      { title: 'Lost', value: ({ lost }) => lost, align: 'right', rank: 1 },
    ],
    top,
  );
}

function flowProtocol({ protocol, certainty }: Flow): string {
  return protocol !== 'unknown' && certainty === 'hint' ? `${protocol}?` : protocol;
}

/** What was not seen, not read or not kept: said as plainly as what was. */
function remarksOn({ counters, undecoded }: Analysis, dropped: number): readonly string[] {
  const { lost, streamed, oneSided, evicted, evictedHalfOpen, incomplete, hurried } = counters;
  const share = streamed + lost === 0 ? 0 : lost / (streamed + lost);
  const said: readonly (readonly [number, string])[] = [
    [
      share >= NOTICE ? lost : 0,
      `bytes of TCP are missing (${(share * 100).toFixed(1)} %): the capture lost packets`,
    ],
    [share < NOTICE ? lost : 0, 'bytes of TCP are missing'],
    [
      oneSided,
      'TCP flows were seen in one direction only: the capture point sees half of the traffic',
    ],
    [undecoded.cut, 'frames end inside a header'],
    [undecoded.bad, 'frames contradict themselves'],
    [undecoded.foreign, 'frames are of a link type that is not known'],
    [incomplete, 'datagrams came in pieces, and not all of them'],
    [evictedHalfOpen, 'flows that nobody answered were dropped for want of room (--max-flows)'],
    [evicted, 'flows were ended early for want of room (--max-flows)'],
    [hurried, 'conversations were judged early for want of room'],
    [dropped, 'pieces of evidence were dropped for want of room'],
  ];
  const others = [...counters.etherTypes].sort(([, a], [, b]) => b - a).map(etherText);
  return [
    ...said.filter(([number]) => number > 0).map(([number, text]) => `${number} ${text}`),
    ...(others.length === 0 ? [] : [`Beside IP: ${others.slice(0, 8).join(', ')}`]),
  ];
}

function etherText([type, packets]: readonly [number, number]): string {
  const name = ETHER_TYPES.get(type) ?? `0x${type.toString(16).padStart(4, '0')}`;
  return `${packets} ${name}`;
}
