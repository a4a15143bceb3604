import { parseAddress, parseNetwork } from '../../base/address.ts';
import { networksOf } from '../../base/address-set.ts';
import type { Need, SegmentDevice } from './segment.ts';

/**
 * IEC 62443-3-2 (zones and conduits): what controls one machine is a cell. Devices of control
 * systems that speak with each other are one, and those of one network with nobody else are one.
 *
 * @returns `ot-1` … by index of the device
 */
export function otCells(
  devices: readonly SegmentDevice[],
  isOt: readonly boolean[],
  needs: readonly Need[],
): ReadonlyMap<number, string> {
  const parent = devices.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== undefined && parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  const unite = (a: number, b: number): void => {
    const [low, high] = [root(a), root(b)].sort((x, y) => x - y);
    if (low !== undefined && high !== undefined) parent[high] = low;
  };
  const talkers = new Set<number>();
  for (const { client, server } of needs) {
    if (isOt[client] !== true || isOt[server] !== true) continue;
    unite(client, server);
    talkers.add(client).add(server);
  }
  const alone = new Map<string, number>();
  devices.forEach((device, index) => {
    if (isOt[index] !== true || talkers.has(index)) return;
    const network = networkOf(device);
    const first = alone.get(network);
    if (first === undefined) alone.set(network, index);
    else unite(first, index);
  });
  return named(devices.length, isOt, root);
}

function named(
  count: number,
  isOt: readonly boolean[],
  root: (index: number) => number,
): ReadonlyMap<number, string> {
  const numbers = new Map<number, number>();
  const cells = new Map<number, string>();
  for (let index = 0; index < count; index += 1) {
    if (isOt[index] !== true) continue;
    const at = root(index);
    const number = numbers.get(at) ?? numbers.size + 1;
    numbers.set(at, number);
    cells.set(index, `ot-${number}`);
  }
  return cells;
}

/** The usual size of a cell's network, where nobody says another. */
function networkOf({ addresses }: SegmentDevice): string {
  const address = addresses.find((text) => parseAddress(text)?.family === 4);
  const range = address === undefined ? undefined : parseNetwork(`${address}/24`);
  return range === undefined ? '' : (networksOf(range)[0] ?? '');
}
