import { visible } from '../../base/untrusted.ts';
import type { JsonNode, JsonObject } from './json-tree.ts';
import type { YangType } from './yang-types.ts';

/** A data node of a YANG module; `module` is that of the node around it where nothing is said. */
export type YangNode =
  | { readonly kind: 'leaf' | 'leaf-list'; readonly type: YangType; readonly module?: string }
  | (Children & { readonly kind: 'container' })
  | (Children & { readonly kind: 'list'; readonly key: string });

interface Children {
  readonly module?: string;
  readonly children: Readonly<Record<string, YangNode>>;
  /** Names that have to be there. */
  readonly needs?: readonly string[];
  /** Alternatives (YANG `choice`): names of two lists must not occur together. */
  readonly choices?: readonly (readonly (readonly string[])[])[];
  /** What the module's `must` says: what is wrong, as the end of a sentence. */
  readonly must?: (node: JsonObject) => string | undefined;
}

export interface Fault {
  readonly level: 'error' | 'warning';
  readonly code: 'yang' | 'unknown-extension';
  readonly path: string;
  readonly at: number;
  readonly message: string;
}

const LIST = 'has to be a list in [ ]';
const MAP = 'has to be a map in { }';
/** Faults that are listed; a file of another kind has thousands. */
const MOST = 100;

/**
 * Whether a document keeps to its modules, node by node (RFC 7950 §8, RFC 7951 §4): names, types,
 * what is mandatory, keys of lists. What a module that is not known adds is told, and is no fault.
 */
export function yangFaults(root: JsonObject, top: Readonly<Record<string, YangNode>>): Fault[] {
  const walk = new Walk(top);
  walk.members('', root, { children: top }, undefined);
  return walk.faults;
}

class Walk {
  readonly faults: Fault[] = [];
  readonly #modules: ReadonlySet<string>;

  constructor(top: Readonly<Record<string, YangNode>>) {
    this.#modules = new Set(Object.values(top).flatMap((node) => modulesOf(node)));
  }

  members(path: string, node: JsonObject, schema: Children, module: string | undefined): void {
    const seen = new Set<string>();
    for (const [name, value] of node.members) {
      const found = childOf(schema, module, name);
      const here = `${path}/${pathName(name)}`;
      if (found === undefined) {
        this.#unknown(here, name, value.at);
        continue;
      }
      if (seen.has(found.local)) this.#error(here, value.at, 'stands here twice');
      seen.add(found.local);
      this.#node(here, value, found.node, found.node.module ?? module);
    }
    for (const why of constraintFaults(node, schema, module)) this.#error(path, node.at, why);
  }

  #node(path: string, value: JsonNode, schema: YangNode, module: string | undefined): void {
    switch (schema.kind) {
      case 'leaf':
        this.#leaf(path, value, schema.type);
        break;
      case 'leaf-list':
        if (value.kind !== 'array') this.#error(path, value.at, LIST);
        else for (const item of value.items) this.#leaf(path, item, schema.type);
        break;
      case 'container':
        if (value.kind !== 'object') this.#error(path, value.at, MAP);
        else this.members(path, value, schema, module);
        break;
      case 'list':
        this.#list(path, value, schema, module);
        break;
    }
  }

  #leaf(path: string, value: JsonNode, type: YangType): void {
    const why = type(value);
    if (why !== undefined) this.#error(path, value.at, why);
  }

  #list(
    path: string,
    value: JsonNode,
    schema: YangNode & { kind: 'list' },
    module: string | undefined,
  ): void {
    if (value.kind !== 'array') {
      this.#error(path, value.at, LIST);
      return;
    }
    const keys = new Set<string>();
    for (const [index, item] of value.items.entries()) {
      const here = `${path}[${index}]`;
      if (item.kind !== 'object') {
        this.#error(here, item.at, MAP);
        continue;
      }
      this.members(here, item, { ...schema, needs: [schema.key, ...(schema.needs ?? [])] }, module);
      const key = textOf(item.members.get(schema.key));
      if (key === undefined) continue;
      if (keys.has(key))
        this.#error(here, item.at, `another of this list has the same ${schema.key}`);
      keys.add(key);
    }
  }

  #unknown(path: string, name: string, at: number): void {
    const [module, local] = name.split(':', 2);
    if (local === undefined || module === undefined || this.#modules.has(module)) {
      this.#error(
        path,
        at,
        'there is no such node; one of another module needs "module:" in front',
      );
    } else {
      const message = 'belongs to an extension that is not known here, and is not looked at';
      this.#add({ level: 'warning', code: 'unknown-extension', path, at, message });
    }
  }

  #error(path: string, at: number, message: string): void {
    this.#add({ level: 'error', code: 'yang', path, at, message });
  }

  #add(fault: Fault): void {
    if (this.faults.length < MOST) this.faults.push(fault);
  }
}

/** What is mandatory, what excludes each other, and the module's `must`. */
function constraintFaults(
  node: JsonObject,
  schema: Children,
  module: string | undefined,
): readonly string[] {
  const has = (name: string): boolean => memberOf(node, schema, module, name);
  const missing = (schema.needs ?? []).filter((need) => !has(need));
  const clashes = (schema.choices ?? [])
    .map((cases) => cases.filter((names) => names.some(has)))
    .filter((used) => used.length > 1);
  const must = schema.must?.(node);
  return [
    ...missing.map((need) => `"${need}" is missing`),
    ...clashes.map((used) => `only one of these may be there: ${used.flat().join(', ')}`),
    ...(must === undefined ? [] : [must]),
  ];
}

function modulesOf(node: YangNode): string[] {
  const own = node.module === undefined ? [] : [node.module];
  if (!('children' in node)) return own;
  return [...own, ...Object.values(node.children).flatMap((child) => modulesOf(child))];
}

/** RFC 7951 §4: a name stands alone where its module is that of the node around it. */
function childOf(
  schema: Children,
  module: string | undefined,
  name: string,
): { readonly node: YangNode; readonly local: string } | undefined {
  const colon = name.indexOf(':');
  const [prefix, local] =
    colon === -1 ? [module, name] : [name.slice(0, colon), name.slice(colon + 1)];
  const node: YangNode | undefined = Object.hasOwn(schema.children, local)
    ? schema.children[local]
    : undefined;
  return node !== undefined && (node.module ?? module) === prefix ? { node, local } : undefined;
}

function memberOf(
  node: JsonObject,
  schema: Children,
  module: string | undefined,
  name: string,
): boolean {
  const child = Object.hasOwn(schema.children, name) ? schema.children[name] : undefined;
  const own = child?.module ?? module ?? '';
  return node.members.has(`${own}:${name}`) || (own === (module ?? '') && node.members.has(name));
}

function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** A name from the file, in a path that is printed. */
function pathName(name: string): string {
  return visible(name.slice(0, 80));
}
