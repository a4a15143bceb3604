/** A section of a UCI package, as `config rule` opens it. */
export interface UciSection {
  readonly package: string;
  readonly type: string;
  readonly name: string;
  readonly line: number;
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export type UciReading =
  | { readonly ok: true; readonly sections: readonly UciSection[] }
  | { readonly ok: false; readonly line: number; readonly why: string };

interface Open {
  package: string;
  type: string;
  name: string;
  line: number;
  options: Map<string, string[]>;
}

/** More sections than any router has. */
const MOST_SECTIONS = 50_000;
/** Parts of a word begin each with another character; a quote that is left over does not end. */
const WORDS = /(?:'[^']*'|"[^"]*"|[^\s'"])+|['"]/g;
const QUOTED = /'([^']*)'|"([^"]*)"/g;

/** Reads files of /etc/config, `uci export`, `uci show` and commands of `uci batch`. */
export function readUci(text: string): UciReading {
  const reader = new UciReader();
  for (const [index, raw] of text.split('\n').entries()) {
    const words = wordsOf(raw.trim());
    if (words === undefined) return { ok: false, line: index + 1, why: 'a quote does not end' };
    const why = reader.take(words, index + 1);
    if (why !== undefined) return { ok: false, line: index + 1, why };
  }
  return { ok: true, sections: reader.sections };
}

class UciReader {
  readonly sections: Open[] = [];
  readonly #byPath = new Map<string, Open>();
  #package = 'firewall';

  take(words: readonly string[], line: number): string | undefined {
    const [verb, key = '', value = ''] = words;
    switch (verb) {
      case undefined:
      case 'commit':
      case 'delete':
        return undefined;
      case 'package':
        this.#package = key;
        return undefined;
      case 'config':
        return this.#open({ package: this.#package, type: key, name: value, line });
      case 'option':
      case 'list':
        return this.#add(key, value);
      case 'set':
      case 'add_list':
        return this.#assign(words.slice(1), line);
      default:
        return this.#assign(words, line);
    }
  }

  #open(head: Omit<Open, 'options'>): string | undefined {
    if (this.sections.length >= MOST_SECTIONS) return `more than ${MOST_SECTIONS} sections`;
    const section = { ...head, options: new Map<string, string[]>() };
    this.sections.push(section);
    if (head.name !== '') this.#byPath.set(`${head.package}.${head.name}`, section);
    return undefined;
  }

  #add(key: string, value: string): string | undefined {
    const section = this.sections.at(-1);
    if (section === undefined) return 'an option before the first section';
    add(section, key, [value]);
    return undefined;
  }

  /** `firewall.@rule[0]=rule`, then `firewall.@rule[0].src='lan'`. */
  #assign([first = '', ...more]: readonly string[], line: number): string | undefined {
    const match = /^([\w-]{1,64})\.([^.=\s]{1,128})(?:\.([\w-]{1,64}))?=(.*)$/.exec(first);
    if (match === null) return 'this is neither a section nor an option of UCI';
    const [, pack = '', name = '', key, value = ''] = match;
    if (key === undefined) return this.#open({ package: pack, type: value, name, line });
    const section = this.#byPath.get(`${pack}.${name}`);
    if (section === undefined) return `an option of the section ${name}, which is not there`;
    add(section, key, [value, ...more]);
    return undefined;
  }
}

function add({ options }: Open, key: string, values: readonly string[]): void {
  const known = options.get(key);
  if (known === undefined) options.set(key, [...values]);
  else known.push(...values);
}

/** Words as a shell has them; a hash outside of quotes begins a comment. Undefined: an open quote. */
function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORDS)) {
    if (word.startsWith('#')) break;
    if (word === '"' || word === "'") return undefined;
    words.push(
      word.replaceAll(QUOTED, (_, single?: string, double?: string) => single ?? double ?? ''),
    );
  }
  return words;
}
