import type { Target } from '../target.ts';
import { parse } from './parse/parse.ts';
import { render } from './render.ts';
import { unsupported } from './unsupported.ts';

export const nftables = {
  id: 'nftables',
  title: 'nftables',
  sources: ['nft(8), nftables 1.0.6', 'libnftables-json(5)', 'Linux 6.1, net/netfilter'],
  capabilities: {
    ordered: true,
    names: true,
    rates: true,
    connectionLimits: true,
    stateful: true,
    macs: true,
    ipv6: true,
    log: true,
    nat: true,
    counters: true,
    paths: ['routed', 'bridged', 'local'],
    trial: true,
  },
  unsupported,
  render,
  parse,
} as const satisfies Target;
