import type { LoggedPacket } from '../../src/io/would-block.ts';
import { readLog } from '../../src/io/would-block.ts';

/** Reads the log of whatever network namespace it is started in until SIGTERM: a packet a line. */
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await readLog({
  signal: stop.signal,
  onReady: () => process.stdout.write('ready\n'),
  onPacket: (packet: LoggedPacket) => {
    process.stdout.write(`${JSON.stringify(packet)}\n`);
  },
});
