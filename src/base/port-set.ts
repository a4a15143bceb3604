/** Inclusive range of port numbers. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Sorted, disjoint, non-adjacent ranges of 0..65535. */
export type PortSet = readonly PortRange[];

/** Sorts and joins ranges that touch or overlap. */
export function portSet(ranges: Iterable<PortRange>): PortSet {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

export function portsOf(numbers: Iterable<number>): PortSet {
  return portSet(Array.from(numbers, (port) => ({ from: port, to: port })));
}

export function hasPort(set: PortSet, port: number): boolean {
  return set.some(({ from, to }) => from <= port && port <= to);
}

export function portCount(set: PortSet): number {
  return set.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

export function* eachPort(set: PortSet): Generator<number> {
  for (const { from, to } of set) for (let port = from; port <= to; port += 1) yield port;
}

/** `22,80,8000-9000`: the form of nmap's `-p` and of the store. */
export function formatPorts(set: PortSet): string {
  return set.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Reads what `formatPorts` wrote; anything else is undefined. */
export function parsePorts(text: string): PortSet | undefined {
  if (text === '') return [];
  const ranges: PortRange[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (from > to || to > 65_535) return undefined;
    ranges.push({ from, to });
  }
  return portSet(ranges);
}
