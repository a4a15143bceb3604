import { expect, test } from 'vitest';
import { PassiveEngine } from '../../src/flows/engine.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { NO } from '../../src/protocols/protocol.ts';
import { rtp } from '../../src/protocols/rtp.ts';
import { tls } from '../../src/protocols/tls.ts';
import { exchanges } from '../protocols/exchanges/tls.ts';
import { bytes } from '../protocols/fixtures.ts';
import type { Said } from './talk.ts';
import { ACK, packetOf, play, SYN } from './talk.ts';

const SERVER = '192.168.1.9:6000';
/** More than it takes to believe that nobody knows what is spoken on a port. */
const CONVERSATIONS = 40;

/** Datagrams that each begin as RTP may, and are something else. */
function talk(port: number): readonly Said[] {
  const client = `192.168.1.20:${port}`;
  const datagram = (turn: number): Uint8Array => Uint8Array.of(0x80, 0xf0 - turn, port >> 8, port);
  return Array.from({ length: 6 }, (_, turn) =>
    turn === 0
      ? { from: client, to: SERVER, udp: datagram(turn) }
      : { from: SERVER, to: client, udp: datagram(turn) },
  );
}

/** RFC 3550 §5.1: PCMU, one packet after the other. */
function stream(port: number): readonly Said[] {
  return Array.from({ length: 12 }, (_, turn) => {
    const datagram = new Uint8Array(172).fill(0x55);
    datagram.set([0x80, 0, 0x10, turn, 0, 0, (turn * 160) >> 8, (turn * 160) & 255]);
    datagram.set([0xde, 0xad, 0xbe, 0xef], 8);
    return { from: `192.168.1.20:${port}`, to: SERVER, udp: datagram };
  });
}

/** How often each conversation asked somebody who never knows, and what was found. */
function asked(conversations: readonly (readonly Said[])[]) {
  let asks = 0;
  const clueless: Protocol = {
    ...{ id: 'clueless', title: 'Clueless', sources: [], depth: 64 },
    ports: [{ port: 9, over: 'udp' }],
    recognise: () => {
      asks += 1;
      return NO;
    },
  };
  const { flows } = play(conversations.flat(), { protocols: [clueless, rtp] });
  return { asks, found: flows.map(({ protocol }) => protocol) };
}

const hopeless = Array.from({ length: CONVERSATIONS }, (_, index) => talk(40_000 + index));

test('where nobody knew anything, datagrams that may be a series are put to all once a conversation', () => {
  const before = asked(hopeless).asks;
  expect(asked([...hopeless, talk(50_000)]).asks - before).toBe(1);
  expect(asked([talk(50_000)]).asks).toBeGreaterThan(4);
});

test('a series is recognised there all the same', () => {
  expect(asked([...hopeless, stream(50_000)]).found.at(-1)).toBe('rtp');
});

test('of a handshake nothing is hashed where only its certificates are wanted, which are read', () => {
  const [, version12] = exchanges;
  const client = { from: '192.168.1.20:40000', to: '192.168.1.9:8883' };
  const server = { from: client.to, to: client.from };
  const hello = bytes(version12?.client ?? '');
  const answer = bytes(version12?.server ?? '');
  // RFC 5246 §7.1: from here on it is encrypted, and the connection goes on.
  const finished = Uint8Array.of(20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 9, 9, 9, 9);
  const read: string[] = [];
  const watched: Protocol = {
    ...tls,
    fields: () => [{ name: String(read.push('all')), value: '' }],
    deviceFields: (first) => [
      { name: String(read.push('device')), value: `${first.client.length}` },
    ],
  };
  const engine = new PassiveEngine({
    protocols: [watched],
    observer: 'test',
    onEvidence: () => {},
  });
  const said: readonly Said[] = [
    { ...client, tcp: '', flags: SYN, sequence: 0 },
    { ...server, tcp: '', flags: SYN | ACK, sequence: 0, acknowledgement: 1 },
    { ...client, tcp: hello, flags: ACK, sequence: 1, acknowledgement: 1 },
    { ...server, tcp: answer.subarray(0, 70), flags: ACK, sequence: 1, acknowledgement: 1 },
    { ...server, tcp: finished, flags: ACK, sequence: 71, acknowledgement: 1 },
  ];
  for (const [index, one] of said.entries()) engine.packet(packetOf(one, index + 1));
  expect(read).toEqual(['device']);
});
