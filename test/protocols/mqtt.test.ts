import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { mqtt, parseConnack, parseConnect } from '../../src/protocols/mqtt.ts';
import { bytes } from './fixtures.ts';
import { accepts, freePort, lacks, probe, selfSigned, withServer } from './peers.ts';
import { converse, peer, play } from './play.ts';

const SPEAKS: Fact = { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' };
const SPEAKS_5: Fact = { kind: 'speaks', protocol: 'mqtt', version: '5.0' };
const OPEN: Fact = { kind: 'access', level: 'open' };
const GUARDED: Fact = { kind: 'access', level: 'credentials' };
/** SUBACK, PUBLISH of `$SYS/broker/version`, PINGRESP. */
const VERSION = `9003000100 3020 0013 ${Buffer.from('$SYS/broker/version').toString('hex')} 6d6f737175 6974746f2032 d000`;
const VERSION_5 = `900400010000 3021 0013 ${Buffer.from('$SYS/broker/version').toString('hex')} 00 6d6f737175 6974746f2032 d000`;

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
    ['an open broker', ['20020000'], [SPEAKS, OPEN]],
    [
      'an open broker that says what it is',
      ['20020000', VERSION],
      [SPEAKS, OPEN, { kind: 'detail', name: 'product', value: untrusted('mosquitto 2') }],
    ],
    ['a broker that floods instead of answering', ['20020000', '30ffffff7f 0001'], [SPEAKS, OPEN]],
    ['a broker that wants a password', ['20020005'], [SPEAKS, GUARDED]],
    ['a broker that answers a 3.1.1 client in version 5', ['2003008700'], [SPEAKS_5, GUARDED]],
    ['a broker of version 5 alone', ['20020001', '2003000000'], [SPEAKS_5, OPEN]],
    [
      'a broker of version 5 alone that says what it is',
      ['2003008400', '2003000000', VERSION_5],
      [SPEAKS_5, OPEN, { kind: 'detail', name: 'product', value: untrusted('mosquitto 2') }],
    ],
    [
      'a broker that refuses 3.1.1 and falls silent',
      ['20020001'],
      [{ kind: 'speaks', protocol: 'mqtt', version: 'unknown' }],
    ],
    ['a broker that insists on a client id', ['20020002', '20020000'], [SPEAKS, OPEN]],
    ['a broker that is overloaded', ['20020003'], [SPEAKS]],
    ['a web server', ['485454502f312e3120343030'], []],
    ['silence', [''], []],
  ] satisfies [string, string[], Fact[]][])('%s', (_, answers, facts) => {
    expect(play(mqtt.probe.dialogue(peer(1883)), answers)).toEqual(facts);
  });

  test('sends CONNECT, SUBSCRIBE with PINGREQ, and DISCONNECT: never PUBLISH', () => {
    const { sent } = converse(mqtt.probe.dialogue(peer(1883)), ['20020000', VERSION]);
    expect(sent.map((message) => message.slice(0, 2))).toEqual(['10', '82', 'e0']);
  });
});

test('parseConnack refuses reserved flags', () => {
  expect(parseConnack(bytes('20020200'))).toEqual({
    kind: 'bad',
    why: 'CONNACK sets reserved bits',
  });
});

test('no bytes make the parsers throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 600 }), (a, b) => {
      parseConnect(a);
      parseConnack(a);
      const talk = mqtt.probe.dialogue(peer(1883));
      talk.next();
      talk.next(bytes('20020000'));
      talk.next(b);
    }),
  );
});

describe.skipIf(lacks('mosquitto'))('a real broker (left out where mosquitto is missing)', () => {
  test.each([
    ['that lets anyone in', 'allow_anonymous true', 'open'],
    ['that wants a password', 'allow_anonymous false', 'credentials'],
  ])('%s', async (_, setting, level) => {
    const facts = await askMosquitto((port) => `listener ${port} 127.0.0.1\n${setting}\n`);
    expect(facts).toContainEqual(SPEAKS);
    expect(facts).toContainEqual({ kind: 'access', level });
    const products = facts.filter((fact) => fact.kind === 'detail' && fact.name === 'product');
    expect(products).toHaveLength(level === 'open' ? 1 : 0);
  });

  test('inside TLS', async () => {
    const facts = await askMosquitto((port, folder) => {
      const { key, certificate } = selfSigned(folder);
      return `listener ${port} 127.0.0.1\nallow_anonymous true\nuser root\ncertfile ${certificate}\nkeyfile ${key}\n`;
    }, 'tls');
    expect(facts.slice(0, 2)).toEqual([SPEAKS, OPEN]);
  });
});

async function askMosquitto(
  config: (port: number, folder: string) => string,
  over: Carrier = 'tcp',
): Promise<readonly Fact[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  try {
    const port = await freePort();
    const file = join(folder, 'mosquitto.conf');
    writeFileSync(file, config(port, folder));
    return await withServer(
      ['mosquitto', '-c', file],
      () => accepts(port),
      () => probe(mqtt.probe, port, over),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
