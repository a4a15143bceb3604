import type { JsonNode, JsonObject } from './json-tree.ts';
import { ACL, ACL_TLS, BANDWIDTH, DNS, MUD, MUD_TLS, TRANSPARENCY } from './modules.ts';

const KNOWN: readonly string[] = [ACL, ACL_TLS, BANDWIDTH, DNS, MUD, MUD_TLS, TRANSPARENCY];

/**
 * A map of a document that kept to its modules, read by the local names of its members: whether a
 * module stands in front of them was looked at before.
 */
export class View {
  readonly node: JsonObject;
  readonly path: string;

  constructor(node: JsonObject, path: string) {
    this.node = node;
    this.path = path;
  }

  get at(): number {
    return this.node.at;
  }

  /** As they stand in the file. */
  get names(): readonly string[] {
    return [...this.node.members.keys()];
  }

  text(name: string): string | undefined {
    const value = this.#scalar(name);
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#scalar(name);
    return typeof value === 'number' ? value : undefined;
  }

  isTrue(name: string): boolean {
    return this.#scalar(name) === true;
  }

  has(name: string): boolean {
    return this.#member(name) !== undefined;
  }

  /** Of the member, or of the map where there is none. */
  placeOf(name: string): { readonly at: number; readonly path: string } {
    const member = this.#member(name);
    return { at: member?.[1].at ?? this.at, path: `${this.path}/${member?.[0] ?? name}` };
  }

  map(name: string): View | undefined {
    const [key, node] = this.#member(name) ?? [];
    return node?.kind === 'object' ? new View(node, `${this.path}/${key}`) : undefined;
  }

  list(name: string): readonly View[] {
    const [key, node] = this.#member(name) ?? [];
    if (node?.kind !== 'array') return [];
    return node.items.flatMap((item, index) =>
      item.kind === 'object' ? [new View(item, `${this.path}/${key}[${index}]`)] : [],
    );
  }

  texts(name: string): readonly string[] {
    return this.#values(name).filter((value) => typeof value === 'string');
  }

  numbers(name: string): readonly number[] {
    return this.#values(name).filter((value) => typeof value === 'number');
  }

  #values(name: string): readonly unknown[] {
    const [, node] = this.#member(name) ?? [];
    if (node?.kind !== 'array') return [];
    return node.items.flatMap((item) => (item.kind === 'scalar' ? [item.value] : []));
  }

  #scalar(name: string): unknown {
    const [, node] = this.#member(name) ?? [];
    return node?.kind === 'scalar' ? node.value : undefined;
  }

  #member(name: string): readonly [string, JsonNode] | undefined {
    for (const member of this.node.members) {
      if (localName(member[0]) === name) return member;
    }
    return undefined;
  }
}

/** Without the module in front; what a module adds that is not known keeps it. */
export function localName(name: string): string {
  const colon = name.indexOf(':');
  return KNOWN.includes(name.slice(0, Math.max(colon, 0))) ? name.slice(colon + 1) : name;
}
