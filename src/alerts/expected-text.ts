import type { Expectation } from '../model/alert.ts';
import type { Names } from './names.ts';

/** `port_scan_vertical by "NAS" (…) with 192.0.2.1 at port 22`. */
export function expectedText({ type, device, peer, port }: Expectation, names: Names): string {
  return [
    type ?? 'anything that is not critical',
    ...(device === undefined ? ['by any device'] : [`by ${names.text(device)}`]),
    ...(peer === undefined ? [] : [`with ${names.text(peer)}`]),
    ...(port === undefined ? [] : [`at port ${port}`]),
  ].join(' ');
}
