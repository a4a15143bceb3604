import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protocols } from '../src/protocols/index.ts';
import { SAMPLES } from '../test/importers/samples.ts';
import { datagram, httpConversation, tagged } from '../test/io/capture/frames.ts';
import { pcap } from '../test/wire/captures.ts';
import type { FuzzSeeds, Spoken } from './_fuzz-targets.ts';

/** From the built bench back to the sources. */
const CROSSED = join(import.meta.dirname, '../../test/fixtures/exchanges/foreign-crossed.json');

/** What real servers answered, our own questions, documents and captures. */
export function fuzzSeeds(): FuzzSeeds {
  return {
    exchanges: [...recorded(), ...protocols.all.flatMap(asked)],
    documents: Object.values(SAMPLES).flatMap((samples) =>
      Object.values(samples).map((text) => Buffer.from(text)),
    ),
    captures: [
      pcap(1, httpConversation(40_001)),
      pcap(1, [datagram(53, 60), tagged(datagram(5683, 20), 7)]),
      datagram(5353, 40),
    ],
  };
}

function recorded(): readonly Spoken[] {
  const crossed: readonly { readonly client: string; readonly answer: string }[] = JSON.parse(
    readFileSync(CROSSED, 'utf8'),
  ); // Ours.
  return crossed.map(({ client, answer }) => ({
    client: Buffer.from(client, 'hex'),
    server: Buffer.from(answer, 'hex').subarray(0, 1024),
  }));
}

/** A protocol's first question, and the same as an answer. */
function asked(protocol: (typeof protocols.all)[number]): readonly Spoken[] {
  if (!('probe' in protocol)) return [];
  const peer = {
    address: '192.0.2.1',
    port: 4000,
    over: 'tcp',
    nonce: new Uint8Array(32),
  } as const;
  const turn = protocol.probe.dialogue(peer).next();
  const client = turn.done === true ? new Uint8Array(0) : turn.value.send;
  return client.length === 0 ? [] : [{ client, server: client }];
}
