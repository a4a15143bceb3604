import type { AddressRange } from '../../base/address.ts';
import { formatAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { md5 } from '../../base/hash.ts';
import type { PortRange, PortSet } from '../../base/port-set.ts';

const UTF8 = new TextEncoder();
const BITS = { 4: 32n, 6: 128n } as const;

/**
 * The named sets of a ruleset. Rules that ask the same share one, under a name made from what is in
 * it: thousands of anonymous interval sets take seconds to load.
 */
export class NamedSets {
  readonly #declarations = new Map<string, string>();
  /** By what is in it: the name of the map. */
  readonly #maps = new Map<string, string>();

  addresses(set: AddressSet): string {
    const kind = set[0]?.family === 6 ? 6 : 4;
    const elements = set.map(rangeText);
    return this.#share(`a${kind}`, `type ipv${kind}_addr`, elements);
  }

  ports(set: PortSet): string {
    return this.#share('t', 'type inet_service', set.map(portText));
  }

  /** `meta l4proto . th dport` */
  services(pairs: readonly { readonly protocol: number; readonly ports: PortSet }[]): string {
    const elements = pairs.flatMap(({ protocol, ports }) =>
      ports.map((range) => `${protocol} . ${portText(range)}`),
    );
    return this.#share('s', 'typeof meta l4proto . th dport', elements);
  }

  /** A set or map with a name of its own. */
  declare(name: string, text: string): string {
    this.#declarations.set(name, text);
    return name;
  }

  /**
   * A map under this name, or the one that says the same: what is in it costs as much time to load as
   * the rules.
   */
  map(
    name: string,
    type: string,
    properties: readonly string[],
    elements: readonly string[],
  ): string {
    const content = [type, ...properties, ...elements].join('\n');
    const known = this.#maps.get(content) ?? name;
    this.#maps.set(content, known);
    return this.declare(known, declared('map', known, type, properties, elements));
  }

  declarations(): readonly string[] {
    return [...this.#declarations.values()];
  }

  #share(prefix: string, type: string, elements: readonly string[]): string {
    const content = elements.join(', ');
    const name = `${prefix}_${digest(content)}`;
    if (!this.#declarations.has(name)) {
      this.#declarations.set(name, declared('set', name, type, intervals(elements), elements));
    }
    return `@${name}`;
  }
}

/** A hash where all elements are single values, which is the quickest; a tree for ranges. */
export function intervals(elements: readonly string[]): readonly string[] {
  return elements.some((element) => /[-/]/.test(element)) ? ['flags interval'] : [];
}

/** One statement a line: a `}` behind one is a syntax error in several places of 1.0.6. */
export function declared(
  kind: 'set' | 'map',
  name: string,
  type: string,
  properties: readonly string[],
  elements: readonly string[],
): string {
  const lines = [type, ...properties];
  if (elements.length > 0) lines.push(`elements = {\n\t\t\t${elements.join(',\n\t\t\t')}\n\t\t}`);
  return `\t${kind} ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function digest(text: string): string {
  const bytes = md5(UTF8.encode(text)).subarray(0, 6);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9` */
export function rangeText({ family, from, to }: AddressRange): string {
  const text = formatAddress({ family, value: from });
  if (from === to) return text;
  const size = to - from + 1n;
  const bits = BigInt(size.toString(2).length - 1);
  if (1n << bits === size && from % size === 0n) return `${text}/${BITS[family] - bits}`;
  return `${text}-${formatAddress({ family, value: to })}`;
}

export function portText({ from, to }: PortRange): string {
  return from === to ? `${from}` : `${from}-${to}`;
}
