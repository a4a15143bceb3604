import { PortolanError } from '../../base/errors.ts';
import { GUARD_SCRIPT } from './guard-script.ts';
import type { Host, Output } from './host.ts';
import {
  hashOf,
  hasTable,
  inSeconds,
  isListing,
  LIST_ALL,
  LIST_COUNTED,
  LIST_OURS,
  loading,
  PENDING_TABLE,
  restoring,
} from './listing.ts';
import { INSTALL } from './permitted.ts';

/** What the machine says of our changes. */
export interface EnforcerState {
  /** Rules that stay and are loaded at boot. */
  readonly confirmed?: string;
  readonly pending?: Pending;
}

export interface Pending {
  readonly id: string;
  /** Its watchdog lives: it will be confirmed or taken back. */
  readonly alive: boolean;
  readonly verdict?: 'yes' | 'no';
}

export type Fate = 'confirmed' | 'rolled-back' | 'stuck';

/** Steps at which whoever applies may die: after each, what is in force is whole. */
export type Step = 'prepared' | 'claimed' | 'armed' | 'loaded';

export interface Load {
  readonly id: string;
  /** Rules as the target rendered them. */
  readonly rules: string;
  /** Of ours, as it was read when it was compared: put back if nobody confirms. */
  readonly previous: string | undefined;
  /** Seconds until it is taken back. */
  readonly within: number;
  /** Of the change, for who asks later what is in force. */
  readonly meta: string;
  onStep?(step: Step): void;
}

