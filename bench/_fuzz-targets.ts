import { PassiveEngine } from '../src/flows/engine.ts';
import { readerFor } from '../src/importers/capture-reader.ts';
import { importers } from '../src/importers/index.ts';
import { protocols } from '../src/protocols/index.ts';
import { decode } from '../src/wire/decode.ts';
import { Packet } from '../src/wire/packet.ts';
import type { FuzzTarget } from './_fuzz.ts';

/** What two sides said first. */
export interface Spoken {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** Seeds that the caller has: recorded exchanges, documents, captures. */
export interface FuzzSeeds {
  readonly exchanges: readonly Spoken[];
  readonly documents: readonly Uint8Array[];
  readonly captures: readonly Uint8Array[];
}

/** Everything that reads strangers' octets, by the way on which they come. */
export function fuzzTargets({ exchanges, documents, captures }: FuzzSeeds): readonly FuzzTarget[] {
  return [
    { name: 'first words of a conversation', seeds: exchanges.map(joined), run: recogniseAll },
    { name: 'answers to our questions', seeds: exchanges.map(({ server }) => server), run: askAll },
    { name: 'documents of other tools', seeds: documents, run: importAll },
    { name: 'captures, to conversations', seeds: captures, run: follow },
  ];
}

/** Two octets say how much the client said. */
function joined({ client, server }: Spoken): Uint8Array {
  const head = Buffer.from([(client.length >> 8) & 255, client.length & 255]);
  return Buffer.concat([head, client, server]);
}

function recogniseAll(bytes: Uint8Array): void {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const client = bytes.subarray(2, 2 + length);
  const server = bytes.subarray(2 + length);
  for (const protocol of protocols.all) {
    const first = {
      client: client.subarray(0, protocol.depth),
      server: server.subarray(0, protocol.depth),
    };
    const verdict = protocol.recognise(first);
    if (verdict.kind === 'yes' && 'fields' in protocol) protocol.fields({ client, server });
  }
}

const NONCE = new Uint8Array(32);
const NOBODY = { address: '192.0.2.1', port: 4000 };
/** Turns of one dialogue: whoever never ends is a bug of its own, and another test's. */
const TURNS = 12;

/** The same octets are the answer to every question of every protocol. */
function askAll(bytes: Uint8Array): void {
  for (const protocol of protocols.all) {
    if ('search' in protocol) protocol.search.read(bytes, NOBODY);
    if (!('probe' in protocol)) continue;
    const dialogue = protocol.probe.dialogue({ ...NOBODY, over: 'tcp', nonce: NONCE });
    let turn = dialogue.next();
    for (let turns = 0; turns < TURNS && turn.done !== true; turns += 1) {
      turn.value.complete(bytes);
      turn = dialogue.next(bytes);
    }
  }
}

const OPTIONS = { at: 1_795_600_000_000, observer: 'fuzz' };

function importAll(bytes: Uint8Array): void {
  for (const importer of importers.all) {
    if (importer.recognise(bytes.subarray(0, 4096))) importer.read(bytes, OPTIONS);
  }
}

function follow(bytes: Uint8Array): void {
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'fuzz',
    table: { capacity: 64 },
    firstBytes: { slots: 16 },
    onFlow: () => {},
    onEvidence: () => {},
    onField: () => {},
    onObservation: () => {},
  });
  const take = (packet: Packet): void => {
    decode(packet);
    engine.packet(packet);
  };
  const reader = readerFor(bytes);
  if (reader === undefined) take(frameOf(bytes));
  else {
    reader.push(bytes, take);
    reader.end();
  }
  engine.end();
}

/** What is no capture is one frame of Ethernet. */
function frameOf(bytes: Uint8Array): Packet {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  packet.captured = bytes.length;
  packet.length = bytes.length;
  packet.frame = 1;
  return packet;
}

/** A fault behind four lengths in a row, to which only what was found before leads. */
export const nested: FuzzTarget = {
  name: 'nested',
  seeds: [new Uint8Array(4)],
  run(bytes) {
    if (bytes.length < 4 || bytes[0] !== 64) return;
    if (bytes[1] !== 8) return;
    if (bytes[2] !== 200) return;
    if (bytes[3] === 100) throw new Error('the planted fault');
  },
};
