import type { Service } from '../../model/service.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import { isKnown } from './say.ts';

/**
 * Ports so well known for one thing that firewalls let them pass for its sake: another protocol
 * there is either a mistake or wants to pass for it. Port → protocols that belong there beside
 * those which name the port themselves (`Protocol.ports`). Ports of habit (8000, 8080, 8443, 9000 …)
 * are left out on purpose: what runs there says nothing.
 */
const BELONGS: ReadonlyMap<number, readonly string[]> = new Map([
  [22, ['ssh']],
  [23, ['telnet']],
  [25, ['smtp']],
  [53, ['dns']],
  [80, ['http']],
  [102, ['s7comm', 'cotp', 'mms']],
  [110, ['pop3']],
  [123, ['ntp']],
  [143, ['imap']],
  [161, ['snmp']],
  [443, ['http', 'tls', 'quic', 'http3']],
  [502, ['modbus']],
  [554, ['rtsp']],
  [587, ['smtp']],
  [853, ['dns', 'tls', 'quic']],
  [993, ['imap']],
  [995, ['pop3']],
  [1883, ['mqtt']],
  [4840, ['opcua']],
  [5671, ['amqp']],
  [5672, ['amqp']],
  [5683, ['coap']],
  [5684, ['coap', 'dtls']],
  [8883, ['mqtt', 'tls']],
  [44_818, ['enip']],
  [47_808, ['bacnet']],
]);

/** What belongs on the port of a service that is proved to be something else; undefined where it fits. */
export function belongsThere(
  service: Service,
  protocol: Protocol | undefined,
): readonly string[] | undefined {
  const expected = BELONGS.get(service.port);
  if (expected === undefined || protocol === undefined) return undefined;
  if (!isKnown(service) || service.certainty !== 'proved') return undefined;
  const fits =
    expected.includes(service.protocol) ||
    (service.protocol.startsWith('amqp') && expected.includes('amqp')) ||
    protocol.ports.some(({ port }) => port === service.port);
  return fits ? undefined : expected;
}
