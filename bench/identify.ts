import type { LabHost } from '../lab/device.ts';
import { amqp091 } from '../lab/servers/amqp.ts';
import { coap } from '../lab/servers/coap.ts';
import { titled, website } from '../lab/servers/http.ts';
import { modbus } from '../lab/servers/modbus.ts';
import { broker } from '../lab/servers/mosquitto.ts';
import { s7 } from '../lab/servers/s7.ts';
import { tuya } from '../lab/servers/tuya.ts';
import type { Transport } from '../src/model/core.ts';
import type { Service } from '../src/model/service.ts';
import type { Figure, Measured } from './_bench.ts';
import { beside, runBench } from './_bench.ts';
import { FOREIGN_FIRST_PORT, foreignServices, serveForeign } from './_foreign.ts';
import type { NmapPort } from './_nmap.ts';
import { nmap } from './_nmap.ts';
import { here, scan } from './_product.ts';
import { DEVICE, inSpace } from './_space.ts';

/** nmap's probes of UDP alone take minutes; it is stopped after this. */
const NMAP_SECONDS = 180;
/** Default pace for a device of a class that bears it, and all 13 at once. */
const SECONDS = 15;

interface Wanted {
  readonly transport: Transport;
  readonly port: number;
  readonly is: string;
  /** What nmap calls it where its own probes recognise it. */
  readonly nmap: readonly string[];
}

/** The services on which scanners were measured before: eight on their port, five elsewhere. */
const WANTED: readonly Wanted[] = [
  { transport: 'tcp', port: 102, is: 's7comm', nmap: ['iso-tsap', 's7', 'cotp'] },
  { transport: 'tcp', port: 502, is: 'modbus', nmap: ['modbus', 'mbap'] },
  { transport: 'tcp', port: 1883, is: 'mqtt', nmap: ['mqtt', 'mosquitto'] },
  { transport: 'tcp', port: 5672, is: 'amqp', nmap: ['amqp'] },
  { transport: 'tcp', port: 8080, is: 'http', nmap: ['http'] },
  { transport: 'tcp', port: 8102, is: 's7comm', nmap: ['iso-tsap', 's7', 'cotp'] },
  { transport: 'tcp', port: 8500, is: 'mqtt', nmap: ['mqtt', 'mosquitto'] },
  { transport: 'tcp', port: 8502, is: 'modbus', nmap: ['modbus', 'mbap'] },
  { transport: 'tcp', port: 8668, is: 'tuya', nmap: ['tuya'] },
  { transport: 'tcp', port: 8672, is: 'amqp', nmap: ['amqp'] },
  { transport: 'tcp', port: 8880, is: 'http', nmap: ['http'] },
  { transport: 'udp', port: 5683, is: 'coap', nmap: ['coap'] },
  { transport: 'udp', port: 8683, is: 'coap', nmap: ['coap'] },
];

/** Real brokers, and servers that hang up on whatever is not their own protocol. */
async function device(host: LabHost): Promise<void> {
  const identity = { vendor: 'WAGO', product: '750-881', revision: '01.05.10' };
  const cpu = {
    order: '6ES7 511-1AK02-0AB0',
    firmware: [2, 8, 1],
    name: 'PLC_Boiler',
    module: 'CPU 1511-1 PN',
    serial: 'S C-J9LT12342018',
  } as const;
  const resources = { 'sensors/temp': '20.5', 'actuators/led': '0' };
  const page = titled('Home control');
  await Promise.all([
    ...[102, 8102].map((port) => host.tcp(port, s7(host, port, cpu))),
    ...[502, 8502].map((port) => host.tcp(port, modbus(host, port, identity))),
    ...[5672, 8672].map((port) => host.tcp(port, amqp091('LabMQ', '3.12.1'))),
    ...[5683, 8683].map((port) => host.udp(port, coap(host, port, resources))),
    broker(host, [{ port: 1883 }, { port: 8500 }]),
    host.tcp(8080, website(host, 8080, { server: 'lighttpd/1.4.59', pages: { '/': page } })),
    host.tcp(8880, website(host, 8880, { server: 'qwhttpd/0.3', pages: { '/': page } })),
    host.tcp(8668, tuya()),
    serveForeign(host),
  ]);
}

