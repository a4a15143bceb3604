import { describe, expect, test } from 'vitest';
import { withLab } from '../../lab/lab.ts';
import { lacking } from './need.ts';

const why = lacking('nmap');
const ADDRESS = '10.77.2.19';

/** Opens so many connections to port 80, each so many milliseconds after the last, and holds them. */
function connections(count: number, apart: number): readonly string[] {
  const script = `
    const net = require('node:net');
    let open = 0;
    const next = () => {
      if (open++ === ${count}) process.exit();
      const socket = net.connect(80, '${ADDRESS}').on('error', () => {});
      ${apart > 0 ? "socket.on('connect', () => socket.destroy());" : ''}
      setTimeout(next, ${apart});
    };
    next();
    setTimeout(() => {}, 500);`;
  return [process.execPath, '-e', script.replace('process.exit()', 'return')];
}

const nmap = (...args: string[]): readonly string[] => ['nmap', '-n', '-Pn', ...args, ADDRESS];

describe.skipIf(why !== undefined)(
  `the touchy device${why === undefined ? '' : ` (${why})`}`,
  () => {
    test.each([
      ['bears one connection after another', connections(4, 300), undefined],
      ['restarts at three at once', connections(3, 0), /3 connections at once/],
      ['restarts at a half-open connection', nmap('-sS', '-p80'), /half-open/],
      ['restarts at haste, closed ports included', nmap('-sT', '-p1-40'), /SYN in a second/],
    ] as const)('%s', async (_, command, reason) => {
      await withLab({ level: 1, devices: ['esp'] }, async (lab) => {
        await lab.exec(command);
        await lab.exec(['sleep', '0.2']); // The kernel's counters are read every 50 ms.
        const reset = lab.events('esp').find(({ event }) => event === 'reset');
        if (reason === undefined) expect(reset).toBeUndefined();
        else expect(reset?.detail).toMatch(reason);
      });
    });
  },
);
