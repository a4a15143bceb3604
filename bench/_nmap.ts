import { find } from '../lab/tools.ts';
import { hasNmap } from './_bench.ts';
import type { Runner } from './_product.ts';

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
  readonly hostsUp: number;
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
  return { seconds, ports: portsOf(stdout), hostsUp: hostsUpOf(stdout), isCut: status === 137 };
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

function hostsUpOf(xml: string): number {
  return Number(/<hosts up="(\d+)"/.exec(xml)?.[1] ?? 0);
}

function attribute(text: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
}
