import { Inventory } from '../../src/inventory/inventory.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Story } from '../evidence.ts';

const USUAL: ReadonlyMap<string, string> = new Map([
  ['tcp/80', 'http'],
  ['tcp/502', 'modbus'],
  ['tcp/1883', 'mqtt'],
  ['udp/5683', 'coap'],
]);

export function inventory(): Inventory {
  return new Inventory({
    vendorOf: (mac) => (mac.startsWith('00:1b:1b') ? 'Siemens AG' : undefined),
    usualProtocol: (transport, port) => USUAL.get(`${transport}/${port}`),
    sameSignature: (a, b) => a.start === b.start && a.framing === b.framing,
    isFragile: (protocol) => protocol === 'modbus',
  });
}

export function fold(evidence: Iterable<Evidence>): Inventory {
  const result = inventory();
  for (const one of evidence) result.add(one);
  return result;
}

export function believe({ evidence }: Story): Inventory {
  return fold(evidence);
}
