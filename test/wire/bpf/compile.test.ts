import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { readFilter } from '../../../src/wire/bpf/compile.ts';
import type { Instruction } from '../../../src/wire/bpf/instruction.ts';
import { MOST_INSTRUCTIONS, statement } from '../../../src/wire/bpf/instruction.ts';
import { runBpf } from '../../../src/wire/bpf/run.ts';

/** Ethernet, IPv4 10.0.0.1 → 10.0.0.2, TCP 40000 → 502, SYN. */
const SYN = Uint8Array.from(
  Buffer.from(
    '0200000000020200000000010800' +
      '450000280001000040060000' +
      '0a0000010a000002' +
      '9c4001f600000001000000005002faf000000000',
    'hex',
  ),
);

const frame = { bytes: SYN, offset: 0, captured: SYN.length, length: SYN.length };

describe('a filter that cannot be read says where', () => {
  test.each([
    ['a protocol above TCP', 'tcp port 502 modbus', 13, 'unknown word "modbus"'],
    ['a misspelt word', 'tcp prot 502', 4, 'unknown word "prot"'],
    ['a word in the wrong place', 'port 80 tcp', 8, '"tcp" does not fit here'],
    ['an end too early', 'tcp port', 8, 'ends too early'],
    ['a parenthesis that is not closed', '(tcp port 80', 12, 'ends too early'],
    ['a parenthesis too many', 'tcp)', 3, '")" does not fit here'],
    ['a port that does not exist', 'port 65536', 5, 'there is no port 65536'],
    ['a name of a port that is not known', 'port gopherx', 5, '"gopherx" is not a port'],
    ['a number alone', '80', 0, 'a number without a meaning'],
    ['a prefix too long', 'net 10.0.0.0/33', 13, 'is not a prefix of IPv4'],
    ['bits outside the mask', 'net 10.0.0.1/8', 4, 'bits outside its mask'],
    ['a name for an address', 'host printer.local', 5, 'is not an IP address'],
    ['an address of the wrong family', 'ip6 host 10.0.0.1', 9, 'carries no IPv4 address'],
    ['ports of what has none', 'icmp port 7', 10, '"icmp" has no ports'],
    ['a MAC address cut short', 'ether host 00:11:22', 11, 'is not a MAC address'],
    ['a VLAN that does not exist', 'vlan 4096', 9, 'there is no VLAN 4096'],
    ['a sign that means nothing', 'tcp port 80;', 11, 'means nothing'],
    ['three octets', 'tcp[0:3] = 1', 6, '1, 2 or 4 octets'],
    ['a sum without a comparison', 'len + 1', 7, 'must follow'],
    ['broadcast of IPv4, whose mask is not known', 'ip broadcast', 12, 'is not known'],
  ])('%s', (_, text, at, why) => {
    const error = failure(() => readFilter(text));
    expect(error.message).toContain(why);
    expect(error.message).toContain(`character ${at + 1}:`);
    expect(error.excerpt).toEqual({ text, at });
  });

  test('suggests the word that was meant', () => {
    expect(failure(() => readFilter('tcp prt 502')).remedy).toBe('Did you mean "port"?');
  });

  test('a filter that nests without end is refused', () => {
    const text = `${'('.repeat(5000)}tcp${')'.repeat(5000)}`;
    expect(failure(() => readFilter(text)).message).toContain('nests deeper');
  });
});

describe('a link that lacks what is asked for', () => {
  test.each([
    ['MAC addresses of raw IP', 'ether host 00:11:22:33:44:55', 101, 'no Ethernet addresses'],
    ['VLAN tags of all interfaces together', 'vlan 5', 'kernel-cooked', 'no VLAN tags'],
    ['anything of a link that is not known', 'tcp', 147, 'link type 147'],
  ] as const)('%s', (_, text, link, why) => {
    expect(failure(() => readFilter(text).compile(link)).message).toContain(why);
  });

  test('without a filter every link is fine', () => {
    expect(readFilter('').compile(147)).toEqual([statement(0x06, 0x40000)]);
  });
});

