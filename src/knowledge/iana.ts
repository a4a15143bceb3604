/**
 * IANA's Service Name and Transport Protocol Port Number Registry, from the packed table
 * `data/iana-ports.tsv` (snapshot of 2025-11-14): port or range, transport, service name,
 * description, reference, registered, modified; tab-separated, `#` starts a comment.
 */
export interface Registration {
  readonly from: number;
  readonly to: number;
  readonly transport: string;
  /** Empty where the number is reserved and has no name. */
  readonly service: string;
  readonly description: string;
  /** `RFC7252`; empty where the registry names none. */
  readonly reference: string;
  readonly registered: string;
  readonly modified: string;
}

export const IANA_SNAPSHOT = '2025-11-14';

export interface PortRegistry {
  /** Every registration that holds the port; several where transports or names share it. */
  lookup(port: number, transport?: string): readonly Registration[];
  /** How many numbers of an inclusive range have an assigned name over any transport. */
  named(from: number, to: number): number;
}

export function portRegistry(table: string): PortRegistry {
  const single = new Map<number, Registration[]>();
  const ranges: Registration[] = [];
  for (const line of table.split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    if (entry.from !== entry.to) ranges.push(entry);
    else single.set(entry.from, [...(single.get(entry.from) ?? []), entry]);
  }
  const lookup = (port: number, transport?: string): readonly Registration[] =>
    [
      ...(single.get(port) ?? []),
      ...ranges.filter(({ from, to }) => from <= port && port <= to),
    ].filter((entry) => transport === undefined || entry.transport === transport);
  return {
    lookup,
    named: (from, to) => {
      let count = 0;
      for (let port = from; port <= to; port += 1) {
        if (lookup(port).some(({ service }) => service !== '')) count += 1;
      }
      return count;
    },
  };
}

function parseLine(line: string): Registration | undefined {
  const [ports = '', transport = '', service = '', description = '', reference = '', ...dates] =
    line.split('\t');
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
  if (match === null) return undefined;
  return {
    from: Number(match[1]),
    to: Number(match[2] ?? match[1]),
    transport,
    service,
    description,
    reference: reference.replaceAll(/[[\]]/g, ' ').trim().replaceAll(/\s+/g, ' '),
    registered: dates[0] ?? '',
    modified: dates[1] ?? '',
  };
}
