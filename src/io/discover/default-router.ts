import { readFile } from 'node:fs/promises';
import { procAddress } from './loopback.ts';

/** RTF_GATEWAY (Linux include/uapi/linux/route.h). */
const GATEWAY = 0x2;

/** The router of this machine's IPv4 default route, from the kernel's own table. */
export async function defaultRouter(): Promise<string | undefined> {
  return routerIn(await readFile('/proc/net/route', 'latin1').catch(() => ''));
}

/** Of a table as in `/proc/net/route`; the route with the lowest metric counts. */
export function routerIn(table: string): string | undefined {
  const routes = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, to, , flags, , , , mask]) => {
      const isDefault = to === '00000000' && mask === '00000000';
      return isDefault && (Number.parseInt(flags ?? '', 16) & GATEWAY) !== 0;
    })
    .sort((a, b) => Number(a[6]) - Number(b[6]));
  const [, , gateway = ''] = routes[0] ?? [];
  return gateway === '' ? undefined : procAddress(`${gateway}:`);
}
