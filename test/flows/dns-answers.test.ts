import { expect, test } from 'vitest';
import { readDnsAnswer } from '../../src/flows/dns-answers.ts';

interface Record {
  readonly name: string;
  readonly type?: number;
  readonly ttl?: number;
  readonly data: Uint8Array;
}

/** `a.b` as labels. */
function name(text: string): Buffer {
  const labels = text
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function message(asked: readonly string[], records: readonly Record[], flags = 0x8180): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(asked.length, 4);
  head.writeUInt16BE(records.length, 6);
  const questions = asked.map((one) => Buffer.concat([name(one), Buffer.of(0, 1, 0, 1)]));
  const answers = records.map(({ name: owner, type = 1, ttl = 60, data }) => {
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(type, 0);
    fixed.writeUInt16BE(1, 2);
    fixed.writeUInt32BE(ttl, 4);
    fixed.writeUInt16BE(data.length, 8);
    return Buffer.concat([name(owner), fixed, data]);
  });
  return Buffer.concat([head, ...questions, ...answers]);
}

const A = { name: 'mq.example', data: Buffer.of(203, 0, 113, 7) };
const SEVEN = { name: 'mq.example', addresses: [{ address: '203.0.113.7', ttl: 60 }] };
const ALIAS = { name: 'mq.example', type: 5, ttl: 30, data: name('edge.cdn.example') };

test.each([
  ['an address', message(['mq.example'], [A]), SEVEN],
  ['a name in capitals', message(['MQ.Example'], [A]), SEVEN],
  [
    'an address of IPv6',
    message(
      ['mq.example'],
      [{ ...A, type: 28, data: Buffer.from('20010db8000000000000000000000007', 'hex') }],
    ),
    { name: 'mq.example', addresses: [{ address: '2001:db8::7', ttl: 60 }] },
  ],
  [
    'an alias, with the shorter life',
    message(['mq.example'], [ALIAS, { ...A, name: 'edge.cdn.example' }]),
    { name: 'mq.example', addresses: [{ address: '203.0.113.7', ttl: 30 }] },
  ],
  [
    'a life that is no number',
    message(['mq.example'], [{ ...A, ttl: 2 ** 32 - 1 }]),
    { name: 'mq.example', addresses: [{ address: '203.0.113.7', ttl: 0 }] },
  ],
  [
    'records about what nobody asked',
    message(['mq.example'], [{ ...A, name: 'bank.example' }]),
    undefined,
  ],
  [
    'an address of the wrong length',
    message(['mq.example'], [{ ...A, data: Buffer.of(1, 2, 3) }]),
    undefined,
  ],
  ['a question', message(['mq.example'], [], 0x0100), undefined],
  ['an error', message(['mq.example'], [A], 0x8183), undefined],
  ['two questions', message(['mq.example', 'b.example'], [A]), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('%s', (_, bytes, read) => {
  expect(readDnsAnswer(bytes)).toEqual(read);
});

test('an answer that ends anywhere gives no other address', () => {
  const whole = message(['mq.example'], [ALIAS, { ...A, name: 'edge.cdn.example' }]);
  for (let length = 0; length < whole.length; length += 1) {
    expect(readDnsAnswer(whole.subarray(0, length))).toBeUndefined();
  }
});

test('a label with a dot in it is another name', () => {
  const dotted = message(['mq.example'], [A]);
  // The owner becomes one label of ten octets, of which one is a dot.
  dotted.writeUInt8(10, 12 + 16);
  dotted.write('.', 12 + 16 + 3);
  expect(readDnsAnswer(dotted)).toBeUndefined();
});
