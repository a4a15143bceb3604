import { find } from '../lab/tools.ts';
import { hasNmap } from './_bench.ts';
import type { Runner } from './_product.ts';
import { here } from './_product.ts';

/** A port as nmap reports it. */
export interface NmapPort {
  readonly transport: string;
  readonly port: number;
  readonly state: string;
  /** Empty where the name only stands in its table of port numbers. */
  readonly service: string;
}

export interface NmapRun {
  readonly seconds: number;
  readonly ports: readonly NmapPort[];
  /** Addresses of who answered. */
  readonly up: readonly string[];
  /** It was stopped at the end of its time. */
  readonly isCut: boolean;
}

/** nmap with XML on its output; undefined where this machine does not have it. */
export async function nmap(
  run: Runner,
  args: readonly string[],
  limitSeconds: number,
): Promise<NmapRun | undefined> {
  if (!hasNmap()) return undefined;
  const command = [find('nmap') ?? 'nmap', '-n', '-oX', '-', ...args];
  const { stdout, seconds, status } = await run(command, limitSeconds);
  return { seconds, ports: portsOf(stdout), up: upIn(stdout), isCut: status === 137 };
}

function portsOf(xml: string): NmapPort[] {
  return xml
    .split('<port ')
    .slice(1)
    .map((text) => ({
      transport: attribute(text, 'protocol'),
      port: Number(attribute(text, 'portid')),
      state: attribute(text.slice(text.indexOf('<state')), 'state'),
      service: /<service [^>]*method="probed"/.test(text.split('</port>')[0] ?? '')
        ? attribute(text.slice(text.indexOf('<service')), 'name')
        : '',
    }));
}

function upIn(xml: string): string[] {
  return xml
    .split(/<host[ >]/)
    .slice(1)
    .filter((text) => text.includes('<status state="up"'))
    .map((text) => attribute(text.slice(text.indexOf('<address')), 'addr'));
}

function attribute(text: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
}

/** Which ports nmap asks by default: without a target it lists them and sends nothing. */
export async function nmapPorts(
  types: readonly string[],
): Promise<Readonly<Record<'tcp' | 'udp', ReadonlySet<number>>>> {
  const { stdout } = await here([find('nmap') ?? 'nmap', '-v', '-oG', '-', ...types], 30);
  return { tcp: listed(stdout, 'TCP'), udp: listed(stdout, 'UDP') };
}

/** `# Ports scanned: TCP(1000;1,3-4,…) UDP(1000;…) …`. */
function listed(text: string, transport: 'TCP' | 'UDP'): ReadonlySet<number> {
  const ports = new RegExp(`${transport}\\(\\d+;([0-9,-]*)\\)`).exec(text)?.[1] ?? '';
  const numbers = ports
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
  return new Set(numbers);
}
