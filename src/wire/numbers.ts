/** Link types: tcpdump.org/linktypes.html. */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_RAW = 101;

/** EtherTypes: IANA, "IEEE 802 Numbers". */
export const ETHER_IPV4 = 0x0800;
export const ETHER_ARP = 0x0806;
export const ETHER_BRIDGED = 0x6558;
export const ETHER_IPV6 = 0x86dd;
export const ETHER_PPP = 0x880b;
/** Not known, or none: what follows is an IEEE 802.2 header or something of the link's own. */
export const ETHER_UNKNOWN = 0;

/** IP protocol numbers: IANA, "Assigned Internet Protocol Numbers". */
export const IP_ICMP = 1;
export const IP_IPV4 = 4;
export const IP_TCP = 6;
export const IP_UDP = 17;
export const IP_IPV6 = 41;
export const IP_GRE = 47;
export const IP_ICMPV6 = 58;
export const IP_SCTP = 132;
export const IP_UDP_LITE = 136;
