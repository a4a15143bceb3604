import type { PortSet } from '../base/port-set.ts';
import { formatPorts, parsePorts } from '../base/port-set.ts';
import type { Policy, ServiceMatch } from '../model/policy.ts';
import { own } from './references.ts';

type Protocol = ServiceMatch['protocol'];

/** IANA protocol numbers (iana.org/assignments/protocol-numbers). */
const NUMBERS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
/** Those besides TCP and UDP whose header begins with two ports: DCCP, SCTP, UDP-Lite. */
const WITH_PORTS: readonly Protocol[] = ['tcp', 'udp', 33, 132, 136];

/** Undefined for `any`. */
export function protocolNumber(protocol: Protocol): number | undefined {
  if (protocol === 'any') return undefined;
  return typeof protocol === 'number' ? protocol : NUMBERS[protocol];
}

/** A number that has a name gets it: one protocol is written in one way. */
export function protocolOf(text: string): Protocol | undefined {
  if (text === 'any') return 'any';
  const named = Object.entries(NUMBERS).find(
    ([name, number]) => name === text || String(number) === text,
  );
  if (named !== undefined) return nameOf(named[0]);
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

function nameOf(text: string): keyof typeof NUMBERS {
  if (text === 'icmp' || text === 'tcp' || text === 'udp') return text;
  return 'icmpv6';
}

/** What a protocol has: ports, types, or neither. */
export function detailOf(protocol: Protocol): 'ports' | 'types' | 'none' {
  if (protocol === 'icmp' || protocol === 'icmpv6') return 'types';
  return WITH_PORTS.includes(protocol) ? 'ports' : 'none';
}

/** `tcp/8883`, `udp/53,5353`, `icmp/8`, `47`, `any`; undefined for anything else. */
export function parseService(text: string): ServiceMatch | undefined {
  const [name = '', detail, ...more] = text.trim().split('/');
  const protocol = protocolOf(name.trim().toLowerCase());
  if (protocol === undefined || more.length > 0) return undefined;
  const match: ServiceMatch = { protocol, destinationPorts: [], sourcePorts: [], types: [] };
  if (detail === undefined) return match;
  const numbers = detail === '' ? undefined : parsePorts(detail);
  if (numbers === undefined) return undefined;
  switch (detailOf(protocol)) {
    case 'ports':
      return { ...match, destinationPorts: numbers };
    case 'types':
      return numbers.some(({ to }) => to > 255) ? undefined : { ...match, types: each(numbers) };
    case 'none':
      return undefined;
  }
}

function each(ranges: PortSet): number[] {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index),
  );
}

/** What `parseService` reads back; undefined where source ports make it need more than a word. */
export function serviceText(match: ServiceMatch): string | undefined {
  if (match.sourcePorts.length > 0) return undefined;
  const detail =
    match.types.length > 0 ? match.types.join(',') : formatPorts(match.destinationPorts);
  return `${match.protocol}${detail === '' ? '' : `/${detail}`}`;
}

/**
 * Names that everybody has; a service of the policy's own of the same name goes before.
 * Ports: IANA Service Name and Transport Protocol Port Number Registry; echo: RFC 792, RFC 4443.
 */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  ssh: ['tcp/22'],
  telnet: ['tcp/23'],
  dns: ['udp/53', 'tcp/53'],
  dot: ['tcp/853'],
  http: ['tcp/80'],
  https: ['tcp/443'],
  quic: ['udp/443'],
  ntp: ['udp/123'],
  snmp: ['udp/161'],
  syslog: ['udp/514'],
  rtsp: ['tcp/554'],
  ipp: ['tcp/631'],
  mqtt: ['tcp/1883'],
  mqtts: ['tcp/8883'],
  ssdp: ['udp/1900'],
  mdns: ['udp/5353'],
  coap: ['udp/5683'],
  coaps: ['udp/5684'],
  ping: ['icmp/8', 'icmpv6/128'],
};

export const USUAL_SERVICES: readonly string[] = Object.keys(USUAL);

/** What the `service` of a rule stands for; undefined where nothing is called that. */
export function serviceOf(
  services: Policy['services'],
  text: string,
): readonly ServiceMatch[] | undefined {
  const named = own(services, text);
  if (named !== undefined) return named;
  const usual = own(USUAL, text)?.map((one) => parseService(one));
  if (usual !== undefined) return usual.filter((one) => one !== undefined);
  const match = parseService(text);
  return match === undefined ? undefined : [match];
}
