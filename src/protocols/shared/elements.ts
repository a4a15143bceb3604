import { xmlTokens } from '../../base/xml.ts';

/** Characters of a document that are read: descriptions of devices take a few thousand. */
export const DOCUMENT_CAP = 262_144;
/** Elements that are kept. */
const ELEMENTS_CAP = 4096;

/** An element with text, by the names that lead to it, without their prefixes. */
export interface Leaf {
  /** `root/device/friendlyName`. */
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/** The elements of a document that hold text, in order, as far as it is well-formed. */
export function leaves(text: string): readonly Leaf[] {
  return placed(text).map(({ leaf }) => leaf);
}

/**
 * What stands directly in each element of this name, in order: services of a description, entries
 * of a list. Of a name that comes twice in one of them the first counts.
 */
export function records(text: string, name: string): readonly ReadonlyMap<string, string>[] {
  const found = new Map<number, Map<string, string>>();
  for (const { leaf, parent } of placed(text)) {
    if (leaf.path.split('/').at(-2) !== name) continue;
    const record = found.get(parent) ?? new Map<string, string>();
    found.set(parent, record);
    if (!record.has(leaf.name)) record.set(leaf.name, leaf.text);
  }
  return [...found.values()];
}

interface Placed {
  readonly leaf: Leaf;
  /** Number of the element that it stands in. */
  readonly parent: number;
}

function placed(text: string): readonly Placed[] {
  const found: Placed[] = [];
  const path: { readonly name: string; readonly number: number }[] = [];
  let content = '';
  let number = 0;
  for (const token of xmlTokens(text.slice(0, DOCUMENT_CAP))) {
    if (token.kind === 'text') {
      content += token.text;
      continue;
    }
    if (token.kind === 'open') {
      number += 1;
      path.push({ name: localName(token.name), number });
    }
    if (token.kind === 'close') {
      const leaf = {
        path: path.map(({ name }) => name).join('/'),
        name: path.at(-1)?.name ?? '',
        text: content.trim(),
      };
      path.pop();
      if (leaf.text !== '') found.push({ leaf, parent: path.at(-1)?.number ?? 0 });
    }
    content = '';
  }
  return found.slice(0, ELEMENTS_CAP);
}

/** The text of the first element of this name. */
export function textAt(all: readonly Leaf[], name: string): string | undefined {
  return all.find((leaf) => leaf.name === name)?.text;
}

/** Names are compared without their prefixes, which every document chooses for itself. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
