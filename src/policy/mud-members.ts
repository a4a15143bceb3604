import type { PolicyEndpoint } from '../model/policy.ts';
import type { BindContext } from './bind-context.ts';

/** The two well-known controllers (RFC 8520 §17.7). */
const DNS = 'urn:ietf:params:mud:dns';
const NTP = 'urn:ietf:params:mud:ntp';

/**
 * Addresses of what a MUD abstraction stands for (RFC 8520 §8). Undefined for a
 * controller that only the operator can name.
 */
export function mudMembers(
  { selector, value }: PolicyEndpoint & { kind: 'mud' },
  context: BindContext,
): readonly string[] | undefined {
  const ofDevices = (test: (mudUrl: string) => boolean): string[] =>
    context.devices
      .filter(({ mudUrl }) => mudUrl !== undefined && test(mudUrl))
      .flatMap(({ addresses }) => addresses);
  switch (selector) {
    case 'manufacturer': {
      const authority = authorityOf(value);
      return ofDevices((url) => authorityOf(url) === authority);
    }
    case 'model':
      return ofDevices((url) => url === value);
    case 'controller':
      if (value === DNS) return context.resolvers;
      return value === NTP ? context.ntpServers : undefined;
    case 'my-controller':
      return undefined;
  }
}

/** RFC 3986 §3.2; equal means equal, not "ends in": a subdomain may be somebody else's. */
function authorityOf(urlOrAuthority: string): string {
  const [, authority = urlOrAuthority] = /^[a-z]{1,10}:\/\/([^/?#]*)/i.exec(urlOrAuthority) ?? [];
  return authority.toLowerCase();
}