/** Our tables on one machine, and what becomes of them. */
export class Enforcer {
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
  }

  /** @throws PortolanError E_NO_PERMISSION, E_MISSING_TOOL, E_NETWORK */
  static async open(host: Host): Promise<Enforcer> {
    const enforcer = new Enforcer(host);
    const command = ['sh', '-c', INSTALL, 'sh', host.folder];
    await enforcer.#must(command, GUARD_SCRIPT);
    return enforcer;
  }

  get name(): string {
    return this.#host.name;
  }

  get folder(): string {
    return this.#host.folder;
  }

  /** Why whoever manages it would be locked out; undefined where a new connection gets through. */
  async lockedOut(): Promise<string | undefined> {
    return await this.#host.reach?.();
  }

  close(): void {
    this.#host.close();
  }

  /** Our tables as they are in force; undefined where there is none. */
  listing(): Promise<string | undefined> {
    return this.#list(LIST_OURS);
  }

  /** The same with what each rule has counted, which a listing to compare and to load has not. */
  counted(): Promise<string | undefined> {
    return this.#list(LIST_COUNTED);
  }

  async #list([routed = [], bridged = []]: readonly (readonly string[])[]): Promise<
    string | undefined
  > {
    const output = await this.#host.run(routed);
    const isThere = output.status === 0;
    if (!isThere && !/No such file or directory/.test(output.stderr)) {
      throw this.#failed(routed, output);
    }
    // Whatever keeps it from being listed, as a kernel without that family: it is not in force.
    const within = await this.#host.run(bridged);
    const text = (isThere ? output.stdout : '') + (within.status === 0 ? within.stdout : '');
    if (text === '') return undefined;
    if (!isListing(text)) throw this.#noListing();
    return inSeconds(text);
  }

  #noListing(): PortolanError {
    return new PortolanError('E_NETWORK', `nft on ${this.name} does not list our table as it is`, {
      remedy: 'See what it prints: sudo nft -s list table inet portolan',
    });
  }

  /** Everything that netfilter has, ours and others'. */
  async ruleset(): Promise<string> {
    return inSeconds(await this.#must(LIST_ALL));
  }

  async state(): Promise<EnforcerState> {
    const lines = (await this.#guard('state')).split('\n');
    const word = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
    const [confirmed, pending, verdict] = ['confirmed', 'pending', 'verdict'].map(word);
    return {
      ...(confirmed === undefined ? {} : { confirmed }),
      ...(pending === undefined
        ? {}
        : {
            pending: {
              id: pending,
              alive: lines.includes('alive'),
              ...(verdict === 'yes' || verdict === 'no' ? { verdict } : {}),
            },
          }),
    };
  }

  /**
   * Finishes what somebody began who is no more, his watchdog neither: without a verdict it is taken
   * back. Whoever wants to know what is in force asks this first.
   */
  async recover(): Promise<EnforcerState> {
    const before = await this.state();
    const { pending } = before;
    if (pending === undefined || pending.alive) return before;
    await this.#host.run(this.#command('decide', pending.id, 'no'));
    await this.#guard('settle', pending.id);
    return this.state();
  }

  /** What a change left of itself; undefined where it has not. */
  async read(id: string, file: 'listing' | 'meta' | 'previous.nft'): Promise<string | undefined> {
    const output = await this.#host.run(this.#command('get', `changes/${id}/${file}`));
    return output.status === 0 ? output.stdout : undefined;
  }

  /**
   * Arms the watchdog and loads the rules: from here on they are confirmed, or they go.
   *
   * @throws PortolanError E_USAGE where another change waits, E_APPLY_ROLLED_BACK where the kernel
   * refuses the rules
   */
  async load({ id, rules, previous, within, meta, onStep }: Load): Promise<void> {
    await this.#prepare(id);
    const files = {
      'rules.nft': rules,
      'load.nft': loading(rules, previous),
      'previous.nft': restoring(previous, rules),
      meta,
    };
    for (const [name, text] of Object.entries(files)) {
      await this.#guard('put', [`changes/${id}/${name}`], text);
    }
    onStep?.('prepared');
    await this.#claim(id);
    onStep?.('claimed');
    await this.#holdPrevious(id, previous);
    await this.#arm(id, within);
    onStep?.('armed');
    const output = await this.#host.run(['nft', '-f', `${this.folder}/changes/${id}/load.nft`]);
    if (output.status !== 0) {
      await this.decide(id, 'no');
      throw refused(output);
    }
    await this.#keepListing(id, rules);
    onStep?.('loaded');
  }

  /** Between our reading and our turn another change may have come and gone: it would be undone unseen. */
  async #holdPrevious(id: string, previous: string | undefined): Promise<void> {
    const now = await this.listing();
    if (hashOf(now ?? '') === hashOf(previous ?? '')) return;
    await this.decide(id, 'no');
    await this.#guard('settle', id);
    throw new PortolanError(
      'E_USAGE',
      `The rules on ${this.name} were changed by somebody else meanwhile, and nothing was loaded`,
      { remedy: 'See what is in force now: portolan firewall status; then again: portolan apply' },
    );
  }

  /** What is loaded and cannot be listed could never be told from what somebody changed. */
  async #keepListing(id: string, rules: string): Promise<void> {
    try {
      const now = await this.listing();
      // Who goes back to before our first change has no table any more.
      if (now === undefined && hasTable(rules)) throw this.#noListing();
      await this.#guard('put', [`changes/${id}/listing`], now ?? '');
    } catch (error) {
      // At once, and not at the deadline.
      await this.decide(id, 'no');
      const why = error instanceof PortolanError ? error.message : String(error);
      throw new PortolanError(
        'E_APPLY_ROLLED_BACK',
        `What was loaded cannot be read, and is taken back: ${why}`,
        { remedy: 'See what is in force: portolan firewall status', cause: error },
      );
    }
  }

  /** False where the other verdict was first. */
  async decide(id: string, verdict: 'yes' | 'no'): Promise<boolean> {
    const output = await this.#host.run(this.#command('decide', id, verdict));
    return output.status === 0;
  }

  /** Undefined while nobody has decided. */
  async fate(id: string): Promise<Fate | undefined> {
    const output = await this.#host.run(this.#command('get', `changes/${id}/outcome`));
    const word = output.stdout.trim();
    return word === 'confirmed' || word === 'rolled-back' || word === 'stuck' ? word : undefined;
  }

  /** Whether our table is as the confirmed change left it: undefined where we left none. */
  async drift(state: EnforcerState, listing: string | undefined): Promise<Drift | undefined> {
    const expected =
      state.confirmed === undefined ? undefined : await this.read(state.confirmed, 'listing');
    if (expected === undefined && listing === undefined) return undefined;
    if (expected !== undefined && listing !== undefined && hashOf(expected) === hashOf(listing)) {
      return undefined;
    }
    return { expected, found: listing };
  }

  /** Runs text of ours in one transaction: elements of sets, or the removal of the table. */
  async transact(text: string): Promise<void> {
    if (text !== '') await this.#must(['nft', '-f', '-'], text);
  }

  connections(family: 4 | 6): Promise<string> {
    return this.#must(['conntrack', '-L', '-f', `ipv${family}`]);
  }

  /** Whether there was such a connection. */
  async revoke(command: readonly string[]): Promise<boolean> {
    return (await this.#host.run(command)).status === 0;
  }

  /** Takes everything of ours away: the tables, what would be loaded at boot, and what we kept. */
  async uninstall(): Promise<void> {
    await this.transact(restoring(undefined, await this.listing()));
    await this.#guard('leave');
  }

  async #prepare(id: string): Promise<void> {
    const command = this.#command('prepare', id);
    const output = await this.#host.run(command);
    if (output.status === 0) return;
    if (output.status !== 5) throw this.#failed(command, output);
    throw new PortolanError('E_USAGE', `${id} was applied before`, {
      remedy: 'Make a new change of the policy as it is: portolan apply',
    });
  }

  async #claim(id: string): Promise<void> {
    const output = await this.#host.run(this.#command('claim', id));
    if (output.status === 0) return;
    const { pending } = await this.state();
    throw new PortolanError('E_USAGE', `${pending?.id ?? 'Another change'} waits to be confirmed`, {
      remedy: 'Keep it: portolan confirm; or take it back: portolan rollback',
    });
  }

  async #arm(id: string, within: number): Promise<void> {
    const command = this.#command('arm', id, String(within));
    const output = await this.#host.run(command);
    if (output.status === 0) return;
    if (output.status !== 4) throw this.#failed(command, output);
    throw tooLate('The watchdog did not begin in time');
  }

  #command(verb: string, ...words: readonly string[]): readonly string[] {
    return ['sh', `${this.folder}/guard.sh`, verb, this.folder, ...words];
  }

  #guard(verb: string, words: string | readonly string[] = [], input = ''): Promise<string> {
    return this.#must(this.#command(verb, ...(typeof words === 'string' ? [words] : words)), input);
  }

  async #must(command: readonly string[], input = ''): Promise<string> {
    const output = await this.#host.run(command, input);
    if (output.status === 0) return output.stdout;
    throw this.#failed(command, output);
  }

  #failed(command: readonly string[], { status, stderr }: Output): PortolanError {
    const said = stderr.trim().split('\n')[0] ?? '';
    if (/not permitted|Permission denied|must be root|Read-only/i.test(said)) {
      return new PortolanError(
        'E_NO_PERMISSION',
        `${this.name} does not let this account change its firewall: ${said}`,
        {
          remedy:
            'Repeat the command with the right (CAP_NET_ADMIN), for example: sudo portolan firewall',
        },
      );
    }
    if (/not found/.test(said)) {
      return new PortolanError('E_MISSING_TOOL', `${this.name} has no ${command[0]}: ${said}`, {
        remedy: 'Install it there: apt install nftables conntrack',
      });
    }
    const what = command.slice(0, 4).join(' ');
    return new PortolanError('E_NETWORK', `${what} failed on ${this.name} (${status}): ${said}`, {
      remedy: 'See what is in force: portolan firewall status',
    });
  }
}

/** Somebody changed our table: what it was to be, and what it is. */
export interface Drift {
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

function refused({ stderr }: Output): PortolanError {
  if (stderr.includes(PENDING_TABLE)) return tooLate('The time was over before they were loaded');
  const said = stderr.trim().split('\n').slice(0, 3).join(' ');
  return new PortolanError(
    'E_APPLY_ROLLED_BACK',
    `The kernel refused the rules, and nothing was changed: ${said}`,
    { remedy: 'See which feature is missing: portolan doctor' },
  );
}

function tooLate(why: string): PortolanError {
  return new PortolanError('E_APPLY_ROLLED_BACK', `${why}, and nothing was changed`, {
    remedy: 'Give it more time: portolan apply --confirm-within 120',
  });
}
