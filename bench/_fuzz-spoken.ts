import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Fact } from '../src/model/evidence.ts';
import { protocols } from '../src/protocols/index.ts';
import { FOREIGN } from '../test/fixtures/exchanges/foreign-composed.ts';
import { HOME } from '../test/protocols/conversations/home.ts';
import { INDUSTRIAL } from '../test/protocols/conversations/industrial.ts';
import { MESSAGING } from '../test/protocols/conversations/messaging.ts';
import { EXCHANGES } from '../test/protocols/exchanges/index.ts';
import { SERVERS } from '../test/protocols/http-families/servers.ts';
import { THINGS } from '../test/protocols/http-families/things.ts';

/** What two sides said, and by which protocol; a dialogue's device answers several times. */
export interface Spoken {
  readonly protocol: string;
  readonly client: Uint8Array;
  readonly server: readonly Uint8Array[];
}

const CONVERSATIONS = [...HOME, ...INDUSTRIAL, ...MESSAGING];

/** Exchanges of the tests' fixtures, what real servers answered, and our own questions. */
export function spokenSeeds(): readonly Spoken[] {
  return [...exchanged(), ...conversed(), ...composed(), ...recorded(), ...asked(), ...certified()];
}

/** What is told of devices there. */
export function factSeeds(): readonly Fact[] {
  return [...EXCHANGES, ...CONVERSATIONS, ...SERVERS, ...THINGS].flatMap(({ facts }) => facts);
}

function exchanged(): readonly Spoken[] {
  return EXCHANGES.map(({ protocol, client, server }) => spoken(protocol, client, [server]));
}

function conversed(): readonly Spoken[] {
  return CONVERSATIONS.map(({ protocol, answers }) => spoken(protocol, '', answers));
}

function composed(): readonly Spoken[] {
  return FOREIGN.map(({ is, client, server }) => spoken(is, client, [server]));
}

/** What real servers answered to our questions. */
function recorded(): readonly Spoken[] {
  const file = resolve('test/fixtures/exchanges/foreign-crossed.json');
  const crossed: readonly { readonly client: string; readonly answer: string }[] = JSON.parse(
    readFileSync(file, 'utf8'),
  ); // Ours.
  return crossed.map(({ client, answer }) => spoken('none', client, [answer.slice(0, 2048)]));
}

function spoken(protocol: string, client: string, server: readonly string[]): Spoken {
  return { protocol, client: hex(client), server: server.map(hex) };
}

function hex(digits: string): Uint8Array {
  return Buffer.from(digits.replaceAll(/\s/g, ''), 'hex');
}

/** A protocol's first question, and the same as an answer. */
function asked(): readonly Spoken[] {
  return protocols.all.flatMap(({ id, probe }) => {
    const peer = { address: '192.0.2.7', port: 4711, nonce: new Uint8Array(32) };
    return (probe?.over ?? []).flatMap((over) => {
      const turn = probe?.dialogue({ ...peer, over }).next();
      const client = turn?.done === false ? turn.value.send : new Uint8Array(0);
      return client.length === 0 ? [] : [{ protocol: id, client, server: [client] }];
    });
  });
}

/** A flight of TLS 1.2 (RFC 5246 §7.3) with a certificate that a server of another version sent. */
function certified(): readonly Spoken[] {
  const tls = EXCHANGES.filter(({ protocol }) => protocol === 'tls');
  const bytes = Buffer.concat(tls.map(({ server }) => hex(server)));
  const at = bytes.indexOf(Buffer.from([0x30, 0x82]));
  const size = at < 0 ? 0 : 4 + bytes.readUInt16BE(at + 2);
  const long = (part: Uint8Array): Buffer => {
    const length = Buffer.from([0, part.length >> 8, part.length & 255]);
    return Buffer.concat([length, part]);
  };
  const message = (type: number, body: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([type]), long(body)]);
  const hello = message(2, hex(`0303${'11'.repeat(32)}00c02b00`));
  const chain = message(11, long(long(bytes.subarray(at, at + size))));
  const flight = Buffer.concat([hello, chain, message(14, hex(''))]);
  const record = Buffer.concat([hex('160303'), long(flight).subarray(1)]);
  const client = tls.map((one) => hex(one.client)).find(([first]) => first === 0x16);
  return client === undefined ? [] : [{ protocol: 'tls', client, server: [record] }];
}
