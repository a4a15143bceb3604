import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PassiveEngine } from '../../src/flows/engine.ts';
import { Interner } from '../../src/flows/interner.ts';
import { OpenQueue } from '../../src/flows/open-queue.ts';
import type { Flow } from '../../src/model/flow.ts';
import type { Said } from './talk.ts';
import { endOf, frameOf, handshake, packetFrom, packetOf, play, SYN } from './talk.ts';

const SMALL = { table: { capacity: 100 } };

/** A SYN from each of so many addresses. */
function flood(count: number, at = 1): readonly Said[] {
  return Array.from({ length: count }, (_, index) => ({
    at,
    from: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:1024`,
    to: '192.168.1.20:80',
    flags: SYN,
    hops: 55,
  }));
}

describe('a flood of new flows', () => {
  const own = Array.from({ length: 20 }, (_, index) => `192.168.1.10:${40_000 + index}`);
  const opened = own.flatMap((client) => handshake(client, '192.168.1.20:8502'));
  const { flows, counters } = play([...opened, ...flood(5000)], SMALL);

  test('pushes out what nobody answered, the oldest first', () => {
    const gone = flows.slice(0, 4920).map(({ source }) => source.address);
    expect(gone).toEqual(flood(4920).map(({ from }) => from.split(':')[0]));
  });

  test('leaves alone what was answered', () => {
    const kept = flows.slice(4920).filter(({ outcome }) => outcome === 'answered');
    expect(kept.map(({ source }) => `${source.address}:${source.port}`)).toEqual(own);
  });

  test('is counted', () => {
    expect(counters).toMatchObject({ created: 5020, evictedHalfOpen: 4920, evicted: 0 });
  });
});

test('where all were answered, one of those that were silent longest goes', () => {
  const talks = Array.from({ length: 101 }, (_, index) =>
    handshake(`192.168.1.10:${40_000 + index}`, '192.168.1.20:8502', index),
  ).flat();
  const { flows, counters } = play(talks, SMALL);
  expect(counters).toMatchObject({ evicted: 1, evictedHalfOpen: 0 });
  // A sample of 64 in 100 has one of the oldest 37.
  expect(flows[0]?.source.port).toBeLessThan(40_037);
});

/** The same frame with another sender, so that a million of them need no million objects. */
function floodFrames(count: number, onFlow: (flow: Flow) => void): PassiveEngine {
  const engine = new PassiveEngine({ protocols: [], observer: 'test', onFlow });
  const clients = Array.from({ length: 50 }, (_, index) => `192.168.1.10:${40_000 + index}`);
  let frame = 0;
  for (const client of clients) {
    for (const said of handshake(client, '192.168.1.20:80')) {
      frame += 1;
      engine.packet(packetOf(said, frame));
    }
  }
  const packet = packetOf({ from: '10.0.0.0:1', to: '192.168.1.20:80', flags: SYN, hops: 55 }, 1);
  for (let index = 0; index < count; index += 1) {
    packet.view.setUint32(packet.source, 0x0b000000 + (index >> 4));
    packet.sourcePort = 1024 + (index & 15);
    packet.frame = frame + index;
    engine.packet(packet);
  }
  return engine;
}

test('a million SYNs of different senders take no more than the table, and established flows stay', () => {
  let answered = 0;
  const before = process.memoryUsage();
  const engine = floodFrames(1_000_000, ({ outcome }) => {
    if (outcome === 'answered') answered += 1;
  });
  const after = process.memoryUsage();
  expect(answered).toBe(0);
  expect(engine.size).toBe(200_000);
  expect(engine.counters.evictedHalfOpen).toBe(800_050);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(128 * 1024 * 1024);
  engine.end();
  expect(answered).toBe(50);
});

test('addresses of IPv6 are forgotten with their flows', () => {
  const senders = Array.from({ length: 3000 }, (_, index) => ({
    from: `[2001:db8::${index.toString(16)}]:1024`,
    to: '[2001:db8:1::1]:80',
    flags: SYN,
  }));
  const { counters, flows } = play(senders, { table: { capacity: 64 } });
  expect(counters).toMatchObject({ created: 3000, unplaced: 0 });
  expect(new Set(flows.map(({ source }) => source.address)).size).toBe(3000);
});

test('numbers of addresses agree with a map', () => {
  const address = fc.integer({ min: 0, max: 40 });
  const step = fc.record({ act: fc.constantFrom('hold', 'hold', 'release'), address });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer(), (steps, seed) => {
      const interner = new Interner(6, 32, seed);
      const held = new Map<number, number>();
      for (const one of steps) takeStep(interner, held, one.act === 'hold', one.address);
      expect(interner.size).toBe(held.size);
    }),
  );
});

function takeStep(
  interner: Interner,
  held: Map<number, number>,
  holds: boolean,
  address: number,
): void {
  const bytes = Uint8Array.of(2, 0, 0, 0, 0, address);
  const known = held.get(address) ?? 0;
  const number = interner.find(bytes, 0);
  expect(number >= 0).toBe(known > 0);
  if (holds) {
    const isFull = known === 0 && held.size === 32;
    expect(interner.hold(bytes, 0) < 0).toBe(isFull);
    if (!isFull) held.set(address, known + 1);
  } else if (known > 0) {
    expect(interner.bytesOf(number)).toEqual(bytes);
    interner.release(number);
    if (known === 1) held.delete(address);
    else held.set(address, known - 1);
  }
}

test('a queue keeps the order and lets go of any', () => {
  const queue = new OpenQueue(5);
  for (const number of [3, 1, 4]) queue.push(number);
  queue.remove(3);
  queue.remove(3);
  expect(queue.first).toBe(1);
  queue.remove(1);
  queue.push(3);
  expect([queue.first, queue.has(3), queue.has(1)]).toEqual([4, true, false]);
  queue.remove(4);
  queue.remove(3);
  expect(queue.first).toBe(-1);
});

test('no seed of the hash changes what comes out', () => {
  const said = [...flood(300), ...handshake('192.168.1.10:40000', '192.168.1.20:8502', 2)];
  const results = [1, 0x7fffffff, 12_345].map((seed) =>
    JSON.stringify(play(said, { table: { capacity: 100, seed } }).flows),
  );
  expect(new Set(results).size).toBe(1);
});

test('an ICMP error refuses the datagram that it quotes', () => {
  const asked: Said = { from: '192.168.1.10:40000', to: '192.168.1.20:9999', udp: 'x' };
  const quoted = frameOf(asked).subarray(14);
  const flows: Flow[] = [];
  const engine = new PassiveEngine({
    protocols: [],
    observer: 't',
    onFlow: (one) => flows.push(one),
  });
  engine.packet(packetOf(asked, 1));
  const error = packetOf({ from: '192.168.1.20:0', to: '192.168.1.10:0', udp: '' }, 2);
  const bytes = Buffer.concat([
    error.bytes.subarray(0, 34),
    Buffer.from([3, 3, 0, 0, 0, 0, 0, 0]),
    quoted,
  ]);
  bytes[23] = 1;
  bytes.writeUInt16BE(bytes.length - 14, 16);
  engine.packet(packetFrom(bytes, 2));
  engine.end();
  expect(flows[0]).toMatchObject({ transport: 'udp', outcome: 'refused' });
  expect(endOf(asked.from).port).toBe(flows[0]?.source.port);
});
