import type { Expression, Primitive, Way } from './expression.ts';
import { ETHER_TYPES, IP_PROTOCOLS } from './expression.ts';
import { ARITHMETIC_WORDS, numberOf, parseRelation, startsRelation } from './parse-arithmetic.ts';
import type { Qualifiers, ServiceOf, ValueType } from './parse-values.ts';
import { isValue, parseValue } from './parse-values.ts';
import { TokenCursor } from './token-cursor.ts';

const TYPES: readonly ValueType[] = ['host', 'net', 'port', 'portrange', 'proto'];
const PROTOCOLS = ['ether', 'link', ...Object.keys(ETHER_TYPES), ...Object.keys(IP_PROTOCOLS)];
const WORDS: ReadonlySet<string> = new Set([
  ...PROTOCOLS,
  ...TYPES,
  ...['src', 'dst', 'and', 'or', 'not', 'less', 'greater', 'vlan', 'broadcast', 'multicast'],
  ...['mask', ...ARITHMETIC_WORDS],
]);

/**
 * Reads a filter in the language of pcap-filter(7): hosts, networks, ports, protocols, MAC
 * addresses, VLANs and relations between octets. `and` and `or` have the same precedence and go from
 * left to right, as there. Nothing is looked up, neither names of hosts nor of networks.
 *
 * @returns nothing for an empty filter, which takes everything
 * @throws PortolanError E_FILTER
 */
export function parseFilter(text: string, serviceOf: ServiceOf): Expression | undefined {
  return new FilterParser(text, serviceOf).parse();
}

class FilterParser {
  readonly #cursor: TokenCursor;
  readonly #serviceOf: ServiceOf;
  /** Of the last value: `port 80 or 443`. */
  #last: Qualifiers | undefined;
  #tags = 0;

  constructor(text: string, serviceOf: ServiceOf) {
    this.#cursor = new TokenCursor(text, WORDS);
    this.#serviceOf = serviceOf;
  }

  parse(): Expression | undefined {
    if (this.#cursor.peek().kind === 'end') return undefined;
    const expression = this.#parseExpression();
    if (this.#cursor.peek().kind !== 'end')
      throw this.#cursor.misplaced('"and" or "or" must follow');
    return expression;
  }

  #parseExpression(): Expression {
    let left = this.#parseTerm();
    for (;;) {
      const word = this.#cursor.accept('and', '&&', 'or', '||');
      if (word === undefined) return left;
      const op = word === 'and' || word === '&&' ? 'and' : 'or';
      left = { op, left, right: this.#parseTerm() };
    }
  }

  #parseTerm(): Expression {
    const cursor = this.#cursor;
    if (cursor.accept('not', '!') !== undefined) {
      return { op: 'not', operand: cursor.deeper(() => this.#parseTerm()) };
    }
    if (startsRelation(cursor)) return this.#primitive(parseRelation(cursor));
    if (cursor.accept('(') !== undefined) {
      const inner = cursor.deeper(() => this.#parseExpression());
      cursor.expect(')');
      return inner;
    }
    return this.#isValue() ? this.#parseBareValue() : this.#parseWords();
  }

  #isValue(): boolean {
    const token = this.#cursor.peek();
    if (isValue(token, WORDS)) return true;
    if (this.#last?.type !== 'port' || WORDS.has(token.text)) return false;
    return this.#serviceOf(token.text) !== undefined;
  }

  /** An address alone is a host; a number alone is what the value before it was. */
  #parseBareValue(): Expression {
    const { text } = this.#cursor.peek();
    const isNumber = /^\d+(-\d+)?$/.test(text);
    if (this.#last === undefined && isNumber) {
      const remedy = `Write: port ${text}`;
      throw this.#cursor.error(`"${text}" is a number without a meaning`, remedy);
    }
    return this.#parseValues(this.#last ?? { protocol: undefined, way: undefined, type: 'host' });
  }

  #parseWords(): Expression {
    const special = this.#parseSpecial();
    if (special !== undefined) return special;
    const protocol = this.#cursor.accept(...PROTOCOLS);
    const over = protocol === 'link' ? 'ether' : protocol;
    const cast = this.#parseCast(over);
    if (cast !== undefined) return this.#primitive(cast);
    const way = this.#parseWay();
    const type = this.#parseType();
    if (way === undefined && type === undefined && !isValue(this.#cursor.peek(), WORDS)) {
      return this.#parseAbbreviation(over);
    }
    return this.#parseValues({ protocol: over, way, type });
  }

  #parseSpecial(): Expression | undefined {
    const cursor = this.#cursor;
    const word = cursor.accept('less', 'greater', 'vlan');
    if (word === undefined) return undefined;
    const number = numberOf(cursor.peek().text);
    if (number !== undefined) cursor.next();
    if (word === 'vlan') return this.#parseVlan(number);
    if (number === undefined) throw cursor.misplaced('a length must follow');
    return this.#primitive({
      kind: 'relation',
      relation: word === 'less' ? '<=' : '>=',
      left: { kind: 'length' },
      right: { kind: 'number', value: number },
    });
  }

