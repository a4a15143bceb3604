import type { Certainty } from '../../model/core.ts';
import type { TableView } from './table-values.ts';
import { macFrom } from './table-values.ts';
import type { Value } from './walk.ts';

/** Where a card hangs, as a switch learnt it, in words. */
export interface Attachment {
  readonly text: string;
  /** A port with one card is that card's; one with many leads to another switch or access point. */
  readonly certainty: Certainty;
}

/** RFC 4188 dot1dTpFdbStatus: learned(3) and mgmt(5); self(4) is the switch itself. */
const LEARNED: readonly (Value | undefined)[] = [3, 5, undefined];

interface Place {
  readonly port: number;
  readonly vlan: number | undefined;
}

/** Card → the port that a switch learnt it on (RFC 4188 dot1dTpFdbTable, RFC 4363 dot1qTpFdbTable). */
export function bridgePorts(view: TableView): ReadonlyMap<string, Attachment> {
  const places = placesIn(view);
  const cards = new Map<number, number>();
  for (const { port } of places.values()) cards.set(port, (cards.get(port) ?? 0) + 1);
  const numbers = view.byIndex('dot1dBasePortIfIndex');
  return new Map(
    [...places].map(([mac, { port, vlan }]) => {
      const name = view.interfaceName(numbers.get(String(port))) ?? String(port);
      const others = (cards.get(port) ?? 1) - 1;
      const where = `port ${name} of ${view.name}`;
      const text = [
        others === 0 ? where : `behind ${where}, shared with ${others} more`,
        ...(vlan === undefined ? [] : [`VLAN ${vlan}`]),
      ].join(', ');
      return [mac, { text, certainty: others === 0 ? 'likely' : 'hint' }];
    }),
  );
}

function placesIn(view: TableView): ReadonlyMap<string, Place> {
  const status = view.byIndex('dot1qTpFdbStatus', 'dot1dTpFdbStatus');
  // The number of a filtering database is that of its VLAN only where the switch says so.
  const vlans = new Map(view.rows('dot1qVlanFdbId').map(({ index, value }) => [value, index[1]]));
  const rows = [
    ...view.rows('dot1qTpFdbPort').map((row) => ({
      ...row,
      mac: macFrom(row.index.slice(1)),
      vlan: vlans.get(row.index[0] ?? 0),
    })),
    ...view.rows('dot1dTpFdbPort').map((row) => ({
      ...row,
      mac: macFrom(row.index),
      vlan: undefined,
    })),
  ];
  const places = new Map<string, Place>();
  for (const { index, value, mac, vlan } of rows) {
    if (mac === undefined || typeof value !== 'number' || value === 0) continue;
    if (LEARNED.includes(status.get(index.join('.')))) places.set(mac, { port: value, vlan });
  }
  return places;
}
