/** One word: plain characters, escaped ones, quoted parts. Each character fits one alternative only. */
const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/y;
const PART = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g;

/** As a shell would split it (iptables-save quotes what has blanks); undefined where a quote is open. */
export function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    WORD.lastIndex = at;
    const [word] = WORD.exec(text) ?? [];
    if (word === undefined) return undefined;
    words.push(plain(word));
    at += word.length;
  }
  return words;
}

function plain(word: string): string {
  return word.replace(
    PART,
    (_, escaped: string | undefined, double: string | undefined, single: string | undefined) =>
      escaped ?? double?.replace(/\\(.)/g, '$1') ?? single ?? '',
  );
}
