import type { Certainty } from '../model/core.ts';
import type { Conclusion } from './identifier.ts';
import { PRODUCT_WORDS } from './product-words.ts';

/** Characters of a banner that are searched: names stand at its start. */
const LOOK_AT = 1024;

/** What the words in a text say; by substring search only, so that no text can make it slow. */
export function conclusionsFrom(text: string, certainty: Certainty): readonly Conclusion[] {
  const searched = text.slice(0, LOOK_AT).toLowerCase();
  const found = new Map<Conclusion['name'], Conclusion>();
  for (const family of PRODUCT_WORDS) {
    if (!hasWord(searched, family.word)) continue;
    for (const name of ['vendor', 'model', 'kind', 'os'] as const) {
      const value = family[name];
      if (value === undefined || found.has(name)) continue;
      found.set(name, { name, value, certainty: family.general === true ? 'hint' : certainty });
    }
  }
  return [...found.values()];
}

/** Letters up to which a word must end where it ends: `nest` is not in `nested`, `axis` is in `axis-p3`. */
const SHORT = 5;

/**
 * Whether the word stands in the text with no letter right before it and, where it is short, none
 * right after it. Both lower case.
 */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const after = at + word.length;
    if (isLetter(text[at - 1])) continue;
    if (word.length > SHORT || !isLetter(text[after])) return true;
  }
  return false;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && character >= 'a' && character <= 'z';
}
