import { attributes, isTitled, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** LuCI is on whatever was built from OpenWrt, whoever sold it. */
export const openwrt = {
  id: 'openwrt',
  title: 'OpenWrt (LuCI)',
  sources: ['OpenWrt documentation, LuCI web interface: uhttpd with /cgi-bin/luci'],
  suspects: (root) =>
    mentions(root, 'cgi-bin/luci', 'luci - lua configuration interface') || isTitled(root, 'luci')
      ? 'named'
      : 'no',
  root: () => attributes({ vendor: 'OpenWrt', kind: 'router', os: 'Linux' }),
} as const satisfies HttpFamily;
