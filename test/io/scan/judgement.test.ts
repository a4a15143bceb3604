import { describe, expect, test } from 'vitest';
import { judged, needsControl } from '../../../src/io/scan/control.ts';
import type { Turn } from '../../../src/io/scan/converse.ts';
import { converse } from '../../../src/io/scan/converse.ts';
import { PLANNER } from '../../../src/io/scan/planner.ts';
import type { Statement } from '../../../src/io/scan/statement.ts';
import { evidenceOf } from '../../../src/io/scan/statement.ts';
import { withCertificate } from '../../../src/io/scan/tls-talk.ts';
import { answersAlike, isEcho, unclaimed } from '../../../src/io/scan/unclaimed.ts';
import type { Fact } from '../../../src/model/evidence.ts';
import type { Dialogue } from '../../../src/protocols/protocol.ts';
import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';

const OPEN: Statement = {
  certainty: 'proved',
  facts: [speaks('mqtt', '3.1.1'), access('open')],
  turns: [turn('10', '20020000')],
};

describe('an open door', () => {
  test.each([
    ['is looked at twice', [speaks('mqtt'), access('open')], true],
    ['with a login is not', [speaks('mqtt'), access('credentials')], false],
    ['nobody spoke of is not', [speaks('http')], false],
  ] satisfies [string, Fact[], boolean][])('%s', (_, facts, needed) => {
    expect(needsControl({ ...OPEN, facts })).toBe(needed);
  });

  test('stands where the control question brought nothing of its own', () => {
    const control = turn('47455420', '');
    expect(judged(OPEN, { facts: [], turns: [control] })).toEqual({ ...OPEN, control });
  });

  test('falls where whoever answers speaks whatever it is asked', () => {
    const parrot = judged(OPEN, { facts: [speaks('http')], turns: [turn('47455420', '48545450')] });
    expect(parrot.certainty).toBe('likely');
    expect(parrot.facts.map(({ kind }) => kind)).toEqual(['speaks', 'detail']);
  });

  test('stands where the control could not be put', () => {
    expect(judged(OPEN, { facts: [], turns: [] })).toBe(OPEN);
  });
});

describe('what nobody claims', () => {
  test.each([
    ['nothing where nothing came', [turn('10', '')], undefined],
    ['the first words of the device before any answer', [turn('', 'aabbcc'), turn('10', 'dd')], ''],
    ['an answer before an echo', [turn('1001', '1001'), turn('1002', 'ffee0102')], '1002'],
    ['the echo where there is nothing else', [turn('1001', '1001')], '1001'],
  ])('is %s', (_, turns, question) => {
    const statement = unclaimed(turns, { ...PLANNER, protocols: [] }, 'tcp');
    const fact = statement?.facts.find(({ kind }) => kind === 'unrecognised');
    expect(fact?.kind === 'unrecognised' ? fact.signature.question : undefined).toBe(question);
  });

  test('is still known by a protocol that only listens', () => {
    const banner = Buffer.from('SSH-2.0-OpenSSH_9.2\r\n').toString('hex');
    const statement = unclaimed([turn('', banner)], PLANNER, 'tcp');
    expect(statement).toMatchObject({ certainty: 'likely' });
    expect(statement?.facts).toContainEqual(expect.objectContaining({ protocol: 'ssh' }));
  });

  test.each([
    ['the same bytes', '1001', '1001', true],
    ['the same and more', '1001', '100105', true],
    ['something else', '1001', '1002', false],
    ['less', '1001', '10', false],
    ['what was not asked', '', '10', false],
  ])('%s is an echo: %s -> %s: %s', (_, sent, received, echo) => {
    expect(isEcho(turn(sent, received))).toBe(echo);
  });

  test.each([
    ['three answers alike', [turn('01', 'aa'), turn('02', 'aa'), turn('03', 'aa')], true],
    ['two are too few', [turn('01', 'aa'), turn('02', 'aa')], false],
    ['the last differs', [turn('01', 'aa'), turn('02', 'aa'), turn('03', 'ab')], false],
    ['three echoes', [turn('01', '01'), turn('02', '02'), turn('03', '03')], true],
    ['silence tells nothing', [turn('01', ''), turn('02', ''), turn('03', '')], false],
  ])('%s end the questions: %s', (_, turns, alike) => {
    expect(answersAlike(turns)).toBe(alike);
  });
});

describe('evidence of a statement', () => {
  const about = { at: 7, observer: 'PTL-S-TEST', address: '10.0.0.1', port: 1883 } as const;

  test('has the bytes with what they prove, and not with the rest', () => {
    const statement = { ...OPEN, facts: [...OPEN.facts, detail('product', 'x')] };
    const evidence = evidenceOf(statement, { ...about, transport: 'tcp' });
    expect(evidence.map(({ fact, proof }) => [fact.kind, proof?.response])).toEqual([
      ['speaks', '20020000'],
      ['access', '20020000'],
      ['detail', undefined],
    ]);
  });

  test('keeps 512 bytes a side, of all turns together', () => {
    const turns = [turn('01'.repeat(400), '02'.repeat(600)), turn('03'.repeat(400), '04')];
    const [evidence] = evidenceOf({ ...OPEN, turns }, { ...about, transport: 'tcp' });
    expect(evidence?.proof?.request).toBe('01'.repeat(400) + '03'.repeat(112));
    expect(evidence?.proof?.response).toBe('02'.repeat(512));
  });

  test('names the carrier where it is not the transport itself', () => {
    const over = (carrier: 'tcp' | 'tls'): unknown =>
      evidenceOf({ ...OPEN, over: carrier }, { ...about, transport: 'tcp' })[0]?.subject.over;
    expect([over('tcp'), over('tls')]).toEqual([undefined, 'tls']);
  });
});

test('a dialogue that does not end is ended', async () => {
  function* endless(): Dialogue {
    for (;;) yield { send: Uint8Array.of(1), complete: () => true };
  }
  const talk = await converse(endless(), () => Promise.resolve(undefined));
  expect(talk.facts).toEqual([]);
  expect(talk.turns.length).toBeLessThanOrEqual(64);
});

test('a certificate that is none leaves the other facts as they are', () => {
  const tls: Fact = {
    kind: 'tls',
    tls: { versions: ['DTLSv1.2'], cipher: 'x', clientCertificate: false },
  };
  expect(withCertificate([tls, detail('certificate-der', '3000')])).toEqual([tls]);
  expect(withCertificate([speaks('dtls')])).toEqual([speaks('dtls')]);
});

function turn(sent: string, received: string): Turn {
  return {
    sent: Uint8Array.from(Buffer.from(sent, 'hex')),
    received: Uint8Array.from(Buffer.from(received, 'hex')),
  };
}
