import { contains, parseAddress } from '../../base/address.ts';
import { eachPort, parsePorts, portCount } from '../../base/port-set.ts';
import { said, service, tell } from '../../detectors/learned/tell.ts';
import { isPrivateMac } from '../../detectors/mac.ts';
import { EPHEMERAL_TCP, SHELLS } from '../../detectors/new-port.ts';
import type { Engine } from '../../engine.ts';
import type { Signal } from '../../model/alert.ts';
import type { Severity } from '../../model/core.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Site } from '../../model/site.ts';
import { parseRange } from '../scan/ranges.ts';

/**
 * What a scan finds that was otherwise when it was asked before, as alerts: a port that refused and
 * accepts now, one that was open and refuses now, a device on a network that was scanned before. What
 * nobody asked before is no news. The alerts are those of the detectors that see the same in traffic,
 * so that who does both is told once.
 */
export class ScanNews {
  readonly #engine: Pick<Engine, 'refused' | 'known'>;
  /** MACs that are known, and those that were told. */
  readonly #macs: Set<string>;
  readonly #scanned: ReturnType<typeof rangesOf>;
  readonly #open: ReadonlySet<string>;

  /** @param before what was believed when the scan began */
  constructor(
    before: Pick<Site, 'devices' | 'services' | 'scans'>,
    engine: Pick<Engine, 'refused' | 'known'>,
  ) {
    this.#engine = engine;
    this.#macs = new Set(before.devices.flatMap(({ macs }) => macs));
    this.#scanned = rangesOf(before.scans);
    const addresses = new Map(before.devices.map((device) => [device.id, device.addresses]));
    this.#open = new Set(
      before.services
        .filter(({ state }) => state === 'open')
        .flatMap(({ device, transport, port }) =>
          (addresses.get(device) ?? []).map((address) => `${address} ${service(transport, port)}`),
        ),
    );
  }

  /** @param evidence that nobody believes yet */
  of(evidence: readonly NewEvidence[]): readonly Signal[] {
    return evidence.flatMap((one) => [
      ...this.#newcomer(one),
      ...this.#opened(one),
      ...this.#closed(one),
    ]);
  }

  #newcomer({ subject: { address, mac }, at }: NewEvidence): readonly Signal[] {
    if (mac === undefined || this.#macs.has(mac)) return [];
    this.#macs.add(mac);
    const place = parseAddress(address.split('%', 1)[0] ?? '');
    const wasScanned = place !== undefined && this.#scanned.some((range) => contains(range, place));
    return wasScanned ? [newDevice(mac, address, at)] : [];
  }

  #opened({ subject, fact, certainty, at }: NewEvidence): readonly Signal[] {
    const { address, transport, port } = subject;
    if (fact.kind !== 'open' || certainty === 'hint') return [];
    if (port === undefined || (transport !== 'tcp' && transport !== 'udp')) return [];
    if (!this.#engine.refused(address, transport, port)) return [];
    return [newPort(this.#deviceOf(subject), { transport, port, at })];
  }

  #closed({ subject, fact, at }: NewEvidence): readonly Signal[] {
    if (fact.kind !== 'swept' || (fact.transport !== 'tcp' && fact.transport !== 'udp')) return [];
    const { transport } = fact;
    const closed = parsePorts(fact.closed) ?? [];
    if (portCount(closed) === 0) return [];
    return [...eachPort(closed)]
      .filter((port) => this.#open.has(`${subject.address} ${service(transport, port)}`))
      .map((port) => closedPort(this.#deviceOf(subject), { transport, port, at }));
  }

  /** As the detectors call it: by its MAC, else by its address. */
  #deviceOf({ address, mac }: NewEvidence['subject']): string {
    return mac ?? this.#engine.known(address).mac ?? address;
  }
}

interface Port {
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  readonly at: number;
}

function newPort(device: string, { transport, port, at }: Port): Signal {
  const what = service(transport, port);
  const { severity, reason } = gradeOf(port);
  return tell({
    ...{ type: 'new_port', at, severity, threat: 'unauthorised-access', devices: [device] },
    ...{ port, transport, about: what, reasons: [reason] },
    summary: `${device} answers a scan on ${what}, which refused when it was asked before`,
    usual: 'It refused connections to this port.',
    remedy: `If nobody switched ${what} on at the device, close it there or block it, and look whether the device was taken over.`,
    facts: { port: what },
    unseen: ['when it was opened', 'whether anybody uses it'],
  });
}

function gradeOf(port: number): { readonly severity: Severity; readonly reason: string } {
  if (SHELLS.has(port)) return { severity: 'high', reason: 'the port of a shell' };
  return port >= EPHEMERAL_TCP
    ? { severity: 'info', reason: 'a port that programs pick by themselves' }
    : { severity: 'medium', reason: 'a service that was not there before' };
}

function closedPort(device: string, { transport, port, at }: Port): Signal {
  const what = service(transport, port);
  return tell({
    ...{ type: 'closed_port', at, severity: 'info', threat: 'ddos', devices: [device] },
    ...{ port, transport, about: what, reasons: ['the device itself is there'] },
    summary: `${device} refuses ${what}, which was open before`,
    usual: 'It accepted connections to this port.',
    remedy:
      'Look whether the service was switched off; if it is closed for good, say that it is expected.',
    facts: { port: what },
    unseen: ['whether anybody misses it'],
  });
}

function newDevice(mac: string, address: string, at: number): Signal {
  const isPrivate = isPrivateMac(mac);
  return tell({
    ...{
      type: 'new_device',
      at,
      severity: isPrivate ? 'low' : 'medium',
      threat: 'unauthorised-access',
    },
    ...{ devices: [mac], peer: address, about: '' },
    summary: `${mac} is on the network at ${said(address)}, where no scan found it before`,
    usual: 'It was never seen before.',
    remedy:
      'If nobody brought a device, find it by its maker and its port on the switch, and keep it out until then.',
    reasons: isPrivate
      ? ['a private address, as telephones of guests have']
      : ['an address that a maker gave: a device that was brought to stay'],
    facts: { mac },
    unseen: ['what it did before it was first seen'],
  });
}

/** Of scans that were done to the end. */
function rangesOf(scans: Site['scans']) {
  return scans
    .filter(({ outcome }) => outcome === 'complete')
    .flatMap(({ targets }) => targets)
    .flatMap((text) => parseRange(text) ?? []);
}
