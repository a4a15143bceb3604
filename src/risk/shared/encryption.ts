import type { Service } from '../../model/service.ts';
import type { Protocol, UsualPort } from '../../protocols/protocol.ts';
import { encryptedForm } from '../../protocols/protocol.ts';
import { detailOf, isEncrypted, isKnown } from './say.ts';

/**
 * Names, time and announcements: what they carry is public, and their encrypted forms are another
 * product. Shells have a rule of their own, which says more than "use TLS".
 */
const LEFT_OUT: ReadonlySet<string> = new Set('dns mdns ssdp ntp snmp telnet tls dtls'.split(' '));

/** The encrypted form that a service in the clear could use instead. */
export function encryptedAlternative(
  service: Service,
  protocol: Protocol | undefined,
): UsualPort | undefined {
  if (protocol === undefined || !isKnown(service) || isEncrypted(service.over)) return undefined;
  if (LEFT_OUT.has(service.protocol) || detailOf(service, 'starttls') === 'offered')
    return undefined;
  return encryptedForm(protocol);
}

/** `MQTT over TLS, port 8883`. */
export function inWords(protocol: Protocol, { over, port }: UsualPort): string {
  return `${protocol.title} over ${over.toUpperCase()}, port ${port}`;
}
