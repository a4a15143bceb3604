import { reveal } from '../base/untrusted.ts';
import type { Analysis } from '../io/capture/analyze.ts';
import { captureName } from '../model/capture-names.ts';
import type { Device } from '../model/device.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import type { Endpoint, Flow } from '../model/flow.ts';
import type { Service } from '../model/service.ts';

/** The lines of JSON that `analyze` writes; their keys only ever become more. */

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function endText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function flowLine(file: string, flow: Flow): object {
  const { source, destination, transport, certainty, outcome } = flow;
  return {
    file,
    src: endText(source),
    dst: endText(destination),
    transport,
    protocol: captureName(flow.protocol),
    certainty,
    version: flow.version,
    over: flow.over,
    outcome,
    first: flow.firstSeen,
    last: flow.lastSeen,
    packets_sent: flow.sent.packets,
    packets_received: flow.received.packets,
    bytes_sent: flow.sent.bytes,
    bytes_received: flow.received.bytes,
    lost: flow.lost,
    ip_protocol: flow.ipProtocol,
    src_mac: source.mac,
    dst_mac: destination.mac,
    vlan: flow.vlan,
    sni: flow.sni,
    name: flow.name,
    community_id: flow.communityId === '' ? undefined : flow.communityId,
    frames: flow.frames,
    facts: flow.facts.flatMap(({ of, fact }) => factLine(of, fact)),
  };
}

function factLine(of: string, fact: Fact): readonly object[] {
  switch (fact.kind) {
    case 'attribute':
    case 'detail':
      return [{ of, name: fact.name, value: reveal(fact.value) }];
    case 'identifier':
      return [{ of, name: fact.scheme, value: reveal(fact.value) }];
    case 'access':
      return [{ of, name: 'access', value: fact.level }];
    default:
      return [];
  }
}

export function captureLine(file: string, { summary, octets }: Analysis): object {
  const { packets, format, interfaces, sections, ok, damage } = summary;
  return { file, packets, format, bytes: octets, interfaces, sections, ok, damage };
}

export function deviceLine(file: string, device: Device, services: readonly Service[]): object {
  const value = (name: AttributeName): string | undefined => {
    const [belief] = device.attributes[name] ?? [];
    return belief === undefined ? undefined : reveal(belief.value);
  };
  return {
    file,
    id: device.id,
    mac: device.macs[0],
    macs: device.macs,
    addresses: device.addresses,
    name: reveal(device.name),
    vendor: value('vendor'),
    product: value('model'),
    version: value('firmware'),
    os: value('os'),
    kind: value('kind'),
    category: device.category,
    certainty: device.attributes.vendor?.[0]?.certainty,
    first: device.firstSeen,
    last: device.lastSeen,
    services: services
      .filter((service) => service.device === device.id)
      .map(({ transport, port, protocol, certainty }) => ({
        transport,
        port,
        protocol: captureName(protocol),
        certainty,
      })),
  };
}
