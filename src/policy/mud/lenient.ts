import type { JsonArray, JsonNode, JsonObject, JsonScalar } from './json-tree.ts';
import { ACL, DNS, MUD } from './modules.ts';

export interface Rewrite {
  readonly at: number;
  readonly message: string;
}

export interface Rewritten {
  readonly root: JsonNode;
  readonly rewrites: readonly Rewrite[];
}

/** Names of drafts before RFC 8519 and RFC 8520 (March 2019), by the name of the map around them. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': { [`${ACL}:access-lists`]: `${ACL}:acls`, [`${ACL}:access-list`]: `${ACL}:acls` },
  acl: { 'acl-name': 'name', 'acl-type': 'type', 'access-list-entries': 'aces' },
  'access-list': { 'acl-name': 'name' },
  ace: { 'rule-name': 'name' },
  matches: { mud: `${MUD}:mud`, 'ipv4-acl': 'ipv4', 'ipv6-acl': 'ipv6', 'tcp-acl': 'tcp' },
  ipv4: dnsNames(),
  ipv6: dnsNames(),
  tcp: { 'direction-initiated': `${MUD}:direction-initiated`, ...portNames() },
  udp: portNames(),
};

function dnsNames(): Readonly<Record<string, string>> {
  return { 'src-dnsname': `${DNS}:src-dnsname`, 'dst-dnsname': `${DNS}:dst-dnsname` };
}

function portNames(): Readonly<Record<string, string>> {
  return {
    'source-port-range-or-operator': 'source-port',
    'destination-port-range-or-operator': 'destination-port',
  };
}

/** Gone in the standard: an ACL's type is not repeated where the ACL is named. */
const DROPPED: Readonly<Record<string, readonly string[]>> = { 'access-list': ['acl-type'] };
const EMPTY = ['same-manufacturer', 'local-networks', 'my-controller'];
const TYPES: Readonly<Record<string, string>> = {
  'ipv4-acl': 'ipv4-acl-type',
  'ipv6-acl': 'ipv6-acl-type',
};

/** Forms from before 2019, which many files in the field still have, as the standard writes them. */
export function rewriteOldForms(root: JsonNode): Rewritten {
  const rewriter = new Rewriter();
  return { root: rewriter.node('', root), rewrites: rewriter.rewrites };
}

class Rewriter {
  readonly rewrites: Rewrite[] = [];

  /** The depth was bounded when the text was read. */
  node(name: string, node: JsonNode): JsonNode {
    if (EMPTY.includes(bare(name))) return this.#empty(name, node);
    switch (node.kind) {
      case 'object':
        return this.#object(bare(name), node);
      case 'array':
        return { ...node, items: node.items.map((item) => this.node(name, item)) };
      case 'scalar':
        return this.#scalar(bare(name), node);
    }
  }

  #object(name: string, node: JsonObject): JsonObject {
    const members = new Map<string, JsonNode>();
    for (const [key, value] of this.#flattened(name, node)) {
      if (DROPPED[name]?.includes(key)) {
        this.#say(value.at, `"${key}" is left out`);
        continue;
      }
      const renamed = RENAMED[name]?.[key] ?? key;
      if (renamed !== key) this.#say(value.at, `"${key}" is read as "${renamed}"`);
      if (!members.has(renamed)) members.set(renamed, this.node(renamed, value));
    }
    if (name === 'actions') this.#action(members);
    const isMud = name === 'mud' && members.has('mud-url');
    if (isMud && !members.has('mud-version')) {
      this.#say(node.at, 'without a "mud-version" it is read as version 1');
      members.set('mud-version', { kind: 'scalar', at: node.at, value: 1 });
    }
    return { ...node, members };
  }

  /** `l3` and `l4` are names of choices in the module, and no nodes (RFC 8519 §4.1). */
  *#flattened(name: string, node: JsonObject): Generator<readonly [string, JsonNode]> {
    for (const [key, value] of node.members) {
      const isChoice = name === 'matches' && ['l2', 'l3', 'l4'].includes(key);
      if (!isChoice || value.kind !== 'object') {
        yield [key, value];
        continue;
      }
      this.#say(value.at, `what is in "${key}" is read as if it stood in "matches"`);
      yield* value.members;
    }
  }

  #action(members: Map<string, JsonNode>): void {
    for (const [old, word] of [
      ['permit', 'accept'],
      ['deny', 'drop'],
    ] as const) {
      const given = members.get(old);
      if (given === undefined || members.has('forwarding')) continue;
      members.delete(old);
      members.set('forwarding', { kind: 'scalar', at: given.at, value: word });
      this.#say(given.at, `"${old}" is read as "forwarding": "${word}"`);
    }
  }

  #empty(name: string, node: JsonNode): JsonNode {
    const value = node.kind === 'array' && node.items.length === 1 ? node.items[0] : node;
    const isOld = value?.kind === 'scalar' && (value.value === true || value.value === '');
    const isBareNull = node.kind === 'scalar' && node.value === null;
    if (!isOld && !isBareNull) return node;
    this.#say(node.at, `the value of "${name}" is read as [null]`);
    const item: JsonScalar = { kind: 'scalar', at: node.at, value: null };
    const list: JsonArray = { kind: 'array', at: node.at, items: [item] };
    return list;
  }

  #scalar(name: string, node: JsonScalar): JsonScalar {
    const type =
      name === 'type' && typeof node.value === 'string' && Object.hasOwn(TYPES, node.value)
        ? TYPES[node.value]
        : undefined;
    if (type === undefined) return node;
    this.#say(node.at, `"${String(node.value)}" is read as "${type}"`);
    return { ...node, value: type };
  }

  #say(at: number, message: string): void {
    this.rewrites.push({ at, message });
  }
}

function bare(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
