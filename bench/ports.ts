import type { Transport } from '../src/model/core.ts';
import type { Figure, Measured } from './_bench.ts';
import { hasNmap, runBench } from './_bench.ts';
import { nmapPorts } from './_nmap.ts';
import { here, PRODUCT } from './_product.ts';

type Asked = Readonly<Record<Transport, ReadonlySet<number>>>;
type Wanted = Readonly<Record<Transport, readonly number[]>>;

/** Ports that the article on ports of the Internet of Things names. */
const NAMED: Wanted = { tcp: [80, 443, 1883, 8883, 8080, 6850, 102], udp: [5683] };

/** The same and those that IoT networks really have open: 39 in all. */
const COMMON: Wanted = {
  tcp: [
    ...NAMED.tcp,
    ...[5671, 5672, 502, 802, 554, 4840, 2404, 5540, 6053, 6668, 7547, 8009, 8060, 44_818, 20_000],
    ...[37_777, 11_095, 9543],
  ],
  udp: [
    ...NAMED.udp,
    ...[5684, 1900, 5353, 3702, 2100, 5540, 161, 47_808, 44_818, 34_964, 6667, 33_434, 10_001],
  ],
};

/** A line of `portolan scan --list-ports --json`, as far as it is read here. */
interface Listed {
  readonly transport: Transport;
  readonly port: number;
}

async function measure(): Promise<Measured> {
  const ours = await ourPorts();
  const tcpOnly = hasNmap() ? await nmapPorts(['-sT']) : undefined;
  const both = hasNmap() ? await nmapPorts(['-sS', '-sU']) : undefined;
  return {
    figures: [
      covered('ports that the article names', NAMED, ours, tcpOnly),
      covered('the same, nmap told to do UDP too (-sS -sU)', NAMED, ours, both),
      covered('ports common on IoT networks', COMMON, ours, tcpOnly),
      covered('the same, nmap told to do UDP too (-sS -sU)', COMMON, ours, both),
      size('ports asked by default, TCP', 'tcp', ours, tcpOnly),
      size('ports asked by default, UDP', 'udp', ours, both),
    ],
    notes: [],
  };
}

async function ourPorts(): Promise<Asked> {
  const command = [process.execPath, PRODUCT, 'scan', '--list-ports', '--json', '--config', 'none'];
  const { stdout, stderr, status } = await here(command, 30);
  if (status !== 0) throw new Error(stderr);
  const { items }: { items: readonly Listed[] } = JSON.parse(stdout); // The product wrote it.
  return { tcp: numbers(items, 'tcp'), udp: numbers(items, 'udp') };
}

function numbers(ports: readonly Listed[], wanted: Transport): ReadonlySet<number> {
  return new Set(ports.filter(({ transport }) => transport === wanted).map(({ port }) => port));
}

function covered(name: string, wanted: Wanted, ours: Asked, peer: Asked | undefined): Figure {
  const all = wanted.tcp.length + wanted.udp.length;
  return {
    name: `${name}: of ${all}`,
    unit: '',
    ours: hits(wanted, ours),
    ...(peer === undefined ? {} : { peer: hits(wanted, peer) }),
    target: { atLeast: all },
  };
}

function hits({ tcp, udp }: Wanted, asked: Asked): number {
  const found = [
    tcp.filter((port) => asked.tcp.has(port)),
    udp.filter((port) => asked.udp.has(port)),
  ];
  return found.flat().length;
}

function size(name: string, transport: Transport, ours: Asked, peer: Asked | undefined): Figure {
  const own = ours[transport].size;
  return {
    name,
    unit: '',
    ours: own,
    ...(peer === undefined ? {} : { peer: peer[transport].size }),
  };
}

await runBench({ title: 'What is asked by default', peer: 'nmap', measure });
