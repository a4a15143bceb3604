/** A CPE name, as far as it says which product and version. */
export interface Cpe {
  readonly part: 'a' | 'o' | 'h';
  readonly vendor: string;
  readonly product: string;
  /** `*` any, `-` not applicable (NVD writes it also where it does not know). */
  readonly version: string;
  readonly update: string;
}

/** Characters of a name that are read. */
const LONGEST = 512;
const FIELDS = 13;

/**
 * Reads a formatted string (NISTIR 7695 §6.2: `cpe:2.3:o:hikvision:ds-2cd2186g2-isu_firmware:-:…`)
 * in which a backslash takes the meaning from the character behind it.
 */
export function parseCpe(text: string): Cpe | undefined {
  if (!text.startsWith('cpe:2.3:') || text.length > LONGEST) return undefined;
  const [, , part, vendor = '', product = '', version = '*', update = '*'] = fieldsOf(text);
  if (part !== 'a' && part !== 'o' && part !== 'h') return undefined;
  // A wildcard as the name would be every product of the maker.
  if (vendor === '' || vendor === '*' || product === '' || product === '*') return undefined;
  return { part, vendor, product, version, update };
}

function fieldsOf(text: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  for (let at = 0; at < text.length && fields.length < FIELDS; at += 1) {
    const letter = text[at] ?? '';
    if (letter === ':') {
      fields.push(field);
      field = '';
    } else if (letter === '\\') {
      at += 1;
      field += text[at] ?? '';
    } else field += letter;
  }
  return [...fields, field];
}
