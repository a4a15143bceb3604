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
  const found: Leaf[] = [];
  const path: string[] = [];
  let content = '';
  for (const token of xmlTokens(text.slice(0, DOCUMENT_CAP))) {
    if (token.kind === 'text') {
      content += token.text;
      continue;
    }
    if (token.kind === 'open') path.push(localName(token.name));
    if (token.kind === 'close') {
      found.push({ path: path.join('/'), name: path.at(-1) ?? '', text: content.trim() });
      path.pop();
    }
    content = '';
  }
  return found.filter((leaf) => leaf.text !== '').slice(0, ELEMENTS_CAP);
}

/** The text of the first element of this name. */
export function textAt(all: readonly Leaf[], name: string): string | undefined {
  return all.find((leaf) => leaf.name === name)?.text;
}

/** Names are compared without their prefixes, which every document chooses for itself. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
