import { contains, formatAddress, parseAddress } from '../../base/address.ts';
import type { Link } from './interfaces.ts';
import { isLinkLocal, ownAddress } from './interfaces.ts';
import type { Job } from './job.ts';
import { canonical } from './recorder.ts';
import { runTool } from './run-tool.ts';
import { sweep } from './sweep.ts';

/** Seconds for which it asks, once a second. */
const SECONDS = 2;

/**
 * Finds IPv6 devices without trying addresses; resolves to false where that is not possible. An echo request to all nodes of the link (ff02::1,
 * RFC 4291 §2.7.1), by the system's `ping`, which may do it without rights. Asked from each of our
 * own addresses, since a device answers from the address that fits (RFC 6724): link-local to
 * link-local, global to global.
 */
export async function echoAllNodes(links: readonly Link[], job: Job): Promise<boolean> {
  const usable: boolean[] = [];
  for (const link of links) usable.push(await echo(link, job));
  return !usable.includes(false);
}

async function echo(link: Link, job: Job): Promise<boolean> {
  const { signal } = job.context;
  await job.pacer.turn(SECONDS + 1, signal);
  const source = isLinkLocal(link) ? link.name : link.address;
  const argv = ['-6', '-n', '-w', String(SECONDS), '-I', source, `ff02::1%${link.name}`];
  const result = await runTool('ping', argv, { milliseconds: (SECONDS + 2) * 1000, signal });
  if (result?.status !== 0 && result?.status !== 1) return false;
  for (const address of echoSenders(result.output, link)) {
    if (address !== ownAddress(link)) job.recorder.present(address, 'icmp');
  }
  return true;
}

/** `64 bytes from fe80::1%eth0: icmp_seq=1 …`, of iputils and of BusyBox (which leaves out the zone). */
export function echoSenders(output: string, link: Link): ReadonlySet<string> {
  const senders = new Set<string>();
  for (const line of output.split('\n')) {
    const [, from = ''] = /^\d+ bytes from (\S+)/.exec(line) ?? [];
    const bare = from.replace(/:$/, '').split('%', 1)[0] ?? '';
    const address = parseAddress(bare);
    if (address?.family !== 6) continue;
    const text = formatAddress(address);
    senders.add(address.value >> 118n === 0x3fan ? canonical(`${text}%${link.name}`) : text);
  }
  return senders;
}

/**
 * Link-local addresses that follow from the MACs already seen (modified EUI-64, RFC 4291
 * appendix A): most small devices still form theirs so.
 */
export async function pokeDerived(links: readonly Link[], job: Job): Promise<void> {
  job.context.note('ping cannot ask all IPv6 nodes here: looking for them by their MAC instead');
  const macs = new Set([...job.recorder.result().values()].map(({ mac }) => mac));
  const addresses = links
    .filter(isLinkLocal)
    .flatMap((link) => [...macs].map((mac) => (mac === undefined ? undefined : eui64(mac, link))))
    .filter((address) => address !== undefined);
  await sweep(addresses, job);
}

export function eui64(mac: string, link: Link): string | undefined {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const host = [a ^ 0x02, b, c, 0xff, 0xfe, d, e, f];
  const value = host.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const address = { family: 6, value: (0xfe80n << 112n) + value } as const;
  if (!contains(link.network, address)) return undefined;
  return `${formatAddress(address)}%${link.name}`;
}
