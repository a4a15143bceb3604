import { quote, reveal } from '../../base/untrusted.ts';
import type { Carrier } from '../../model/core.ts';
import type { Device } from '../../model/device.ts';
import type { Service } from '../../model/service.ts';
import type { Judgement, ServiceContext } from '../risk-rule.ts';

/** Open, and known by more than its number. */
export function isKnown({ state, certainty, protocol }: Service): boolean {
  return state === 'open' && certainty !== 'hint' && protocol !== 'unknown';
}

export function isEncrypted(carrier: Carrier): boolean {
  return carrier === 'tls' || carrier === 'dtls';
}

export function where({ transport, port }: Pick<Service, 'transport' | 'port'>): string {
  return `${transport}/${port}`;
}

/** The protocol as people write it. */
export function titleOf({ service, protocol }: ServiceContext): string {
  return protocol?.title ?? service.protocol;
}

/** `"Hall camera"`: quoted, since the device may have chosen it. */
export function nameOf(device: Device): string {
  return quote(device.name, 40);
}

/** Value of a particular, without regard to case; undefined where it was not seen. */
export function detailOf(service: Service, name: string): string | undefined {
  const found = service.details.find((detail) => detail.name.toLowerCase() === name);
  return found === undefined ? undefined : reveal(found.value);
}

/** A judgement on a service: its evidence and place are the service's, its certainty the protocol's. */
export function judged(
  { service }: ServiceContext,
  words: Pick<Judgement, 'severity' | 'summary' | 'impact' | 'remedy'> &
    Partial<Pick<Judgement, 'certainty'>>,
): Judgement {
  return {
    certainty: service.certainty,
    evidence: service.evidence,
    port: service.port,
    transport: service.transport,
    ...words,
  };
}
