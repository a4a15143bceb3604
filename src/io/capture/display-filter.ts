import type { SliceSubject } from './slice.ts';

/** Addresses are ours (canonical) and the rest are numbers: nothing foreign gets into it. */
export function displayFilter({ addresses, macs, transport, port }: SliceSubject): string {
  const ends = [
    ...addresses.map((one) => {
      const bare = one.replace(/%.*$/, '');
      return bare.includes(':') ? `ipv6.addr == ${bare}` : `ip.addr == ${bare}`;
    }),
    ...macs.map((mac) => `eth.addr == ${mac}`),
  ];
  const whose = ends.length > 1 ? `(${ends.join(' || ')})` : (ends[0] ?? 'frame');
  return port === undefined || transport === undefined
    ? whose
    : `${whose} && ${transport}.port == ${port}`;
}
