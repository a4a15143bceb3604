import type { Signal } from '../model/alert.ts';
import type { MappingRequest, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt, isLearning } from './learned/ends.ts';
import { service, tell } from './learned/tell.ts';

const KNOWN = 4_096;
/** Ports by which whoever comes in has the device: logins, files, control. */
const SENSITIVE: ReadonlySet<number> = new Set([
  21, 22, 23, 80, 135, 139, 443, 445, 502, 554, 1883, 2323, 3389, 5555, 5900, 8080, 8883,
]);

export const portMapping = {
  id: 'upnp_portmap',
  title: 'A device opens a port to itself at the router',
  types: ['upnp_portmap'],
  sources: ['UPnP WANIPConnection:2 §2.5.16', 'RFC 6886, RFC 6887', 'MITRE ATT&CK T1133'],
  learns: true,
  knownFalse: [
    'game consoles, telephony and file sharing do it as they start: what is usual is learned',
  ],
  sees: ['mapping'],
  start: (context) => new PortMapping(context),
} as const satisfies Detector;

class PortMapping implements Watch {
  readonly #context: DetectorContext;
  readonly #known = new BoundedMap<string, true>(KNOWN);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#known.size * 96, dropped: this.#known.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'mapping') return [];
    const { client, insideAddress, insidePort, transport, at } = observation;
    const device = deviceAt(this.#context, client);
    const target = this.#context.deviceOf(insideAddress);
    const key = `${device} ${target} ${service(transport, insidePort)}`;
    if (this.#known.has(key)) return [];
    this.#known.set(key, true);
    const isOwn = target === device || insideAddress === client.address;
    const isHarmless = isOwn && !SENSITIVE.has(insidePort);
    if (isHarmless && isLearning(this.#context, device, at)) return [];
    return [this.#tell(observation, device, target, isOwn)];
  }

  #tell(request: MappingRequest, device: string, target: string, isOwn: boolean): Signal {
    const { at, frame, router, via, transport, outsidePort, insidePort } = request;
    const what = service(transport, insidePort);
    const isSensitive = SENSITIVE.has(insidePort);
    return tell({
      type: 'upnp_portmap',
      at,
      severity: isSensitive || !isOwn ? 'high' : 'medium',
      threat: 'unauthorised-access',
      devices: isOwn ? [device] : [device, target],
      peer: router.address,
      port: outsidePort,
      transport,
      about: `${target} ${what}`,
      summary: `${device} had the router open ${service(transport, outsidePort)} to ${isOwn ? 'itself' : target} (${what}, by ${via})`,
      usual: 'It did not ask for this before.',
      remedy: `Take the port forwarding away at the router (portolan nat lists them) and switch ${via} off there unless you need it.`,
      reasons: [
        'everybody on the Internet can reach it now',
        ...(isSensitive ? [`${what} lets whoever comes in control it`] : []),
        ...(isOwn ? [] : ['it opens a port of another device']),
      ],
      facts: { outside: outsidePort, inside: insidePort, via },
      frames: [frame],
    });
  }
}
