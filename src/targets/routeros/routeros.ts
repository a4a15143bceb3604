import type { Target } from '../target.ts';
import { parse } from './parse.ts';
import { render } from './render.ts';
import { unsupported } from './unsupported.ts';

export const routeros = {
  id: 'routeros',
  title: 'RouterOS 7',
  sources: [
    'MikroTik RouterOS documentation: Filter, NAT, Address-lists, Common Firewall Matchers and Actions',
    'MikroTik RouterOS documentation: Scripting, Configuration Management (import, export, safe mode)',
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
