import type { FlowPicture, PictureLink, PictureNode } from '../../../../src/model/api/flows.ts';

/** In units of the drawing, which are CSS pixels at full size. */
export const NODE = { width: 196, height: 28, gap: 14, between: 100, head: 30, margin: 8 } as const;

export interface Place {
  readonly node: PictureNode;
  readonly x: number;
  readonly y: number;
}

export interface Curve {
  readonly link: PictureLink;
  readonly path: string;
  /** Stroke width, 1 to 6: by order of magnitude of the bytes. */
  readonly width: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly zones: readonly { readonly zone: string; readonly x: number; readonly folded: number }[];
  readonly places: readonly Place[];
  readonly curves: readonly Curve[];
}

/**
 * Columns of zones from left to right, rows as the server gives them: nothing moves by itself, so a
 * device is where it was yesterday.
 */
export function layoutOf({ nodes, links, folded }: FlowPicture): Layout {
  const places = nodes.map((node) => ({
    node,
    x: NODE.margin + node.column * (NODE.width + NODE.between),
    y: NODE.head + node.row * (NODE.height + NODE.gap),
  }));
  const byId = new Map(places.map((place) => [place.node.id, place]));
  const curves = links.flatMap((link) => {
    const [from, to] = [byId.get(link.from), byId.get(link.to)];
    if (from === undefined || to === undefined) return [];
    return [{ link, path: curve(from, to), width: strokeOf(link.bytes) }];
  });
  const columns = Math.max(0, ...nodes.map((node) => node.column)) + 1;
  const rows = Math.max(0, ...nodes.map((node) => node.row)) + 1;
  return {
    width: 2 * NODE.margin + columns * NODE.width + (columns - 1) * NODE.between,
    height: NODE.head + rows * (NODE.height + NODE.gap) + NODE.margin,
    zones: zonesOf(places, folded),
    places,
    curves,
  };
}

function zonesOf(places: readonly Place[], folded: FlowPicture['folded']): Layout['zones'] {
  const counts = new Map(folded.map(({ zone, count }) => [zone, count]));
  const xOf = new Map<string, number>();
  for (const { node, x } of places) xOf.set(node.zone, Math.min(x, xOf.get(node.zone) ?? x));
  return [...xOf].map(([zone, x]) => ({ zone, x, folded: counts.get(zone) ?? 0 }));
}

/** From the side that faces the other end; within one column by a bow on the right. */
function curve(from: Place, to: Place): string {
  const middle = NODE.height / 2;
  const [fromY, toY] = [from.y + middle, to.y + middle];
  if (from.x === to.x) {
    const right = from.x + NODE.width;
    const bow = right + NODE.between * 0.45;
    return `M${right} ${fromY}C${bow} ${fromY} ${bow} ${toY} ${right} ${toY}`;
  }
  const forward = to.x > from.x;
  const startX = forward ? from.x + NODE.width : from.x;
  const endX = forward ? to.x : to.x + NODE.width;
  const half = (startX + endX) / 2;
  // Past other columns between two rows, not behind their nodes; a curve goes 3/4 of the way there.
  const isPast = Math.abs(from.node.column - to.node.column) > 1;
  const aside = isPast ? ((NODE.height + NODE.gap) / 2) * (4 / 3) : 0;
  const [bendFrom, bendTo] = [fromY + aside, toY + aside];
  return `M${startX} ${fromY}C${half} ${bendFrom} ${half} ${bendTo} ${endX} ${toY}`;
}

function strokeOf(bytes: number): number {
  return Math.min(6, Math.max(1, Math.log10(Math.max(1, bytes)) - 2));
}
