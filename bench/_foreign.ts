import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { LabHost } from '../lab/device.ts';
import { FOREIGN } from '../test/fixtures/exchanges/foreign-composed.ts';

/** Odd on purpose: no number speaks for any protocol. */
export const FOREIGN_FIRST_PORT = 30_001;

/** What a real server answered to one question, most of which were meant for others. */
interface Crossed {
  readonly server: string;
  readonly is: string;
  readonly client: string;
  readonly answer: string;
}

interface Exchange {
  readonly question: Buffer;
  readonly answer: Buffer;
}

export interface ForeignPort {
  readonly service: string;
  /** The one name that may be given to it; `none` where every name is wrong. */
  readonly is: string;
  readonly port: number;
  readonly exchanges: readonly Exchange[];
}

/** From the built bench back to the sources. */
const CROSSED_FILE = join(
  import.meta.dirname,
  '../../test/fixtures/exchanges/foreign-crossed.json',
);

/** Composed ones, and real servers that were recorded; each on a port of its own. */
export function foreignServices(): readonly ForeignPort[] {
  const composed = FOREIGN.map(({ service, is, client, server }) => ({
    service,
    is,
    exchanges: [{ question: bytes(client), answer: bytes(server) }],
  }));
  return [...composed, ...recorded()].map((one, index) => ({
    ...one,
    port: FOREIGN_FIRST_PORT + index,
  }));
}

function recorded(): readonly Omit<ForeignPort, 'port'>[] {
  const crossed: readonly Crossed[] = JSON.parse(readFileSync(CROSSED_FILE, 'utf8')); // Ours.
  return [...new Set(crossed.map(({ server }) => server))].map((service) => {
    const own = crossed.filter(({ server }) => server === service);
    return {
      service,
      is: own[0]?.is ?? 'none',
      exchanges: own.map(({ client, answer }) => ({
        question: bytes(client),
        answer: bytes(answer),
      })),
    };
  });
}

export async function serveForeign(host: LabHost): Promise<void> {
  for (const { port, exchanges } of foreignServices()) {
    await host.raw(port, (socket) => replay(socket, exchanges));
  }
}

/**
 * Who begins, begins; whatever is sent is answered as the most similar recorded question was. This
 * is laxer than a real server and so the harder test: it never hangs up on a stranger.
 */
function replay(socket: Socket, exchanges: readonly Exchange[]): void {
  socket.setTimeout(20_000, () => socket.destroy());
  const greeting = exchanges.find(({ question }) => question.length === 0);
  if (greeting !== undefined) socket.write(greeting.answer);
  socket.on('data', (asked: Buffer) => {
    const answer = nearest(asked, exchanges)?.answer;
    if (answer !== undefined && answer.length > 0) socket.write(answer);
  });
}

function nearest(asked: Buffer, exchanges: readonly Exchange[]): Exchange | undefined {
  return exchanges
    .filter(({ question }) => question.length > 0)
    .map((exchange) => ({ exchange, shared: sharedStart(asked, exchange.question) }))
    .toSorted((a, b) => b.shared - a.shared)[0]?.exchange;
}

function sharedStart(a: Buffer, b: Buffer): number {
  const least = Math.min(a.length, b.length);
  for (let index = 0; index < least; index += 1) if (a[index] !== b[index]) return index;
  return least;
}

function bytes(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(/\s/g, ''), 'hex');
}
