import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../base/errors.ts';
import { jsonList } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** How often, and after how many milliseconds each, the counters are looked at. */
const SAMPLES = 10;
const BETWEEN = 100;
const BARS = '▁▂▃▄▅▆▇█';

interface Interface {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Received and sent in each interval. */
  readonly packets: readonly number[];
}

/** The interfaces of this machine, and what passes there during a second. */
export async function listInterfaces(shell: Shell): Promise<number> {
  const looks = [counters()];
  while (looks.length <= SAMPLES && !shell.stop.aborted) {
    await sleep(BETWEEN);
    looks.push(counters());
  }
  const found = [...(looks.at(-1) ?? new Map()).keys()].map((name) => ({
    name,
    addresses: addressesOf(name),
    packets: looks
      .slice(1)
      .map((look, index) => (look.get(name) ?? 0) - (looks[index]?.get(name) ?? 0)),
  }));
  if (shell.json) {
    shell.out(jsonList(shell, 'interfaces', found));
    return 0;
  }
  shell.out(
    table<Interface>(
      shell,
      [
        { title: 'Interface', value: ({ name }) => name },
        { title: 'Packets/s', value: ({ packets }) => sum(packets), align: 'right' },
        { title: 'Last second', value: ({ packets }) => sparkline(packets), rank: 1 },
        { title: 'Addresses', value: ({ addresses }) => addresses.join(' ') },
      ],
      found,
    ),
  );
  shell.hint('All together: portolan watch -i any');
  return 0;
}

/**
 * Where nobody said: the interface with the most traffic so far that is not the loopback.
 *
 * @throws PortolanError E_NETWORK where there is none
 */
export function usualInterface(): string {
  const ranked = [...counters()].filter(([name]) => name !== 'lo').sort(([, a], [, b]) => b - a);
  const [first] = ranked;
  if (first !== undefined) return first[0];
  throw new PortolanError('E_NETWORK', 'There is no interface to listen on', {
    remedy: 'Name one: portolan watch -i IF; or read a capture: portolan watch -r FILE',
  });
}

/** Packets received and sent, by interface: proc_net_dev(5). Empty on systems without it. */
function counters(): Map<string, number> {
  let text = '';
  try {
    text = readFileSync('/proc/thread-self/net/dev', 'utf8');
  } catch {
    return new Map(Object.keys(networkInterfaces()).map((name) => [name, 0]));
  }
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, numbers] = line.split(':');
      if (name === undefined || numbers === undefined) return [];
      const columns = numbers.trim().split(/\s+/).map(Number);
      return [[name.trim(), (columns[1] ?? 0) + (columns[9] ?? 0)]];
    }),
  );
}

function addressesOf(name: string): readonly string[] {
  return (networkInterfaces()[name] ?? []).map(({ cidr, address }) => cidr ?? address);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function sparkline(numbers: readonly number[]): string {
  const most = Math.max(...numbers);
  if (most <= 0) return '';
  return numbers.map((one) => BARS[Math.round((one / most) * (BARS.length - 1))] ?? '').join('');
}
