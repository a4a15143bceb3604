import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { mqtt, parseConnack } from '../../src/protocols/mqtt.ts';
import { bytes } from './fixtures.ts';
import { play } from './play.ts';

const SPEAKS: Fact = { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' };

describe('mqtt.recognise', () => {
  test.each([
    ['both sides', '100c00044d5154540402003c0000', '20020000', 'yes', 'proved'],
    ['the client alone', '100c00044d5154540402003c0000', '', 'yes', 'likely'],
    ['a keep-alive of an older session', 'c000', 'd000', 'yes', 'likely'],
    ['half a CONNECT', '100c00044d51', '', 'more', undefined],
    ['HTTP', '474554202f20485454502f312e31', '', 'no', undefined],
    ['a level that does not exist', '100c00044d5154540902003c0000', '', 'no', undefined],
  ])('%s', (_, client, server, kind, certainty) => {
    const verdict = mqtt.recognise({ client: bytes(client), server: bytes(server) });
    expect(verdict.kind).toBe(kind);
    expect(verdict.kind === 'yes' ? verdict.certainty : undefined).toBe(certainty);
  });
});

describe('mqtt.probe', () => {
  test.each([
    ['an open broker', ['20020000'], [SPEAKS, { kind: 'access', level: 'open' }]],
    [
      'a broker that wants a password',
      ['20020005'],
      [SPEAKS, { kind: 'access', level: 'credentials' }],
    ],
    ['a broker of version 5', ['2003008700'], [SPEAKS, { kind: 'access', level: 'credentials' }]],
    ['a broker that is overloaded', ['20020003'], [SPEAKS]],
    ['a web server', ['485454502f312e3120343030'], []],
    ['silence', [''], []],
  ] satisfies [string, string[], Fact[]][])('%s', (_, answers, facts) => {
    expect(play(mqtt.probe.dialogue(), answers)).toEqual(facts);
  });
});

test('parseConnack refuses reserved flags', () => {
  expect(parseConnack(bytes('20020200'))).toEqual({
    kind: 'bad',
    why: 'CONNACK sets reserved bits',
  });
});
