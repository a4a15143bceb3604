import { hasAddress } from '../../../src/base/address-set.ts';
import { hasPort } from '../../../src/base/port-set.ts';
import type { Box } from '../../../src/policy/decide/boxes.ts';
import { OTHER_INTERFACE, SELF_INTERFACE } from '../../../src/policy/decide/boxes.ts';
import type { Domain } from '../../../src/policy/decide/domain.ts';
import type { Judged } from '../../../src/policy/simulate/match.ts';

/** What a box says, read as a firewall would read it. */
export function boxHas(box: Box, packet: Judged, domain: Domain): boolean {
  const { inputs, outputs, protocols, types, translated } = box;
  const { protocol, sourcePort = 0, destinationPort = 0, type = 0 } = packet;
  return (
    (inputs === undefined || inputs.includes(face(domain, packet.inInterface))) &&
    (outputs === undefined || outputs.includes(face(domain, packet.outInterface))) &&
    (protocols === undefined || protocols.includes(protocol)) &&
    (translated === undefined || translated === (packet.translated === true)) &&
    (types === undefined || types.includes(type)) &&
    (box.destinationPorts === undefined || hasPort(box.destinationPorts, destinationPort)) &&
    (box.sourcePorts === undefined || hasPort(box.sourcePorts, sourcePort)) &&
    (box.sources === undefined || hasAddress(box.sources, packet.source)) &&
    hasDestination(box, packet, domain)
  );
}

function hasDestination(
  { destinations, destinationNames = [] }: Box,
  { destination, name }: Judged,
  domain: Domain,
): boolean {
  if (destinations === undefined) return true;
  const atom = domain.names.all[name === undefined ? -1 : domain.names.atomOf(name)];
  return atom === undefined
    ? hasAddress(destinations, destination)
    : destinationNames.includes(atom);
}

function face(domain: Domain, name: string | undefined): string {
  if (name === undefined) return SELF_INTERFACE;
  return domain.interfaces.all.includes(name) ? name : OTHER_INTERFACE;
}
