import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PassiveEngine } from '../../src/flows/engine.ts';
import { protocols } from '../../src/protocols/index.ts';
import { decode } from '../../src/wire/decode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { HAS_SHARED, pcap, readBytes, SHARED } from '../wire/captures.ts';
import type { Said } from './talk.ts';
import { frameOf, handshake } from './talk.ts';

/** Everything that comes out, as text. */
function outcome(capture: Uint8Array, chunk: number, seed: number): string {
  const out: unknown[] = [];
  const keep = (one: unknown): void => {
    out.push(one);
  };
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'x',
    onFlow: keep,
    onEvidence: keep,
    onField: keep,
    table: { seed, capacity: 5000 },
  });
  const onPacket = (packet: Packet): void => {
    decode(packet);
    engine.packet(packet);
  };
  readBytes(capture, onPacket, chunk);
  engine.end();
  out.push({ ...engine.counters, etherTypes: [...engine.counters.etherTypes] });
  return JSON.stringify(out);
}

const CHUNKS = [1, 7, 64, 100, 999, 1460, 4096, 65_536, 1 << 20, 12_345] as const;

const SERVICES = ['192.168.1.20:1883', '192.168.1.21:8502', '192.168.1.22:80'];

/** Conversations that run side by side. */
function mixed(): Uint8Array {
  const said = Array.from({ length: 60 }, (_, index): readonly Said[] => {
    const client = `192.168.1.${100 + (index % 40)}:${40_000 + index}`;
    const server = SERVICES[index % SERVICES.length] ?? '';
    return [
      ...handshake(client, server),
      { from: client, to: server, tcp: 'GET / HTTP/1.1\r\nHost: hub\r\n\r\n', sequence: 1 },
      { from: server, to: client, tcp: 'HTTP/1.1 200 OK\r\nServer: x\r\n\r\n', sequence: 1 },
      { from: client, to: '192.168.1.255:6000', udp: `who is there ${index}` },
    ];
  });
  const length = Math.max(...said.map((all) => all.length));
  const interleaved = Array.from({ length }, (_, turn) => said.flatMap((all) => all[turn] ?? []));
  return pcap(1, interleaved.flat().map(frameOf));
}

describe('the same packets give the same results', () => {
  test('ten times, in pieces of any size, with any seed', () => {
    const capture = mixed();
    const results = new Set(CHUNKS.map((chunk, index) => outcome(capture, chunk, index * 7919)));
    expect(results.size).toBe(1);
    expect([...results][0]?.length).toBeGreaterThan(10_000);
  });

  test
    .skipIf(!HAS_SHARED)
    .each([
      ['testrun/conn/captures/monitor.pcap'],
      ['zeek/wikipedia.pcap'],
      ['ndpi/synscan.pcap'],
      ['iti/IEC61850/Sample_File_MMS_and_GOOSE.pcap'],
    ])('%s', (file) => {
    const capture = readFileSync(join(SHARED, file));
    const results = CHUNKS.slice(1).map((chunk, index) => outcome(capture, chunk, index * 7919));
    expect(new Set(results).size).toBe(1);
  });
});
