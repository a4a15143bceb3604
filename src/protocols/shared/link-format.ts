/** Resources of one device that are kept. */
const LINKS_CAP = 32;

/**
 * CoRE Link Format (RFC 6690 §2): `</path>;rt="temperature";title="Kitchen",…`, each as its path
 * with what it is. Read by hand, in one pass: a quoted value may hold commas and semicolons.
 */
export function parseLinks(text: string): readonly string[] {
  const links: string[] = [];
  for (const part of split(text, ',')) {
    const [target = '', ...parameters] = split(part, ';');
    const path = target.trim();
    if (!path.startsWith('<') || !path.endsWith('>')) continue;
    const said = parameters.map((parameter) => parameter.trim()).filter(isTelling);
    links.push([path.slice(1, -1), ...said].join(' '));
    if (links.length === LINKS_CAP) break;
  }
  return links;
}

/** Type, interface and title (RFC 6690 §3.1, §3.2; RFC 8288 §3.4.1); the rest is mechanics. */
function isTelling(parameter: string): boolean {
  return ['rt=', 'if=', 'title='].some((name) => parameter.startsWith(name));
}

/** Splits at a separator that stands outside quotation marks; a backslash takes the next character. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
