import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from './job.ts';
import { runTool } from './run-tool.ts';

/** Where something answers most often, the gentlest first; nothing that a controller speaks. */
const PORTS = [443, 80, 22, 8080, 1883] as const;
/** Milliseconds that an answer may take across a router. */
const PATIENCE = 1000;
/** Milliseconds between two connections to one device: no more than two a second. */
const BETWEEN = 500;
/** Question, its repetition after a second, acknowledgement. */
const CONNECT_PACKETS = 3;
/** Addresses asked at once. */
const PARALLEL = 64;

export type Answer = 'accepted' | 'refused' | 'silent';

/**
 * Asks addresses behind a router, where no neighbour table helps: one echo request by the system's
 * `ping` where that is to be had, then a connection to a few ports, one after the other. Who
 * refuses is there as well.
 */
export async function askRouted(addresses: Iterable<string>, job: Job): Promise<void> {
  const ping = { usable: true };
  await inParallel(addresses, PARALLEL, async (address) => {
    await ask(address, ping, job);
    job.asked();
  });
}

/** On loopback everything refuses that is not bound, so only a connection that is taken counts. */
export async function askAccepted(addresses: Iterable<string>, job: Job): Promise<void> {
  await inParallel(addresses, PARALLEL, async (address) => {
    for (const port of PORTS) {
      if ((await connectTo(address, port, job)) !== 'accepted') continue;
      job.recorder.present(address, 'tcp');
      break;
    }
    job.asked();
  });
}

async function ask(address: string, ping: { usable: boolean }, job: Job): Promise<void> {
  if (!job.plan.scope.allows(address)) return;
  if (ping.usable && (await echoes(address, ping, job))) {
    job.recorder.present(address, 'icmp');
    return;
  }
  for (const [index, port] of PORTS.entries()) {
    const started = performance.now();
    const answer = await connectTo(address, port, job);
    if (answer !== 'silent') {
      // A firewall on the way may refuse in the device's name.
      const certainty = answer === 'accepted' ? 'proved' : 'likely';
      job.recorder.present(address, 'tcp', { certainty });
      return;
    }
    const rest = BETWEEN - (performance.now() - started);
    if (rest > 0 && index < PORTS.length - 1) {
      await sleep(rest, undefined, { signal: job.context.signal });
    }
  }
}

/** Whether it answers one echo request; a `ping` that may not send is not tried again. */
async function echoes(address: string, ping: { usable: boolean }, job: Job): Promise<boolean> {
  const { signal } = job.context;
  await job.pacer.turn(1, signal);
  const family = address.includes(':') ? '-6' : '-4';
  const argv = [family, '-n', '-q', '-c', '1', '-W', '1', address];
  const result = await runTool('ping', argv, { milliseconds: 2 * PATIENCE, signal });
  // 0: answered, 1: silence; anything else (2 with iputils) is a fault of its own.
  if (result?.status !== 0 && result?.status !== 1) ping.usable = false;
  return result?.status === 0;
}

async function connectTo(address: string, port: number, job: Job): Promise<Answer> {
  if (!job.plan.scope.allows(address)) return 'silent';
  await job.pacer.turn(CONNECT_PACKETS, job.context.signal);
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE, () => settle('silent'));
    socket.on('connect', () => settle('accepted'));
    socket.on('error', (error) => {
      const refused = 'code' in error && error.code === 'ECONNREFUSED';
      settle(refused ? 'refused' : 'silent');
    });
  });
}

async function inParallel<Item>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // One iterator for all workers: each takes the next item when it is done with the last.
  const shared = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let turn = shared.next(); turn.done !== true; turn = shared.next()) await work(turn.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