async function measure(): Promise<Measured> {
  const ports = `T:${portsOf('tcp')},U:${portsOf('udp')}`;
  const ours = await scan(here, [DEVICE, '-p', ports, '--treat-as', 'robust']);
  const seconds = ((ours.scan.endedAt ?? Number.NaN) - ours.scan.startedAt) / 1000;
  const names = WANTED.map((wanted) => serviceAt(ours.services, wanted)?.protocol ?? 'unknown');
  const verdicts = WANTED.map(({ is }, index) => verdictOf(names[index] ?? 'unknown', [is]));
  const peer = await byNmap();
  const figures: Figure[] = [
    {
      name: `right of ${WANTED.length}`,
      unit: '',
      ours: count(verdicts, 'right'),
      ...(peer === undefined ? {} : { peer: count(peer.verdicts, 'right') }),
      target: { atLeast: WANTED.length },
    },
    {
      name: 'wrong name',
      unit: '',
      ours: count(verdicts, 'wrong'),
      ...(peer === undefined ? {} : { peer: count(peer.verdicts, 'wrong') }),
      target: { atMost: 0 },
    },
    {
      name: 'unknown',
      unit: '',
      ours: count(verdicts, 'unknown'),
      ...(peer === undefined ? {} : { peer: count(peer.verdicts, 'unknown') }),
    },
    {
      name: 'time, TCP and UDP',
      unit: 's',
      ...beside(seconds, peer?.seconds),
      target: { atMost: SECONDS },
    },
  ];
  const foreign = await amongForeigners();
  const { budget } = ours.scan;
  return {
    figures: [...figures, ...foreign.figures],
    notes: [
      `Ours at default pace: ${budget.connections} connections, at most ${budget.maxParallel} at once.`,
      ...(peer?.isCut === true
        ? [`nmap -sU -sV was stopped after ${NMAP_SECONDS} s; what it had not named is unknown.`]
        : []),
      ...missed('Ours', names, verdicts),
      ...(peer === undefined ? [] : missed('nmap', peer.names, peer.verdicts)),
      ...foreign.notes,
    ],
  };
}

function missed(whose: string, names: readonly string[], verdicts: readonly Verdict[]): string[] {
  return WANTED.flatMap(({ transport, port, is }, index) =>
    verdicts[index] === 'right'
      ? []
      : [`${whose}: ${is} on ${port}/${transport} is ${names[index] ?? ''}`],
  );
}

type Verdict = 'right' | 'wrong' | 'unknown';

function verdictOf(name: string, right: readonly string[]): Verdict {
  if (name === '' || name === 'unknown') return 'unknown';
  return right.some((one) => name === one || name.startsWith(`${one} `)) ? 'right' : 'wrong';
}

function count(verdicts: readonly Verdict[], wanted: Verdict): number {
  return verdicts.filter((verdict) => verdict === wanted).length;
}

function portsOf(wanted: Transport): string {
  return WANTED.filter(({ transport }) => transport === wanted)
    .map(({ port }) => port)
    .join(',');
}

function serviceAt(
  services: readonly Service[],
  { transport, port }: Pick<Wanted, 'transport' | 'port'>,
): Service | undefined {
  return services.find((service) => service.transport === transport && service.port === port);
}

interface ByNmap {
  readonly names: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
  readonly isCut: boolean;
}

/** As a user would ask it: versions of the TCP ports, then of the UDP ports. */
async function byNmap(): Promise<ByNmap | undefined> {
  const tcp = await nmap(here, ['-sV', '-p', portsOf('tcp'), DEVICE], NMAP_SECONDS);
  const udp = await nmap(here, ['-sU', '-sV', '-p', portsOf('udp'), DEVICE], NMAP_SECONDS);
  if (tcp === undefined || udp === undefined) return undefined;
  const found: readonly NmapPort[] = [...tcp.ports, ...udp.ports];
  const names = WANTED.map(({ transport, port }) => {
    const name = found.find((one) => one.transport === transport && one.port === port)?.service;
    return name === undefined || name === '' ? 'unknown' : name;
  });
  const verdicts = WANTED.map((wanted, index) => verdictOf(names[index] ?? '', wanted.nmap));
  return { names, verdicts, seconds: tcp.seconds + udp.seconds, isCut: tcp.isCut || udp.isCut };
}

/** Services that are not the Internet of Things': no name is fine, their own is fine. */
async function amongForeigners(): Promise<Measured> {
  const services = foreignServices();
  const last = FOREIGN_FIRST_PORT + services.length - 1;
  const ports = `${FOREIGN_FIRST_PORT}-${last}`;
  const args = [DEVICE, '-p', `T:${ports}`, '--treat-as', 'robust', '--pace', 'fast'];
  const ours = await scan(here, args);
  const verdicts = services.map(({ port, is }) => {
    const service = serviceAt(ours.services, { transport: 'tcp', port });
    return { is, port, name: service?.protocol, verdict: verdictOf(service?.protocol ?? '', [is]) };
  });
  const lost = verdicts.filter(({ name }) => name === undefined).length;
  const wrong = verdicts.filter(({ verdict }) => verdict === 'wrong');
  return {
    figures: [
      { name: 'other services, asked', unit: '', ours: services.length, target: { atLeast: 50 } },
      { name: 'other services, wrong name', unit: '', ours: wrong.length, target: { atMost: 0 } },
      {
        name: 'other services, own name',
        unit: '',
        ours: verdicts.filter(({ verdict }) => verdict === 'right').length,
      },
      { name: 'other services, not found open', unit: '', ours: lost, target: { atMost: 0 } },
    ],
    notes: wrong.map(({ is, port, name }) => {
      const { service } = services.find((one) => one.port === port) ?? { service: '' };
      return `${service} (${is}) was called ${name} on ${port}`;
    }),
  };
}

await inSpace(device, () =>
  runBench({ title: '13 services, five of them on unusual ports', peer: 'nmap', measure }),
);
