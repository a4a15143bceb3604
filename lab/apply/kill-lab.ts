import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Enforcer } from '../../src/io/apply/enforcer.ts';
import { foreignOf } from '../../src/io/apply/listing.ts';
import { localHost } from '../../src/io/apply/local-host.ts';
import { Random } from '../kernel/random.ts';
import { find } from '../tools.ts';

/** Seconds until a change is taken back: short, since each killed one is waited for. */
const WITHIN = 2;
/** What the process says on its way; it is killed at most so many milliseconds after one of them. */
const STEPS: readonly string[] = ['opened', 'prepared', 'claimed', 'armed', 'loaded', 'decided'];
const LONGEST = 120;

export interface KillReport {
  readonly applies: number;
  /** Afterwards in force: what was before, or the new rules; whole, and nothing else. */
  readonly old: number;
  readonly new: number;
  /** How far each had come when it was killed. */
  readonly reached: Readonly<Record<string, number>>;
  /** Neither nor: must be empty. */
  readonly broken: readonly string[];
}

export interface KillOptions {
  readonly applies: number;
  readonly seed: number;
  /** The enforcing helper, built. */
  readonly helper: string;
  /** Runs `beDriver` in a process of its own. */
  readonly driver: readonly string[];
}

/** Somebody else's table, which must be the same to the octet after all that. */
const FOREIGN = `table ip foreign {
\tset s {
\t\ttype ipv4_addr
\t\telements = { 10.0.0.1, 10.0.0.2 }
\t}
\tchain f {
\t\ttype filter hook forward priority filter; policy accept;
\t\tip saddr @s counter drop
\t}
}
`;

/**
 * Applies rules again and again, and kills whoever does it, with everything that it started, at a
 * random moment (SIGKILL). What is in force afterwards must be the old rules or the new ones.
 * Run it in a network namespace of its own.
 */
export async function killLab(options: KillOptions): Promise<KillReport> {
  const random = new Random(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'portolan-kill-'));
  nft(['-f', '-'], FOREIGN);
  const foreign = foreignOf(nft(['-s', 'list', 'ruleset']));
  const broken: string[] = [];
  const tally = { old: 0, new: 0, reached: new Map<string, number>(), broken };
  try {
    for (let turn = 0; turn < options.applies; turn += 1) {
      const before = table();
      const port = 1000 + turn;
      const reached = await killed(options, folder, port, random);
      tally.reached.set(reached, (tally.reached.get(reached) ?? 0) + 1);
      await settledIn(folder, options.helper);
      const after = table();
      if (after === before) tally.old += 1;
      else if (after === rulesOf(port)) tally.new += 1;
      else tally.broken.push(`${turn}, killed when ${reached}: ${after ?? 'no table'}`);
      if (foreignOf(nft(['-s', 'list', 'ruleset'])) !== foreign) {
        tally.broken.push(`${turn}: somebody else's table is not as it was`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { reached, ...rest } = tally;
  return { applies: options.applies, ...rest, reached: Object.fromEntries(reached) };
}

/** Starts one and kills it, and its group, after a while; the step that it had reached. */
async function killed(
  { driver, helper }: KillOptions,
  folder: string,
  port: number,
  random: Random,
): Promise<string> {
  const [program = '', ...args] = driver;
  const verdict = random.chance(50) ? 'yes' : 'wait';
  const child = spawn(program, [...args, folder, helper, String(port), verdict], {
    detached: true,
    // Whoever comes too late on a busy machine says so and ends: the kernel refused its rules.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = 'started';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said = text.trim().split('\n').at(-1) ?? said;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const moment = random.below(STEPS.length);
  const isThere = (): boolean => STEPS.indexOf(said) >= moment;
  while (!isThere() && child.exitCode === null) await sleep(2);
  await sleep(random.below(LONGEST));
  if (child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It was done before.
    }
  }
  await ended;
  return said;
}

/** The process that is killed. */
export async function beDriver(words: readonly string[]): Promise<void> {
  const [folder = '', helper = '', port = '', verdict] = words;
  const tell = (step: string): void => {
    process.stdout.write(`${step}\n`);
  };
  const enforcer = await Enforcer.open(localHost({ folder, helper }));
  tell('opened');
  const id = `PTL-C-K${port}`;
  const previous = await enforcer.listing();
  const rules = `table inet portolan\ndelete table inet portolan\n${rulesOf(Number(port))}`;
  await enforcer.load({ id, rules, previous, within: WITHIN, meta: '', onStep: tell });
  if (verdict === 'yes') await enforcer.decide(id, 'yes');
  tell('decided');
  while ((await enforcer.fate(id)) === undefined) await sleep(50);
  enforcer.close();
}

/** Until no watchdog is at work any more. */
async function settledIn(folder: string, helper: string): Promise<void> {
  const enforcer = await Enforcer.open(localHost({ folder, helper }));
  try {
    while ((await enforcer.recover()).pending !== undefined) await sleep(50);
  } finally {
    enforcer.close();
  }
}

/** Large enough that a part of it would show. */
function rulesOf(port: number): string {
  const lines = Array.from(
    { length: 200 },
    (_, index) => `\t\ttcp sport ${index + 1} tcp dport ${port} counter drop\n`,
  );
  return `table inet portolan {
\tchain p_input {
\t\ttype filter hook input priority filter - 1; policy accept;
${lines.join('')}\t}
}
`;
}

function table(): string | undefined {
  const [program = 'nft', ...args] = [
    find('nft') ?? 'nft',
    '-s',
    'list',
    'table',
    'inet',
    'portolan',
  ];
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

function nft(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(find('nft') ?? 'nft', [...args], {
    encoding: 'utf8',
    input,
  });
  if (status !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr}`);
  return stdout;
}
