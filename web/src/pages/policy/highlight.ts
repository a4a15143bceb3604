/** A piece of a line of the policy, and what it is. */
export interface Token {
  readonly text: string;
  readonly kind: 'plain' | 'key' | 'text' | 'comment' | 'number' | 'deny' | 'allow';
}

const WORDS: Readonly<Record<string, Token['kind']>> = {
  allow: 'allow',
  deny: 'deny',
  reject: 'deny',
  true: 'number',
  false: 'number',
  null: 'number',
};

const DELIMITERS = new Set([...' \t{}[],:']);

/**
 * Pieces of one line of YAML, as far as colouring needs them: what is a key, a comment, a quoted
 * text. It decides nothing; whether the policy is right is what the server says.
 */
export function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const token = tokenAt(line, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(line: string, at: number): Token {
  const first = line.charAt(at);
  if (first === '#' && (at === 0 || /\s/.test(line.charAt(at - 1)))) {
    return { text: line.slice(at), kind: 'comment' };
  }
  if (first === '"' || first === "'") {
    const end = line.indexOf(first, at + 1);
    return { text: line.slice(at, end === -1 ? line.length : end + 1), kind: 'text' };
  }
  if (DELIMITERS.has(first)) return { text: first, kind: 'plain' };
  let end = at + 1;
  while (end < line.length && !endsWord(line, end)) end += 1;
  return word(line, at, end);
}

/** A colon ends a key only where a blank or nothing follows: `zone:iot` is one word. */
function endsWord(line: string, at: number): boolean {
  const char = line.charAt(at);
  if (char === ':') return at + 1 === line.length || /\s/.test(line.charAt(at + 1));
  return DELIMITERS.has(char);
}

function word(line: string, at: number, end: number): Token {
  const text = line.slice(at, end);
  if (line.charAt(end) === ':') return { text, kind: 'key' };
  const known = WORDS[text];
  if (known !== undefined) return { text, kind: known };
  return { text, kind: /^\d[\d.:/-]*$/.test(text) ? 'number' : 'plain' };
}

/** The same for nftables: words at the beginning of a line, comments, verdicts. */
export function ruleTokensOf(line: string): readonly Token[] {
  const comment = line.trimStart().startsWith('#');
  if (comment) return [{ text: line, kind: 'comment' }];
  return (line.match(/"[^"]*"|[\w.:/-]+|\s+|[^\w\s]/g) ?? [line]).map((text) => ({
    text,
    kind: ruleKind(text),
  }));
}

const RULE_KEYS = new Set(['table', 'chain', 'set', 'map', 'type', 'flags', 'elements', 'policy']);

function ruleKind(text: string): Token['kind'] {
  if (text.startsWith('"')) return 'text';
  if (text === 'accept') return 'allow';
  if (text === 'drop' || text === 'reject') return 'deny';
  if (RULE_KEYS.has(text)) return 'key';
  return /^\d[\d.:/-]*$/.test(text) ? 'number' : 'plain';
}
