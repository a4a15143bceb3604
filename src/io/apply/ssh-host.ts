import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import type { Host, Output } from './host.ts';
import { execute } from './host.ts';
import { ZONE } from './listing.ts';
import { refusal } from './permitted.ts';
import { quoteCommand } from './quote.ts';

/** On routers `/var` is often memory: what was confirmed is kept where configuration is. */
export const ROUTER_FOLDER = '/etc/portolan/enforce';
/** ssh's own failures (ssh(1), EXIT STATUS). */
const FAILED = 255;
/** `user@host`, `user@host:port`; no word that ssh could take for an option. */
const DESTINATION =
  /^(?<login>[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@)?(?<host>[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?<port>\d{1,5}))?$/;

export interface SshOptions {
  readonly folder?: string;
  /** Another ssh_config(5). */
  readonly config?: string;
  /** For a login by password or a key with a passphrase, `SSH_AUTH_SOCK` and the terminal. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A router, by the system's own ssh and with the user's own keys. The host key must be known: who
 * stands in between must not get to change a firewall. One connection is used for all commands.
 *
 * @throws PortolanError E_USAGE for what is no destination
 */
export function sshHost(destination: string, options: SshOptions): Host {
  const found = DESTINATION.exec(destination)?.groups;
  if (found === undefined) {
    throw new PortolanError('E_USAGE', `${JSON.stringify(destination)} is no user@host`, {
      remedy: 'For example: portolan apply --router root@192.168.1.1',
    });
  }
  const place = mkdtempSync(join(tmpdir(), 'portolan-ssh-'));
  const host = (found['host'] ?? '').replace(/^\[|\]$/g, '');
  const words = [
    ...(options.config === undefined ? [] : ['-F', options.config]),
    ...(found['port'] === undefined ? [] : ['-p', found['port']]),
    ...settings(),
  ];
  return new SshHost(destination, options, {
    place,
    words,
    target: `${found['login'] ?? ''}${host}`,
  });
}

function settings(): readonly string[] {
  const all = {
    StrictHostKeyChecking: 'yes',
    ConnectTimeout: '10',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    LogLevel: 'ERROR',
  };
  return Object.entries(all).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

interface Route {
  /** Folder of the control socket. */
  readonly place: string;
  readonly words: readonly string[];
  readonly target: string;
}

class SshHost implements Host {
  readonly name: string;
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #route: Route;

  constructor(name: string, { folder = ROUTER_FOLDER, env }: SshOptions, route: Route) {
    this.name = name;
    this.folder = folder;
    this.#env = { ...env };
    this.#route = route;
  }

  async run(command: readonly string[], input = ''): Promise<Output> {
    const why = refusal(command, input, this.folder);
    if (why !== undefined) {
      const what = command.slice(0, 3).join(' ');
      throw new PortolanError('E_BUG', `${what} is no command for a router: ${why}`, {
        remedy: 'Report it',
      });
    }
    const { place } = this.#route;
    const shared = ['ControlMaster=auto', `ControlPath=${place}/%C`, 'ControlPersist=60'];
    return await this.#ssh(shared, command, input);
  }

  /** Whether a new connection gets through: one that is open passes by its state, and proves nothing. */
  async reach(): Promise<string | undefined> {
    try {
      await this.#ssh(['ControlMaster=no', 'ControlPath=none'], ['true'], '');
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  close(): void {
    const { place, words, target } = this.#route;
    const leave = ['ssh', ...words, '-o', `ControlPath=${place}/%C`, '-O', 'exit', '--', target];
    void execute(leave, '', this.#env)
      .catch(() => {}) // There may be none to leave.
      .finally(() => rmSync(place, { recursive: true, force: true }));
  }

  async #ssh(
    options: readonly string[],
    command: readonly string[],
    input: string,
  ): Promise<Output> {
    const { words, target } = this.#route;
    const own = options.flatMap((option) => ['-o', option]);
    const line = ['ssh', ...words, ...own, '--', target, `TZ=${ZONE} ${quoteCommand(command)}`];
    const output = await execute(line, input, this.#env);
    if (output.status !== FAILED) return output;
    const said = output.stderr.trim().split('\n').at(-1) ?? '';
    throw new PortolanError('E_NETWORK', `${this.name} cannot be reached: ${said}`, {
      remedy: `Log in once by hand, so that its key is known and yours is taken: ssh ${target}`,
    });
  }
}
