/** What a filter says, before it is known on what link it runs. */
export type Expression =
  | { readonly op: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'not'; readonly operand: Expression }
  | { readonly op: 'primitive'; readonly primitive: Primitive; readonly tags: Tags };

/**
 * `vlan` words that stand to the left of a primitive. As with libpcap each one moves everything
 * after it behind one more tag (pcap-filter(7), `vlan`).
 */
export type Tags = number;

export type Way = 'source' | 'destination' | 'either' | 'both';
export type HostProtocol = 'any' | 'ip' | 'ip6' | 'arp' | 'rarp';
export type PortProtocol = 'any' | 'tcp' | 'udp' | 'sctp';

export type Primitive =
  | {
      readonly kind: 'host';
      readonly over: HostProtocol;
      readonly way: Way;
      readonly family: 4 | 6;
      readonly value: bigint;
      readonly mask: bigint;
    }
  | { readonly kind: 'mac'; readonly way: Way; readonly mac: bigint }
  | {
      readonly kind: 'port';
      readonly over: PortProtocol;
      readonly way: Way;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'ether-type'; readonly type: number }
  /** IP protocol number; `any` is IPv4 or IPv6. */
  | { readonly kind: 'ip-protocol'; readonly over: 'any' | 'ip' | 'ip6'; readonly number: number }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'multicast'; readonly over: 'ether' | 'ip' | 'ip6' }
  | { readonly kind: 'vlan'; readonly id: number | undefined }
  | {
      readonly kind: 'relation';
      readonly relation: Relation;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** Layers whose octets an expression may look at: `tcp[13]`. */
export type Layer = 'ether' | 'arp' | 'rarp' | 'ip' | 'ip6' | 'icmp' | 'icmp6' | IpLayer;
export type IpLayer = 'tcp' | 'udp' | 'sctp' | 'igmp' | 'pim';

export type Arithmetic =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'length' }
  | { readonly kind: 'negative'; readonly operand: Arithmetic }
  | {
      readonly kind: 'octets';
      readonly layer: Layer;
      readonly index: Arithmetic;
      readonly size: 1 | 2 | 4;
    }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  esp: 50,
  ah: 51,
  icmp6: 58,
  pim: 103,
  vrrp: 112,
  sctp: 132,
};

export const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ip6: 0x86dd,
};
