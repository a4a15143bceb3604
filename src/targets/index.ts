import { registry } from '../base/registry.ts';
import { ios } from './ios/ios.ts';
import { iptables } from './iptables/iptables.ts';
import { nftables } from './nftables/nftables.ts';
import { openwrt } from './openwrt/openwrt.ts';
import { pf } from './pf/pf.ts';
import { routeros } from './routeros/routeros.ts';

/** Firewalls that a policy can be rendered for; the first is what is used where nothing is said. */
export const targets = registry([nftables, iptables, openwrt, pf, routeros, ios]);

export type TargetId = (typeof targets.all)[number]['id'];
