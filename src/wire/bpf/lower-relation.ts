import type { Condition } from './condition.ts';
import { all, equals, loadAt, not, test } from './condition.ts';
import type { Arithmetic, Layer, Operator, Primitive } from './expression.ts';
import { ETHER_TYPES, IP_PROTOCOLS } from './expression.ts';
import type { Instruction } from './instruction.ts';
import {
  ADD,
  AND,
  DIVIDE,
  INDEX_FROM_A,
  LD_BYTE_INDIRECT,
  LD_HALF_INDIRECT,
  LD_IMMEDIATE,
  LD_LENGTH,
  LD_MEMORY,
  LD_WORD_INDIRECT,
  LDX_HEADER_LENGTH,
  LDX_MEMORY,
  MEMORY_WORDS,
  MODULO,
  MULTIPLY,
  NEGATE,
  OR,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  STORE,
  SUBTRACT,
  statement,
  WITH_X,
  XOR,
} from './instruction.ts';
import type { Place } from './place.ts';
import { carries, IP4, IP6, isNoLaterFragment, networkOf } from './place.ts';

type RelationPrimitive = Extract<Primitive, { kind: 'relation' }>;

const OPERATIONS: Readonly<Record<Operator, number>> = {
  '+': ADD,
  '-': SUBTRACT,
  '*': MULTIPLY,
  '/': DIVIDE,
  '%': MODULO,
  '&': AND,
  '|': OR,
  '^': XOR,
  '<<': SHIFT_LEFT,
  '>>': SHIFT_RIGHT,
};

const INDIRECT = { 1: LD_BYTE_INDIRECT, 2: LD_HALF_INDIRECT, 4: LD_WORD_INDIRECT } as const;

/** All layers whose octets are looked at must be there; then left and right are compared. */
export function relationOf({ relation, left, right }: RelationPrimitive, place: Place): Condition {
  const presence = [...layersOf(left), ...layersOf(right)].flatMap((layer) =>
    isThere(layer, place),
  );
  return all(...presence, comparison(relation, left, right, place));
}

function comparison(
  relation: RelationPrimitive['relation'],
  left: Arithmetic,
  right: Arithmetic,
  place: Place,
): Condition {
  const constant = right.kind === 'number' ? right.value : undefined;
  const load =
    constant === undefined
      ? [...evaluate(right, place, 0), statement(STORE, 0)].concat(
          evaluate(left, place, 1),
          statement(LDX_MEMORY, 0),
        )
      : evaluate(left, place, 0);
  switch (relation) {
    case '=':
      return test(load, 'equal', constant);
    case '!=':
      return not(test(load, 'equal', constant));
    case '>':
      return test(load, 'greater', constant);
    case '<=':
      return not(test(load, 'greater', constant));
    case '>=':
      return test(load, 'at-least', constant);
    case '<':
      return not(test(load, 'at-least', constant));
  }
}

/** As with libpcap the right side of a sum is not asked: `tcp and ip[2:2] - (tcp[12] >> 2) > 0`. */
function layersOf(value: Arithmetic): readonly Layer[] {
  switch (value.kind) {
    case 'number':
    case 'length':
      return [];
    case 'negative':
      return layersOf(value.operand);
    case 'octets':
      return [...layersOf(value.index), value.layer];
    case 'binary':
      return layersOf(value.left);
  }
}

/** As libpcap has it: `tcp[…]` means TCP over IPv4, of a packet that is no later fragment. */
function isThere(layer: Layer, place: Place): readonly Condition[] {
  switch (layer) {
    case 'ether':
      return [];
    case 'ip':
    case 'ip6':
    case 'arp':
    case 'rarp':
      return [carries(place, ETHER_TYPES[layer] ?? 0)];
    case 'icmp6':
      return [carries(place, IP6), equals(1, networkOf(place) + 6, IP_PROTOCOLS['icmp6'] ?? 0)];
    default:
      return [
        carries(place, IP4),
        equals(1, networkOf(place) + 9, IP_PROTOCOLS[layer] ?? 0),
        isNoLaterFragment(place),
      ];
  }
}

/** Instructions that bring a value into A; words of memory from `free` on are theirs. */
function evaluate(value: Arithmetic, place: Place, free: number): readonly Instruction[] {
  // Depth is bounded by the parser's; sixteen words are the machine's.
  if (free >= MEMORY_WORDS) throw new RangeError('the relation needs more memory than BPF has');
  switch (value.kind) {
    case 'number':
      return [statement(LD_IMMEDIATE, value.value)];
    case 'length':
      return [statement(LD_LENGTH)];
    case 'negative':
      return [...evaluate(value.operand, place, free), statement(NEGATE)];
    case 'octets':
      return octets(value, place, free);
    case 'binary':
      return binary(value, place, free);
  }
}

function binary(
  { operator, left, right }: Extract<Arithmetic, { kind: 'binary' }>,
  place: Place,
  free: number,
): readonly Instruction[] {
  const code = OPERATIONS[operator];
  if (right.kind === 'number') {
    return [...evaluate(left, place, free), statement(code, right.value)];
  }
  return [
    ...evaluate(right, place, free),
    statement(STORE, free),
    ...evaluate(left, place, free + 1),
    statement(LDX_MEMORY, free),
    statement(code | WITH_X),
  ];
}

function octets(
  { layer, index, size }: Extract<Arithmetic, { kind: 'octets' }>,
  place: Place,
  free: number,
): readonly Instruction[] {
  const start = startOf(layer, place);
  if (isOverIp4(layer)) {
    const header = statement(LDX_HEADER_LENGTH, networkOf(place));
    if (index.kind === 'number') return [header, statement(INDIRECT[size], start + index.value)];
    return [
      ...evaluate(index, place, free),
      statement(STORE, free),
      header,
      statement(LD_MEMORY, free),
      statement(ADD | WITH_X),
      statement(INDEX_FROM_A),
      statement(INDIRECT[size], start),
    ];
  }
  if (index.kind === 'number') return [loadAt(size, start + index.value)];
  return [
    ...evaluate(index, place, free),
    statement(INDEX_FROM_A),
    statement(INDIRECT[size], start),
  ];
}

function isOverIp4(layer: Layer): boolean {
  return ['tcp', 'udp', 'sctp', 'icmp', 'igmp', 'pim'].includes(layer);
}

function startOf(layer: Layer, place: Place): number {
  if (layer === 'ether') return 0;
  return networkOf(place) + (layer === 'icmp6' ? 40 : 0);
}
