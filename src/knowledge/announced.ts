import type { PortSet } from '../base/port-set.ts';
import { hasPort, parsePorts } from '../base/port-set.ts';
import type { Transport } from '../model/core.ts';
import { dossiers } from './dossiers/index.ts';

interface Served {
  readonly title: string;
  readonly transport: Transport;
  readonly ports: PortSet;
}

/** By service type: the ports on which what announces itself so is documented to answer. */
const BY_SERVICE: ReadonlyMap<string, readonly Served[]> = servedByService();

/**
 * Title of the product that announces itself by this type (`_ipp._tcp`) and is documented to answer on
 * the port. What it has but nobody needs (a printer's telnet) is not meant.
 */
export function documentedFor(
  service: string,
  transport: Transport,
  port: number,
): string | undefined {
  return BY_SERVICE.get(service)?.find(
    (served) => served.transport === transport && hasPort(served.ports, port),
  )?.title;
}

function servedByService(): ReadonlyMap<string, readonly Served[]> {
  const served = new Map<string, Served[]>();
  for (const { announces = [], lines, title } of dossiers.all) {
    const own = lines
      .filter(({ direction, need }) => direction === 'to-device' && need !== 'not-needed')
      .map(({ transport, ports }) => ({ title, transport, ports: parsePorts(ports) ?? [] }));
    for (const service of announces) served.set(service, [...(served.get(service) ?? []), ...own]);
  }
  return served;
}
