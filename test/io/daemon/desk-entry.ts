import { spawnSync } from 'node:child_process';
import { AlertKeeper, FORGETTING } from '../../../src/io/alerts/keeper.ts';
import { Enforcer } from '../../../src/io/apply/enforcer.ts';
import { localHost } from '../../../src/io/apply/local-host.ts';
import { loadConfig } from '../../../src/io/config.ts';
import { ChangeDesk } from '../../../src/io/daemon/change-desk.ts';
import type { DaemonContext } from '../../../src/io/daemon/context.ts';
import { loadPolicy } from '../../../src/io/policy-file.ts';
import { openSession } from '../../../src/io/site/session.ts';
import type { World } from '../../../src/io/world.ts';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';

// On the router of a site: a device is held, the kernel does it, and it is let go again.
const [, , helper = '', device = ''] = process.argv;
const world: World = {
  env: {},
  dataFolder: 'data',
  configFile: 'none',
  now: () => Date.now(),
  warn: () => {},
};
const session = openSession(world, { shared: true, mustOwn: true });
const enforcer = await Enforcer.open(localHost({ folder: `${process.cwd()}/state`, helper }));
const events: ApiEvent[] = [];
const context: DaemonContext = {
  world,
  version: '0',
  config: loadConfig({ file: 'none', env: {} }),
  session,
  site: () => ({ site: session.site(), version: '1' }),
  settled: () => Promise.resolve({ site: session.site(), version: '1' }),
  changed: () => {},
  schedules: () => [],
  alerts: new AlertKeeper(FORGETTING),
  reading: undefined,
  events: { publish: (event) => events.push(event), subscribe: () => () => {} },
  scans: {
    start: () => Promise.reject(new Error('none')),
    get: () => undefined,
    running: () => [],
    stop: () => false,
  },
  enforcement: { enforcer, because: '' },
  status: () => {
    throw new Error('not asked');
  },
};
const desk = new ChangeDesk(context);
const asker = { who: 'user:mira', address: '192.168.1.20' };

function reaches(port: number): boolean {
  const script =
    'import socket,sys; socket.create_connection(("203.0.113.7", int(sys.argv[1])), 1)';
  const args = ['netns', 'exec', 'camera', 'python3', '-c', script, String(port)];
  return spawnSync('ip', args).status === 0;
}

function rulesInFile(): number {
  return loadPolicy('data/policy.yaml').policy.rules.length;
}

function say(what: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify({ what, value })}\n`);
}

/** What the ledger says the rules let the device do, by port that it uses. */
function allowed(): readonly unknown[] {
  return session
    .site()
    .ledger.filter(({ direction }) => direction === 'from-device')
    .map((row) => [row.port, row.allowed.answer]);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

say('before', { https: reaches(443), rules: rulesInFile() });
const choices = await desk.choices(device, 'tcp/443', asker);
say(
  'choices',
  choices.map(({ title, effect }) => [title, effect.newlyBlocked.length]),
);
const request = { contain: { device, how: 'isolate', ttl: 'PT1H', alert: 'PTL-A-7F3K' } } as const;
const tried = await desk.propose(request, asker, false);
say('tried', { kept: desk.list().length, blocked: tried.effect.newlyBlocked.length });

// Nobody confirms: it goes by itself, and the file is as it was.
const first = await desk.propose(request, asker, true);
const loaded = await desk.apply(first.id, 5, asker);
say('loaded', {
  waiting: desk.waiting().map(({ id }) => id === first.id),
  state: loaded.state,
  https: reaches(443),
  rules: rulesInFile(),
  lock: loaded.lockOut.ok,
});
await wait(8000);
say('lapsed', {
  waiting: desk.waiting().length,
  state: desk.view(first.id).state,
  https: reaches(443),
  rules: rulesInFile(),
});

const second = await desk.propose(request, asker, true);
await desk.apply(second.id, 30, asker);
const kept = await desk.confirm(second.id);
const https = reaches(443);
await wait(4000);
say('kept', {
  state: kept.state,
  https,
  inForce: (await desk.firewall()).inForce?.id === second.id,
  verified: desk
    .view(second.id)
    .verified.map(({ text, ok }) => `${ok ? '+' : '-'} ${text.replace(/^\d+/, 'N')}`),
});
say('allowed', allowed());
const back = await desk.rollback(second.id, asker);
say('back', { state: back.state, https: reaches(443), rules: rulesInFile() });
say('allowed again', allowed());
say(
  'events',
  events.map((event) => (event.type === 'change.state' ? event.state : event.type)),
);
say(
  'audit',
  session.store.auditLog().map(({ who, what }) => `${who} ${what.replace(/PTL-C-\w+/, 'ID')}`),
);
enforcer.close();
session.close();
process.exit(0);
