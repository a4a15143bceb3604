/** Crockford's base 32 without I, L, O, U: can be read aloud and typed (crockford.com/base32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** FNV-1a, 64 bits in two halves of 32 (draft-eastlake-fnv-21). Not for secrets. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  // A last avalanche (splitmix64), since the low bits of FNV differ little for similar texts.
  hash = BigInt.asUintN(64, (hash ^ (hash >> 30n)) * 0xbf58476d1ce4e5b9n);
  hash = BigInt.asUintN(64, (hash ^ (hash >> 27n)) * 0x94d049bb133111ebn);
  return hash ^ (hash >> 31n);
}

/**
 * A short name for something that has a long one: the same text gives the same id in every run.
 *
 * @param kind letter after `PTL-`: D device, F finding, A alert, C change, S scan, E expectation
 * @param length characters; longer only where a shorter id is taken
 */
export function shortId(kind: 'D' | 'F' | 'A' | 'C' | 'S' | 'E', text: string, length = 4): string {
  let hash = fnv1a(text);
  let id = '';
  while (id.length < length) {
    id += ALPHABET[Number(hash & 31n)] ?? '';
    hash >>= 5n;
  }
  return `PTL-${kind}-${id}`;
}
