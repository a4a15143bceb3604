import type { Flow } from '../src/model/flow.ts';
import type { Said } from '../test/flows/talk.ts';
import { frameOf, handshake, SYN } from '../test/flows/talk.ts';
import type { Figure } from './_bench.ts';
import { aimFrom } from './_hostile-bombs.ts';
import { collectGarbage, InProcess } from './_in-process.ts';

/** Senders of the flood, each once; and connections that are open before and after it. */
const SENDERS = 1_000_000;
const OPEN = 1000;
/** MiB that all flows may take. */
const MEMORY = 256;
const START = 1_795_600_000_000_000;
const SERVER = '192.0.2.9:8883';
/** Microseconds between two SYNs: 500,000 a second. */
const APART = 2;

/** A million of connections that nobody answers, in two seconds, beside a thousand that are in use. */
export function floodFigures(): readonly Figure[] {
  const before = memory();
  const kept: Flow[] = [];
  const feeder = new InProcess((flow) => {
    if (flow.destination.port === 8883) kept.push(flow);
  });
  let time = START;
  const take = (frame: Uint8Array): void => {
    time += APART;
    feeder.take(
      frame,
      new DataView(frame.buffer, frame.byteOffset, frame.length),
      0,
      frame.length,
      time,
    );
  };
  const clients = Array.from(
    { length: OPEN },
    (_, index) => `192.0.2.${1 + (index % 250)}:${2000 + index}`,
  );
  for (const client of clients) for (const said of handshake(client, SERVER)) take(frameOf(said));
  const syn = frameOf({ from: '192.0.2.1:40000', to: '192.0.2.10:80', flags: SYN, sequence: 0 });
  for (let index = 0; index < SENDERS; index += 1) {
    aimFrom(syn, index);
    take(syn);
  }
  const after = memory();
  for (const client of clients) take(frameOf(wordOf(client)));
  const { evicted, evictedHalfOpen } = feeder.engine.counters;
  feeder.engine.end();
  // Who was pushed out meanwhile comes back as a second flow without a handshake.
  const whole = kept.filter(({ sent }) => sent.packets === 3).length;
  return [
    { name: 'SYN flood: senders', unit: '', ours: SENDERS },
    {
      name: 'memory of the flows and of all that is remembered of them',
      unit: 'MiB',
      ours: after.used - before.used,
      target: { atMost: MEMORY },
    },
    { name: 'growth of the process', unit: 'MiB', ours: after.resident - before.resident },
    { name: 'half open flows pushed out', unit: '', ours: evictedHalfOpen },
    { name: 'established flows pushed out', unit: '', ours: evicted, target: { atMost: 0 } },
    {
      name: `of ${OPEN} connections whole after it`,
      unit: '',
      ours: whole,
      target: { atLeast: OPEN },
    },
  ];
}

function wordOf(client: string): Said {
  return { from: client, to: SERVER, tcp: 'ping', sequence: 1, acknowledgement: 1 };
}

/** MiB that are in use once garbage is collected, and that the process has. */
function memory(): { readonly used: number; readonly resident: number } {
  collectGarbage();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { used: (heapUsed + arrayBuffers) / 2 ** 20, resident: rss / 2 ** 20 };
}
