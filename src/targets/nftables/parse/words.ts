/** IANA protocol numbers under the names of /etc/protocols that nft prints. */
export const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  ospf: 89,
  ospfigp: 89,
  comp: 108,
  ipcomp: 108,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
};

/** Services that people write by name in rules; nft prints numbers. IANA service names. */
export const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  http: 80,
  ntp: 123,
  snmp: 161,
  https: 443,
  'dhcpv6-client': 546,
  'dhcpv6-server': 547,
  mdns: 5353,
};

/** nft(8), ICMP HEADER EXPRESSION; RFC 792. */
export const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
};

/** nft(8), ICMPV6 HEADER EXPRESSION; RFC 4443, RFC 4861, RFC 2710, RFC 3810. */
export const ICMPV6_TYPES: Readonly<Record<string, number>> = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
};

/** Bits of NF_CT_STATE_BIT (linux/netfilter/nf_conntrack_common.h), as `nft -n` prints them. */
export const STATE_BITS = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
} as const;

/** IPS_DST_NAT */
export const TRANSLATED_BIT = 0x20;

/** Standard priorities, nft(8). */
export const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** A number in decimal or hexadecimal, or a name from a table. */
export function numberOf(
  text: string,
  names: Readonly<Record<string, number>> = {},
): number | undefined {
  if (/^(\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text)) return Number(text);
  return Object.hasOwn(names, text) ? names[text] : undefined;
}