test.each([
  ['names of ports, where they are known', 'tcp port modbus', true],
  ['in parentheses too', 'tcp port (80 or modbus)', true],
  ['and nothing else by them', 'udp port modbus', false],
])('knows %s', (_, text, takes) => {
  const filter = readFilter(text, (name) => (name === 'modbus' ? 502 : undefined));
  expect(runBpf(filter.compile(1), frame) > 0).toBe(takes);
});

test.each([
  ['an octet beyond what was captured', { captured: 20 }, 'tcp port 502', false],
  ['and refuses though it was negated', { captured: 20 }, 'not tcp port 502', false],
  ['a frame that is longer than what was captured', { length: 1500 }, 'greater 1500', true],
  ['a frame in the middle of a buffer', { bytes: padded(7), offset: 7 }, 'tcp port 502', true],
  ['a division by zero', {}, 'len / (ip[0] - ip[0]) = 0', false],
  ['a shift of all bits', {}, 'ip[0] >> (len + 0) = 0', true],
  ['a negative number', {}, '-len = 4294967242', true],
])('looks at %s', (_, parts, text, takes) => {
  expect(runBpf(readFilter(text).compile(1), { ...frame, ...parts }) > 0).toBe(takes);
});

test('jumps over more than 255 instructions', () => {
  const hosts = Array.from({ length: 150 }, (_, index) => `host 192.0.2.${index + 1}`);
  const text = `tcp port 502 and not (${hosts.join(' or ')})`;
  const program = readFilter(text).compile(1);
  expect(program.length).toBeGreaterThan(3000);
  expect(runBpf(program, frame)).toBeGreaterThan(0);
  expect(runBpf(readFilter(`${text} and dst port 503`).compile(1), frame)).toBe(0);
});

test('a filter longer than the kernel allows is refused', () => {
  const hosts = Array.from({ length: 300 }, (_, index) => `host 10.1.1.${index & 255}`);
  expect(failure(() => readFilter(hosts.join(' or ')).compile(1)).message).toContain('4096');
});

const WORD = fc.constantFrom(
  ...['tcp', 'udp', 'ip', 'ip6', 'arp', 'ether', 'host', 'net', 'port', 'portrange', 'src', 'dst'],
  ...['and', 'or', 'not', '(', ')', '[', ']', ':', '/', '&', '=', '>', '-', '+', 'len', 'vlan'],
  ...['10.0.0.1', 'fe80::1', '00:11:22:33:44:55', '80', '0', '13', '8000-9000', 'mask', '\\tcp'],
);

test('whatever is written, it is read or refused, and what is compiled is a valid program', () => {
  fc.assert(
    fc.property(fc.array(WORD, { maxLength: 14 }), (words) => {
      const program = compiled(words.join(' '));
      expect(program.length).toBeLessThanOrEqual(MOST_INSTRUCTIONS);
      for (const [at, { code, jt, jf, k }] of program.entries()) {
        const furthest = at + 1 + ((code & 7) === 5 ? (code === 5 ? k : Math.max(jt, jf)) : 0);
        // The last instruction returns, so nothing ever runs past the end.
        expect(furthest).toBeLessThan(program.length + ((code & 7) === 6 ? 1 : 0));
        expect(Math.max(jt, jf)).toBeLessThan(256);
      }
      expect(runBpf(program, frame)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 5000 },
  );
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      compiled(text);
    }),
    { numRuns: 2000 },
  );
});

/** Any other error than a refusal fails the test. */
function compiled(text: string): readonly Instruction[] {
  try {
    return readFilter(text).compile(1);
  } catch (error) {
    expect(error).toBeInstanceOf(PortolanError);
    return [statement(0x06, 0)];
  }
}

function failure(work: () => unknown): PortolanError {
  try {
    work();
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function padded(before: number): Uint8Array {
  const bytes = new Uint8Array(before + SYN.length);
  bytes.set(SYN, before);
  return bytes;
}
