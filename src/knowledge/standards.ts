import type { Citation } from './dossier.ts';

/** Documents that say for every device what a number is for. */
export const IANA: Citation = {
  document: 'IANA Service Name and Transport Protocol Port Number Registry',
  date: '2025-11-14',
};
export const MDNS: Citation = { document: 'RFC 6762 section 3 (Multicast DNS)', date: '2013-02' };
export const DNS: Citation = { document: 'RFC 1035 section 4.2 (DNS)', date: '1987-11' };
export const DHCP: Citation = { document: 'RFC 2131 section 4.1 (DHCP)', date: '1997-03' };
export const NTP: Citation = { document: 'RFC 5905 section 7.2 (NTP)', date: '2010-06' };
export const LPD: Citation = { document: 'RFC 1179 section 3.1 (LPD)', date: '1990-08' };
export const COAP: Citation = { document: 'RFC 7252 sections 6.1 and 6.2 (CoAP)', date: '2014-06' };

/** Why a login in the clear is not needed, whatever the device is. */
export const UNUSED: Citation = {
  document: 'ETSI EN 303 645 V3.1.3 clause 5.6 (unused network interfaces shall be disabled)',
  date: '2024-09',
};
