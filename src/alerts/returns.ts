import type { Signal } from '../model/alert.ts';
import type { Transport } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';

/** Which device has an address now: the monitor knows. */
export type DeviceOf = (address: string, mac?: string) => string;

/** Who is heard by an observation, and which port of it answers. */
export interface Heard {
  readonly device: string;
  readonly transport?: Transport;
  readonly port?: number;
}

/** IANA protocol numbers. */
const TRANSPORTS: ReadonlyMap<number, Transport> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
]);

/** Devices that an observation shows to be alive. */
export function heardIn(observation: Observation, deviceOf: DeviceOf): readonly Heard[] {
  switch (observation.kind) {
    case 'opened':
      return [end(observation.source, deviceOf)];
    case 'answered': {
      const { destination, refused, ipProtocol } = observation;
      const transport = TRANSPORTS.get(ipProtocol);
      const heard = end(destination, deviceOf);
      return refused || transport === undefined
        ? [heard]
        : [{ ...heard, transport, port: destination.port }];
    }
    case 'progress': {
      const { source, destination, sent, received } = observation;
      const heard: Heard[] = [];
      if (sent.packets > 0) heard.push(end(source, deviceOf));
      if (received.packets > 0) heard.push(end(destination, deviceOf));
      return heard;
    }
    case 'binding':
      return [{ device: deviceOf(observation.address, observation.mac) }];
    case 'dhcp':
      return observation.serverMac === undefined
        ? [{ device: deviceOf('0.0.0.0', observation.clientMac) }]
        : [];
    default:
      return [];
  }
}

function end({ address, mac }: Endpoint, deviceOf: DeviceOf): Heard {
  return { device: deviceOf(address, mac) };
}

/** Whether what a signal missed is there again. */
export function isBack(signal: Signal, how: 'heard' | 'answers', heard: Heard): boolean {
  if (signal.devices.length !== 1 || signal.devices[0] !== heard.device) return false;
  if (how === 'heard') return true;
  return signal.port === heard.port && (signal.transport ?? heard.transport) === heard.transport;
}
