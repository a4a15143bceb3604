import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { FirstBytes, Probe, Recognition } from '../../src/protocols/protocol.ts';
import type { Exchange } from './fixtures.ts';
import { bytes, EXCHANGES, firstBytes } from './fixtures.ts';
import { peer } from './play.ts';

const FOLDER = new URL('../../src/protocols/', import.meta.url);
/** The contract, the list, and what several members share. */
const NOT_MEMBERS = ['index.ts', 'plan.ts', 'protocol.ts'];
const NOTHING = new Uint8Array(0);

test('every file of the folder is in the list, under its own name', () => {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => !NOT_MEMBERS.includes(file));
  expect(protocols.all.map((protocol) => `${protocol.id}.ts`).toSorted()).toEqual(files.toSorted());
});

describe.each(protocols.all)('$id', (protocol) => {
  test('cites what it was written from', () => {
    expect(protocol.sources).not.toHaveLength(0);
  });

  test('has an exchange to recognise', () => {
    expect(EXCHANGES.map((exchange) => exchange.protocol)).toContain(protocol.id);
  });

  test.each(EXCHANGES)('takes "$name" for what it is', (exchange) => {
    const verdict = protocol.recognise(firstBytes(exchange, protocol.depth));
    const expected: Recognition =
      exchange.protocol === protocol.id
        ? { kind: 'yes', certainty: 'proved', facts: exchange.facts }
        : { kind: 'no' };
    expect(verdict).toEqual(expected);
  });

  test.each(EXCHANGES)('keeps to a "no" as more of "$name" arrives', (exchange) => {
    const { client } = firstBytes(exchange, protocol.depth);
    const verdicts = Array.from({ length: client.length + 1 }, (_, size) =>
      kindOf({ client: client.subarray(0, size), server: NOTHING }),
    );
    const after = verdicts.slice(verdicts.indexOf('no') + 1 || verdicts.length);
    expect(after.filter((kind) => kind !== 'no')).toEqual([]);
  });

  test('decides on damaged exchanges too, once it has the bytes that it may look at', () => {
    for (const client of damaged(protocol.depth, 3_000)) {
      expect(kindOf({ client, server: NOTHING }), Buffer.from(client).toString('hex')).not.toBe(
        'more',
      );
    }
  });

  test('the probe ends on silence, on noise and on its own words, and asks little', () => {
    if (protocol.probe === undefined) return;
    const random = xorshift(7);
    const answers: ((sent: Uint8Array) => Uint8Array)[] = [
      () => NOTHING,
      (sent) => sent,
      () => Uint8Array.from({ length: 700 }, () => random()),
      ...EXCHANGES.map((exchange) => () => bytes(exchange.server)),
    ];
    for (const over of protocol.probe.over) {
      for (const answer of answers) expect(turns(protocol.probe, over, answer)).toBeLessThan(24);
    }
  });

  test('the probe takes silence, noise and echo for nothing', () => {
    if (protocol.probe === undefined) return;
    for (const over of protocol.probe.over) {
      for (const answer of [(): Uint8Array => NOTHING, (sent: Uint8Array): Uint8Array => sent]) {
        expect(facts(protocol.probe, over, answer)).toEqual([]);
      }
    }
  });

  test("the probe takes no other protocol's answer for its own", () => {
    if (protocol.probe === undefined) return;
    for (const exchange of EXCHANGES.filter(isForeign)) {
      const found = facts(protocol.probe, protocol.probe.over[0] ?? 'tcp', () =>
        bytes(exchange.server),
      );
      const names = found.flatMap((fact) => (fact.kind === 'speaks' ? [fact.protocol] : []));
      expect(names, exchange.name).not.toContain(protocol.id);
    }
  });

  /** An impostor may have a genuine half, so only another protocol's exchange is foreign through and through. */
  function isForeign(exchange: Exchange): boolean {
    return exchange.protocol !== protocol.id && exchange.protocol !== 'none';
  }

  function kindOf(first: FirstBytes): Recognition['kind'] {
    return protocol.recognise(first).kind;
  }
});

type Answer = (sent: Uint8Array) => Uint8Array;

function turns(probe: Probe, over: Carrier, answer: Answer): number {
  return run(probe, over, answer).turns;
}

function facts(probe: Probe, over: Carrier, answer: Answer): readonly Fact[] {
  return run(probe, over, answer).facts;
}

function run(
  probe: Probe,
  over: Carrier,
  answer: Answer,
): { turns: number; facts: readonly Fact[] } {
  const dialogue = probe.dialogue(peer(4711, over));
  let turn = dialogue.next();
  let count = 0;
  while (turn.done !== true) {
    if (count === 100) return { turns: count, facts: [] };
    count += 1;
    const received = answer(turn.value.send);
    turn.value.complete(received);
    turn = dialogue.next(received);
  }
  return { turns: count, facts: turn.value };
}

/** Exchanges padded to `size` with one to four bytes changed, the same in every run. */
function* damaged(size: number, count: number): Generator<Uint8Array> {
  const random = xorshift(0x9e3779b9);
  for (let index = 0; index < count; index += 1) {
    const exchange = EXCHANGES[index % EXCHANGES.length] ?? raise('no exchanges');
    const client = new Uint8Array(size);
    client.set(firstBytes(exchange, size).client);
    for (let changes = random() % 4; changes >= 0; changes -= 1) client[random() % size] = random();
    yield client;
  }
}

/** Marsaglia 2003. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function raise(message: string): never {
  throw new Error(message);
}
