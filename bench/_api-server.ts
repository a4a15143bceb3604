import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../src/io/api/access/password.ts';
import { Sessions } from '../src/io/api/access/sessions.ts';
import { Tokens } from '../src/io/api/access/tokens.ts';
import { startServer } from '../src/io/api/server.ts';
import { loadConfig } from '../src/io/config.ts';
import { openDaemon } from '../src/io/daemon/daemon.ts';
import { NO_HELPERS } from '../src/io/daemon/helpers.ts';
import type { Fact, NewEvidence, Subject } from '../src/model/evidence.ts';

const DEVICES = 250;
/** Tokens with which streams are opened: each may have eight. */
const TOKENS = 25;
/** Milliseconds between two events, and characters in one. */
const EVENT_EVERY = 20;
const EVENT_SIZE = 500;
export const ACCOUNTS = 8;

/** What the other process is told of the daemon. */
export interface Ready {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly cookie: string;
}

/**
 * The daemon by itself in a process, as `portolan serve` has it, with a store of 250 devices and more
 * events than any network has. Commands come on standard input: `memory` and `end-sessions`.
 */
export async function beServer(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-api-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const world = {
    env: {},
    dataFolder: folder,
    configFile: 'none',
    now: Date.now,
    warn: (): void => {},
  };
  const config = loadConfig({ file: 'none', env: {} });
  const daemon = await openDaemon(world, {
    version: '0',
    config,
    helpers: NO_HELPERS,
    learnDays: 7,
  });
  const { store } = daemon.session;
  await daemon.reading;
  daemon.session.add(story());
  const password = await hashPassword('correct horse battery staple');
  for (let account = 0; account < ACCOUNTS; account += 1) {
    const name = `user${account}`;
    store.access.addAccount({ name, role: 'viewer', password, createdAt: Date.now() });
  }
  const made = new Tokens(store.access, Date.now);
  const tokens = Array.from({ length: TOKENS }, (_, index) =>
    made.make(`bench ${index}`, ['read'], 1, 'bench'),
  );
  const { id } = new Sessions(store.access, Date.now).open('user0');
  const server = await startServer(daemon, { listen: '127.0.0.1:0' });
  setInterval(() => {
    daemon.events.publish({
      type: 'alert.changed',
      at: Date.now(),
      id: 'PTL-A-7F3K',
      severity: 'low',
      summary: 'x'.repeat(EVENT_SIZE),
    });
  }, EVENT_EVERY);
  tell({
    port: Number(new URL(server.address).port),
    tokens: tokens.map(({ secret }) => secret),
    cookie: `portolan=${id}`,
  } satisfies Ready);
  process.stdin.setEncoding('utf8').on('data', (command: string) => {
    if (command.includes('end-sessions')) store.access.endSessionsOf('user0');
    if (command.includes('memory')) {
      globalThis.gc?.();
      tell({ rss: process.memoryUsage.rss() });
    }
  });
  process.stdin.on('end', () => process.exit(0));
}

function tell(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function story(): readonly NewEvidence[] {
  return Array.from(
    { length: DEVICES },
    (_, index) => `10.0.${index >> 8}.${index & 0xff}`,
  ).flatMap((address) => [
    seen({ address }, { kind: 'present', via: 'arp' }),
    seen({ address, transport: 'tcp', port: 80, over: 'tcp' }, { kind: 'open' }),
  ]);
}

function seen(subject: Subject, fact: Fact): NewEvidence {
  const common = { source: 'active', observer: 'bench', certainty: 'proved' } as const;
  return { at: Date.now(), ...common, subject, fact };
}
