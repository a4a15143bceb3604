import { nftables } from '../nftables/nftables.ts';
import { unsupported } from '../nftables/unsupported.ts';
import type { Target } from '../target.ts';
import { parse } from './parse.ts';
import { render } from './render.ts';

export const openwrt = {
  id: 'openwrt',
  title: 'OpenWrt (fw4)',
  sources: [
    'OpenWrt firewall4, ruleset.uc and fw4.uc: what a UCI section becomes, and where includes go',
    'OpenWrt dnsmasq.init: config ipset',
    'uci(1), nft(8)',
  ],
  // The same engine, in a table of our own.
  capabilities: nftables.capabilities,
  unsupported,
  render,
  parse,
} as const satisfies Target;
