import type { Robustness, Transport } from '../../model/core.ts';
import type { Known } from './scan-types.ts';

/** How a device is treated now; it is asked anew after each piece of evidence about it. */
export interface Treatment {
  readonly robustness: Robustness;
  readonly category: string;
  readonly reason: string;
}

/**
 * Open, these say "controller" before anybody has answered: COTP, Modbus, Niagara Fox, IEC 104,
 * OPC UA, FINS, DNP3, EtherNet/IP, BACnet (IANA; vendors' manuals).
 */
export const CONTROLLER_PORTS: readonly number[] = [
  102, 502, 1911, 2404, 4840, 9600, 20_000, 44_818, 47_808,
];

/** LPD, IPP and raw printing. */
export const PRINTER_PORTS: readonly number[] = [515, 631, 9100];

/** Asked first, since what is open there decides how all others are asked. */
export const TELLING_PORTS: readonly number[] = [...CONTROLLER_PORTS, ...PRINTER_PORTS];

/** The ports that are open count only where nobody knows better. */
export function treatmentOf(known: Known, open: ReadonlySet<number>): Treatment {
  const { robustness, category, reason } = known;
  if (robustness !== 'unknown') return { robustness, category, reason };
  const controller = CONTROLLER_PORTS.find((port) => open.has(port));
  if (controller !== undefined) {
    const why = `tcp/${controller} is open, where controllers listen`;
    return { robustness: 'fragile', category: 'industrial', reason: why };
  }
  const printer = PRINTER_PORTS.find((port) => open.has(port));
  if (printer !== undefined) {
    const why = `tcp/${printer} is open, where printers listen`;
    return { robustness: 'fragile', category: 'printer', reason: why };
  }
  return { robustness, category, reason };
}

/**
 * Ports on which each byte may be printed: raw printing (nmap leaves out 9100-9107 too), LPD, and
 * on printers 2000-2002. They are seen to be open and nothing is said, not even TLS's hello.
 */
export function mustStaySilent(transport: Transport, port: number, treatment: Treatment): boolean {
  if (transport !== 'tcp') return false;
  const { robustness, category } = treatment;
  const isPrinter = category === 'printer';
  if (port >= 2000 && port <= 2002) return isPrinter;
  const isPrintPort = (port >= 9100 && port <= 9107) || port === 515;
  return isPrintPort && (isPrinter || category === 'unknown' || robustness !== 'robust');
}
