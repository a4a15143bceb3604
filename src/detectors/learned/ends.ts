import type { Instant } from '../../model/core.ts';
import type { Endpoint } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';
import type { DetectorContext } from '../detector.ts';

const TCP = 6;
const UDP = 17;

export type Opened = Extract<Observation, { kind: 'opened' }>;

/** A network protocol with ports. */
export function transportOf(ipProtocol: number): 'tcp' | 'udp' | undefined {
  if (ipProtocol === TCP) return 'tcp';
  return ipProtocol === UDP ? 'udp' : undefined;
}

/** A port of a transport as a number below 131,072: a key that no text is made for. */
export function serviceNumber(transport: 'tcp' | 'udp', port: number): number {
  return transport === 'tcp' ? port : 65_536 + port;
}

/** `tcp/443` of such a number. */
export function serviceOf(number: number): string {
  return number < 65_536 ? `tcp/${number}` : `udp/${number - 65_536}`;
}

export function deviceAt(context: DetectorContext, { address, mac }: Endpoint): string {
  return context.deviceOf(address, mac);
}

/** Whether what is new to the device is learned rather than told. */
export function isLearning(context: DetectorContext, device: string, at: number): boolean {
  return at < learnedAt(context, device);
}

/** When the learning time of a device ends. */
export function learnedAt(context: DetectorContext, device: string): Instant {
  return context.about(device).learnUntil ?? context.learnUntil;
}
