import { readFileSync } from 'node:fs';
import { contains, parseAddress } from '../base/address.ts';
import { networksOf } from '../base/address-set.ts';
import type { AttachedNetwork } from '../policy/initial.ts';
import { defaultRouter } from './discover/default-router.ts';
import { isLinkLocal, links } from './discover/interfaces.ts';

/** Networks between programs of one machine: Docker's, libvirt's, LXC's, and ends of virtual cables. */
const INTERNAL = /^(?:docker|veth|virbr|lxc|lxd|podman|cni|br-[0-9a-f]{12}$)/;

/** The networks that this machine is on, and whether it carries what goes between them. */
export async function surroundings(): Promise<{
  readonly networks: readonly AttachedNetwork[];
  readonly isRouter: boolean;
}> {
  const router = parseAddress((await defaultRouter()) ?? '');
  const networks = links()
    .filter((link) => !link.loopback && !isLinkLocal(link) && !INTERNAL.test(link.name))
    .map(({ name, network }) => ({
      interface: name,
      network: networksOf(network)[0] ?? '',
      outside: router !== undefined && contains(network, router),
    }));
  const outside = new Set(networks.filter((one) => one.outside).map((one) => one.interface));
  const inside = networks.filter((one) => !outside.has(one.interface));
  return { networks, isRouter: forwards() && outside.size > 0 && inside.length > 0 };
}

/** ip-sysctl: 1 where the kernel routes for others. */
export function forwards(): boolean {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_forward', 'latin1').trim() === '1';
  } catch {
    return false;
  }
}

/** Resolvers that this machine asks, by resolv.conf(5); one on loopback stands for others. */
export function resolversOfMachine(file = '/etc/resolv.conf'): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'latin1').slice(0, 65_536);
  } catch {
    return [];
  }
  return text
    .split('\n')
    .flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((address) => parseAddress(address) !== undefined)
    .filter((address) => !address.startsWith('127.') && address !== '::1');
}
