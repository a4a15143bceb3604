import type { Condition } from './condition.ts';
import { any, equals, NEVER, test } from './condition.ts';
import { AND, LD_HALF_ABSOLUTE, LD_WORD_ABSOLUTE, statement } from './instruction.ts';

/**
 * On what a filter runs: a link type of a capture file (tcpdump.org/linktypes.html), or what the
 * Linux kernel shows to the filter of a packet socket: whole Ethernet frames without their outer VLAN
 * tag, or (`kernel-cooked`, for all interfaces together) packets without their link header.
 */
export type FilterLink = number | 'kernel-ethernet' | 'kernel-cooked';

/** Where the layers lie, after so many VLAN tags. */
export interface Link {
  readonly name: string;
  /** Offset of the network header. */
  network(tags: number): number;
  carries(etherType: number, tags: number): Condition;
  /** Whether there are Ethernet addresses (at 0 and 6). */
  readonly hasMacs: boolean;
  readonly vlan: 'in-frame' | 'beside-frame' | 'none';
}

/** linux/filter.h: offsets below 0 are what the kernel knows of a packet beside its octets. */
const ANCILLARY = -0x1000;
const OF_PROTOCOL = ANCILLARY + 0;
const OF_VLAN_TAG = ANCILLARY + 44;
const OF_VLAN_PRESENT = ANCILLARY + 48;

/** Octets of an IEEE 802.1Q tag. */
const TAG = 4;
/** IEEE 802.1Q, 802.1ad, and Cisco's older double tag. */
const TAG_TYPES = [0x8100, 0x88a8, 0x9100];

const IP4 = 0x0800;
const IP6 = 0x86dd;

const ETHERNET: Link = {
  name: 'Ethernet',
  network: (tags) => 14 + tags * TAG,
  carries: (type, tags) => equals(2, 12 + tags * TAG, type),
  hasMacs: true,
  vlan: 'in-frame',
};

/** The outermost tag lies beside the frame, so it moves nothing. */
const KERNEL_ETHERNET: Link = {
  ...ETHERNET,
  name: 'Ethernet, live',
  network: (tags) => ETHERNET.network(Math.max(0, tags - 1)),
  carries: (type, tags) => ETHERNET.carries(type, Math.max(0, tags - 1)),
  vlan: 'beside-frame',
};

const KERNEL_COOKED: Link = {
  name: 'all interfaces',
  network: () => 0,
  carries: (type) => test([statement(LD_HALF_ABSOLUTE, OF_PROTOCOL)], 'equal', type),
  hasMacs: false,
  vlan: 'none',
};

function plain(name: string, typeAt: number, network: number): Link {
  return {
    name,
    network: () => network,
    carries: (type) => equals(2, typeAt, type),
    hasMacs: false,
    vlan: 'none',
  };
}

const RAW_IP: Link = {
  ...plain('raw IP', 0, 0),
  carries: (type) => {
    if (type === IP4) return equals(1, 0, 0x40, 0xf0);
    return type === IP6 ? equals(1, 0, 0x60, 0xf0) : NEVER;
  },
};

/** AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 24 (NetBSD), 28 (FreeBSD), 30 (macOS). */
const FAMILIES: ReadonlyMap<number, readonly number[]> = new Map([
  [IP4, [2]],
  [IP6, [10, 24, 28, 30]],
]);

/** The family's number is in the byte order of the machine that captured, which is not known. */
const LOOPBACK: Link = {
  ...plain('loopback', 0, 4),
  carries: (type) => {
    const numbers = FAMILIES.get(type) ?? [];
    const loads = numbers.flatMap((one) => [equals(4, 0, one), equals(4, 0, one << 24)]);
    return loads.length === 0 ? NEVER : any(...loads);
  },
};

/** PPP (RFC 1661): 0x21 is IPv4, 0x57 IPv6. */
const PPP: Link = {
  ...plain('PPP', 2, 4),
  carries: (type) => {
    if (type === IP4) return equals(2, 2, 0x21);
    return type === IP6 ? equals(2, 2, 0x57) : NEVER;
  },
};

const SLL = plain('Linux cooked', 14, 16);
const SLL2 = plain('Linux cooked, version 2', 0, 20);

/** Nothing for a link that no filter is compiled for. */
export function linkOf(link: FilterLink): Link | undefined {
  switch (link) {
    case 'kernel-ethernet':
      return KERNEL_ETHERNET;
    case 'kernel-cooked':
      return KERNEL_COOKED;
    case 0:
    case 108:
      return LOOPBACK;
    case 1:
      return ETHERNET;
    case 9:
      return PPP;
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return RAW_IP;
    case 113:
      return SLL;
    case 276:
      return SLL2;
    default:
      return undefined;
  }
}

/** Whether there is a tag at that depth, and of that VLAN. */
export function hasTag(link: Link, depth: number, id: number | undefined): Condition {
  if (link.vlan === 'beside-frame' && depth === 0) {
    const present = test([statement(LD_WORD_ABSOLUTE, OF_VLAN_PRESENT)], 'equal', 1);
    if (id === undefined) return present;
    const load = [statement(LD_HALF_ABSOLUTE, OF_VLAN_TAG), statement(AND, 0xfff)];
    return { op: 'and', left: present, right: test(load, 'equal', id) };
  }
  const tagged = any(...TAG_TYPES.map((type) => link.carries(type, depth)));
  if (id === undefined) return tagged;
  return { op: 'and', left: tagged, right: equals(2, link.network(depth), id, 0xfff) };
}
