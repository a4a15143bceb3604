import { PortolanError } from '../../base/errors.ts';
import type { PortRange, PortSet } from '../../base/port-set.ts';
import { portSet, portsOf } from '../../base/port-set.ts';
import { closest } from '../../base/suggest.ts';
import { visible } from '../../base/untrusted.ts';
import type { Transport } from '../../model/core.ts';
import type { DefaultPort, PortSetName } from './default-ports.ts';
import { IOT_PORTS, OT_PORTS, PORT_SET_NAMES } from './default-ports.ts';

export interface Ports {
  readonly tcp: PortSet;
  readonly udp: PortSet;
}

const LAST_PORT = 65_535;
/** Port 0 is reserved (RFC 6335 §8.1.1) and cannot be connected to. */
const EVERY: PortRange = { from: 1, to: LAST_PORT };

/** @throws PortolanError E_PORTS for a name that is no set */
export function namedPorts(name: string): Ports {
  switch (PORT_SET_NAMES.find((known) => known === name)) {
    case 'iot':
      return portsIn(IOT_PORTS);
    case 'ot':
      return portsIn(OT_PORTS);
    case 'all':
      return { tcp: [EVERY], udp: portsIn([...IOT_PORTS, ...OT_PORTS]).udp };
    case undefined:
      throw unknownSet(name);
  }
}

/** Ports of the article and of IoT networks: what is asked when nothing is said. */
export function defaultPorts(): Ports {
  return portsIn(IOT_PORTS);
}

/** Why a port is in the default set. */
export function whyAsked(transport: Transport, port: number): string | undefined {
  return IOT_PORTS.find((one) => one.transport === transport && one.port === port)?.why;
}

/**
 * nmap's `-p`: `22,80,1000-2000`, `T:1-1024,U:5683`, `-` for all, `-1024`, `60000-`. `T:` and `U:`
 * hold until the next of them; without either, TCP is meant.
 *
 * @throws PortolanError E_PORTS
 */
export function readPorts(text: string): Ports {
  const ranges: Record<Transport, PortRange[]> = { tcp: [], udp: [] };
  let transport: Transport = 'tcp';
  for (const part of text.split(',').map((word) => word.trim())) {
    const [, prefix, rest = ''] = /^(?:([TU]):)?(.*)$/i.exec(part) ?? [];
    if (prefix !== undefined) transport = prefix.toUpperCase() === 'T' ? 'tcp' : 'udp';
    ranges[transport].push(readRange(rest, text));
  }
  return { tcp: portSet(ranges.tcp), udp: portSet(ranges.udp) };
}

/** nmap's `--top-ports` and `-F` rest on its own list, which is not ours to copy. */
export function refuseTopPorts(flag: string): never {
  throw new PortolanError(
    'E_PORTS',
    `${flag} is not supported: portolan has no list of ports by frequency`,
    { remedy: 'Use a named set: --ports iot, --ports ot or --ports all' },
  );
}

function readRange(part: string, text: string): PortRange {
  const match = /^(\d{1,6})?(?:(-)(\d{1,6})?)?$/.exec(part);
  if (match === null || part === '') throw malformed(part, text);
  const [, first, dash, last] = match;
  const from = Number(first ?? EVERY.from);
  const to = dash === undefined ? from : Number(last ?? LAST_PORT);
  if (from > LAST_PORT || to > LAST_PORT) throw outOfRange(Math.max(from, to));
  if (from === 0 || to === 0) throw outOfRange(0);
  if (from > to) {
    throw new PortolanError('E_PORTS', `The range ${from}-${to} runs backwards`, {
      remedy: `Did you mean ${to}-${from}?`,
    });
  }
  return { from, to };
}

function malformed(part: string, text: string): PortolanError {
  const what = part === '' ? `"${shown(text)}" has an empty part` : `"${shown(part)}" is no port`;
  const set = closest(part, PORT_SET_NAMES);
  return new PortolanError('E_PORTS', what, {
    remedy:
      set === undefined
        ? 'Write numbers and ranges: -p 22,80,1000-2000 or -p T:1-1024,U:5683'
        : `Did you mean --ports ${set}?`,
  });
}

function outOfRange(port: number): PortolanError {
  return new PortolanError('E_PORTS', `${port} is no port: ports are 1-${LAST_PORT}`, {
    remedy: 'Write numbers and ranges: -p 22,80,1000-2000, or -p- for all',
  });
}

function unknownSet(name: string): PortolanError {
  const near: PortSetName | string = closest(name, PORT_SET_NAMES) ?? PORT_SET_NAMES.join(', ');
  return new PortolanError('E_PORTS', `"${shown(name)}" is no set of ports`, {
    remedy: `Did you mean ${near}? Numbers go with -p: -p 22,80,1000-2000`,
  });
}

function shown(text: string): string {
  return visible(text).slice(0, 60);
}

function portsIn(rows: readonly DefaultPort[]): Ports {
  const of = (transport: Transport): PortSet =>
    portsOf(rows.filter((row) => row.transport === transport).map(({ port }) => port));
  return { tcp: of('tcp'), udp: of('udp') };
}
