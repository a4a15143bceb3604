import type { Target } from '../target.ts';
import { parse } from './parse/parse.ts';
import { render } from './render.ts';
import { unsupported } from './unsupported.ts';

export const iptables = {
  id: 'iptables',
  title: 'iptables, ip6tables and ipset',
  sources: [
    'iptables(8), iptables-extensions(8), iptables-restore(8), 1.8.9',
    'ipset(8), 7.17',
    'Linux 6.1, net/netfilter/xt_*.c',
  ],
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
    paths: ['routed', 'local'],
    trial: true,
  },
  unsupported,
  render,
  parse,
} as const satisfies Target;