  #parseVlan(id: number | undefined): Expression {
    if (id !== undefined && id > 0xfff) {
      throw this.#cursor.error(`there is no VLAN ${id}`, 'VLANs go from 0 to 4095');
    }
    const expression = this.#primitive({ kind: 'vlan', id });
    this.#tags += 1;
    return expression;
  }

  #parseCast(over: string | undefined): Primitive | undefined {
    const cursor = this.#cursor;
    const word = cursor.accept('broadcast', 'multicast');
    if (word === undefined) return undefined;
    const layer = over ?? 'ether';
    if (word === 'broadcast' && layer === 'ether') return { kind: 'broadcast' };
    if (word === 'multicast' && (layer === 'ether' || layer === 'ip' || layer === 'ip6')) {
      return { kind: 'multicast', over: layer };
    }
    const remedy = 'ether broadcast, ether multicast, ip multicast and ip6 multicast are known';
    throw cursor.error(`"${layer} ${word}" is not known`, remedy);
  }

  /** `src`, `dst`, `src or dst`, `src and dst`. */
  #parseWay(): Way | undefined {
    const cursor = this.#cursor;
    const first = cursor.accept('src', 'dst');
    if (first === undefined) return undefined;
    const one = first === 'src' ? 'source' : 'destination';
    const other = first === 'src' ? 'dst' : 'src';
    if (cursor.peek(1).text !== other) return one;
    const joined = cursor.accept('and', '&&', 'or', '||');
    if (joined === undefined) return one;
    cursor.next();
    return joined === 'and' || joined === '&&' ? 'both' : 'either';
  }

  #parseType(): ValueType | undefined {
    const word = this.#cursor.accept(...TYPES);
    return TYPES.find((type) => type === word);
  }

  /** A protocol alone. */
  #parseAbbreviation(protocol: string | undefined): Expression {
    if (protocol === undefined) throw this.#cursor.misplaced('a condition must stand here');
    const type = ETHER_TYPES[protocol];
    if (type !== undefined) return this.#primitive({ kind: 'ether-type', type });
    const number = IP_PROTOCOLS[protocol];
    if (number === undefined) throw this.#cursor.misplaced('an address must follow');
    const over = IP_ONLY.get(protocol) ?? 'any';
    return this.#primitive({ kind: 'ip-protocol', over, number });
  }

  /** One value, or several in parentheses: `port (80 or 443)`. */
  #parseValues(qualifiers: Qualifiers): Expression {
    this.#last = qualifiers;
    const cursor = this.#cursor;
    if (cursor.accept('(') !== undefined) {
      const inner = cursor.deeper(() => this.#parseExpression());
      cursor.expect(')');
      return inner;
    }
    if (cursor.peek().kind !== 'word') throw cursor.misplaced(`${wanted(qualifiers)} must follow`);
    return this.#primitive(parseValue(cursor, qualifiers, this.#serviceOf));
  }

  #primitive(primitive: Primitive): Expression {
    return { op: 'primitive', primitive, tags: this.#tags };
  }
}

/** Protocols of one version of IP only; the others are looked for in both (libpcap). */
const IP_ONLY: ReadonlyMap<string, 'ip' | 'ip6'> = new Map([
  ['icmp', 'ip'],
  ['igmp', 'ip'],
  ['vrrp', 'ip'],
  ['icmp6', 'ip6'],
]);

function wanted({ type, protocol }: Qualifiers): string {
  if (type === 'port' || type === 'portrange') return 'a port';
  if (type === 'proto') return 'a protocol';
  return protocol === 'ether' ? 'a MAC address' : 'an address';
}
