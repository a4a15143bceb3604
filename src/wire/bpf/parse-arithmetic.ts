import type { Arithmetic, Layer, Operator, Primitive, Relation } from './expression.ts';
import type { TokenCursor } from './token-cursor.ts';

const LAYERS: Readonly<Record<string, Layer>> = {
  ether: 'ether',
  link: 'ether',
  arp: 'arp',
  rarp: 'rarp',
  ip: 'ip',
  ip6: 'ip6',
  icmp: 'icmp',
  icmp6: 'icmp6',
  tcp: 'tcp',
  udp: 'udp',
  sctp: 'sctp',
  igmp: 'igmp',
  pim: 'pim',
};

/** pcap-filter(7): names of offsets and of values. */
const CONSTANTS: Readonly<Record<string, number>> = {
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
  icmptype: 0,
  icmpcode: 1,
  icmp6type: 0,
  icmp6code: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  'icmp-ireq': 15,
  'icmp-ireqreply': 16,
  'icmp-maskreq': 17,
  'icmp-maskreply': 18,
  'icmp6-destinationunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-multicastlistenerquery': 130,
  'icmp6-multicastlistenerreportv1': 131,
  'icmp6-multicastlistenerdone': 132,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
  'icmp6-redirect': 137,
};

export const ARITHMETIC_WORDS: readonly string[] = ['len', 'length', ...Object.keys(CONSTANTS)];

/** From loosest to tightest; within a level from left to right (libpcap's grammar.y). */
const LEVELS: readonly (readonly Operator[])[] = [
  ['|', '^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const RELATIONS: readonly string[] = ['=', '==', '!=', '<', '<=', '>', '>='];

/** Whether a relation (`tcp[13] & 2 != 0`, `len > 100`) begins here, and no condition. */
export function startsRelation(cursor: TokenCursor): boolean {
  const { text, kind } = cursor.peek();
  if (kind === 'sign') return text === '-' || (text === '(' && closesBeforeOperator(cursor));
  if (kind === 'end') return false;
  if (text === 'len' || text === 'length' || Object.hasOwn(CONSTANTS, text)) return true;
  const after = cursor.peek(1);
  if (Object.hasOwn(LAYERS, text) && after.text === '[') return true;
  return /^\d/.test(text) && numberOf(text) !== undefined && isOperator(after.text);
}

function closesBeforeOperator(cursor: TokenCursor): boolean {
  let depth = 0;
  for (let ahead = 0; cursor.peek(ahead).kind !== 'end'; ahead += 1) {
    const { text } = cursor.peek(ahead);
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return isOperator(cursor.peek(ahead + 1).text);
  }
  return false;
}

function isOperator(text: string): boolean {
  return RELATIONS.includes(text) || LEVELS.some((level) => level.some((one) => one === text));
}

export function parseRelation(cursor: TokenCursor): Primitive {
  const left = parseSum(cursor, 0);
  const sign = cursor.accept(...RELATIONS);
  if (sign === undefined) throw cursor.misplaced('one of = != < <= > >= must follow');
  return { kind: 'relation', relation: relationOf(sign), left, right: parseSum(cursor, 0) };
}

function relationOf(sign: string): Relation {
  switch (sign) {
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return sign;
    default:
      return '=';
  }
}

function parseSum(cursor: TokenCursor, level: number): Arithmetic {
  const operators = LEVELS[level];
  if (operators === undefined) return parseOperand(cursor);
  let left = parseSum(cursor, level + 1);
  for (;;) {
    const sign = cursor.accept(...operators);
    const operator = operators.find((one) => one === sign);
    if (operator === undefined) return left;
    left = { kind: 'binary', operator, left, right: parseSum(cursor, level + 1) };
  }
}

function parseOperand(cursor: TokenCursor): Arithmetic {
  if (cursor.accept('-') !== undefined) {
    return { kind: 'negative', operand: cursor.deeper(() => parseOperand(cursor)) };
  }
  if (cursor.accept('(') !== undefined) {
    const inner = cursor.deeper(() => parseSum(cursor, 0));
    cursor.expect(')');
    return inner;
  }
  if (cursor.accept('len', 'length') !== undefined) return { kind: 'length' };
  const { text, kind } = cursor.peek();
  const layer = LAYERS[text];
  if (layer !== undefined && cursor.peek(1).text === '[') return parseOctets(cursor, layer);
  const value = kind === 'word' ? numberOf(text) : undefined;
  if (value === undefined) throw cursor.misplaced('a number or octets of a packet must stand here');
  cursor.next();
  return { kind: 'number', value };
}

function parseOctets(cursor: TokenCursor, layer: Layer): Arithmetic {
  cursor.next();
  cursor.expect('[');
  const index = cursor.deeper(() => parseSum(cursor, 0));
  const size = cursor.accept(':') === undefined ? 1 : sizeOf(cursor);
  cursor.expect(']');
  return { kind: 'octets', layer, index, size };
}

function sizeOf(cursor: TokenCursor): 1 | 2 | 4 {
  const size = cursor.accept('1', '2', '4');
  if (size === undefined) throw cursor.misplaced('1, 2 or 4 octets can be compared');
  if (size === '1') return 1;
  return size === '2' ? 2 : 4;
}

/** Decimal, 0x, or octal with a leading 0, as in C; a name of the language. */
export function numberOf(text: string): number | undefined {
  if (Object.hasOwn(CONSTANTS, text)) return CONSTANTS[text];
  if (!/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return undefined;
  const isOctal = /^0[0-7]+$/.test(text);
  const value = isOctal ? Number.parseInt(text, 8) : Number(text);
  return value <= 0xffffffff ? value : undefined;
}
