import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PortolanError } from '../base/errors.ts';
import type { Server, ServerOptions } from '../io/api/server.ts';
import { startServer } from '../io/api/server.ts';
import { loadConfig } from '../io/config.ts';
import type { Daemon } from '../io/daemon/daemon.ts';
import { openDaemon } from '../io/daemon/daemon.ts';
import type { Helpers } from '../io/daemon/helpers.ts';
import { openHelpers } from '../io/daemon/helpers.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import { VERSION } from './product.ts';
import { parseInterval } from './scan-every.ts';
import type { Shell } from './shell.ts';
import { parseSize } from './size.ts';
import { learnDaysOf } from './watch-alerts.ts';

/** Beside the bundle, beside its chunks, or in a source tree that was built. */
const PLACES = ['./web/', '../web/', '../../dist/web/'];

/** Runs until it is told to end. @returns 0 */
export async function runServe(shell: Shell, input: Input): Promise<number> {
  const options = serverOptions(shell, input);
  const scanEvery = input.text('scanEvery');
  if (scanEvery !== undefined) parseInterval(scanEvery);
  const learnDays = learnDaysOf(input);
  // Before anything is read that comes from others: with rights nothing else is done.
  const helpers = helpersFor(shell, input);
  const daemon = await opened(helpers, () =>
    openDaemon(shell, {
      version: VERSION,
      // Read by whom the daemon has become, whose it is.
      config: loadConfig({ file: shell.configFile, env: shell.env }),
      helpers,
      learnDays,
      ...(scanEvery === undefined ? {} : { scanEvery }),
    }),
  );
  try {
    const server = await startServer(daemon, options);
    try {
      tell(shell, server, daemon);
      await stopped(shell.stop);
    } finally {
      await server.close();
    }
  } finally {
    await daemon.close();
  }
  return 0;
}

function helpersFor(shell: Shell, input: Input): Helpers {
  const [capture, filter] = [input.text('capture'), input.text('captureFilter')];
  const [user, state] = [input.text('user'), input.text('state')];
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'];
  return openHelpers({
    ...(capture === undefined ? {} : { interface: capture }),
    ...(filter === undefined ? {} : { filter }),
    ...(user === undefined ? {} : { user }),
    ...(state === undefined ? {} : { state }),
    ...(folder === undefined ? {} : { dataFolder: folder }),
    ...keepPackets(input),
    enforce: input.flag('enforce'),
    env: process.env,
  });
}

/** @throws PortolanError E_USAGE */
function keepPackets(input: Input): { readonly keepPackets?: number } {
  const text = input.text('keepPackets');
  if (text === undefined) return {};
  if (input.text('capture') === undefined) {
    throw new PortolanError('E_USAGE', 'No packets are captured that could be kept', {
      remedy: `Say where: sudo portolan serve --capture eth0 --keep-packets ${text}`,
    });
  }
  return { keepPackets: parseSize(text) };
}

/** Helpers end with this process; where it does not begin, they are told so. */
async function opened(helpers: Helpers, open: () => Promise<Daemon>): Promise<Daemon> {
  try {
    return await open();
  } catch (error) {
    helpers.capture?.stop();
    helpers.host?.close();
    throw error;
  }
}

/** @throws PortolanError E_USAGE */
function serverOptions(shell: Shell, input: Input): ServerOptions {
  const basePath = input.text('basePath');
  const ui = input.flag('ui') ? dashboard(shell) : undefined;
  return {
    listen: input.text('listen') ?? '127.0.0.1:7787',
    ...(basePath === undefined ? {} : { basePath: checkedPath(basePath) }),
    allowHosts: input.list('allowHost'),
    frameAncestors: input.list('frameAncestor'),
    ...proxyOf(input),
    ...(ui === undefined ? {} : { ui }),
    onError: (text) => shell.warn(text),
  };
}

function checkedPath(path: string): string {
  if (/^(?:\/[\w.~-]+)*\/?$/.test(path)) return path;
  throw new PortolanError('E_USAGE', `"${path}" is no path below which it can be`, {
    remedy: 'For example: portolan serve --base-path /portolan',
  });
}

function proxyOf(input: Input): Pick<ServerOptions, 'trustedProxy'> {
  const cidrs = input.list('trustedProxy');
  const [userHeader, roleHeader] = [input.text('userHeader'), input.text('roleHeader')];
  if (cidrs.length === 0) {
    if (userHeader === undefined && roleHeader === undefined) return {};
    throw new PortolanError('E_USAGE', 'Whose header is to be believed? No proxy is named', {
      remedy: 'Name it: --trusted-proxy 192.168.1.2/32 --user-header X-Remote-User',
    });
  }
  return {
    trustedProxy: {
      cidrs,
      ...(userHeader === undefined ? {} : { userHeader }),
      ...(roleHeader === undefined ? {} : { roleHeader }),
    },
  };
}

function dashboard(shell: Shell): string | undefined {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(
    existsSync,
  );
  if (folder === undefined) shell.warn('The dashboard is not beside the program: npm run build');
  return folder;
}

function tell(shell: Shell, server: Server, daemon: Daemon): void {
  const { address, oneTimeLink } = server;
  if (shell.json) {
    shell.out(
      jsonDocument('serve', {
        address,
        ...(oneTimeLink === undefined ? {} : { oneTimeLink }),
        pid: process.pid,
      }),
    );
    return;
  }
  shell.out(`Portolan ${VERSION} is at ${address}\n`);
  if (oneTimeLink !== undefined) {
    shell.out(`Nobody has an account yet. Begin here, within 15 minutes:\n  ${oneTimeLink}\n`);
  }
  for (const { part, state, text, remedy } of daemon.status().parts) {
    if (part !== 'capture' && part !== 'enforce') continue;
    shell.say(`${part.padEnd(8)} ${state}: ${text}${remedy === undefined ? '' : `. ${remedy}`}`);
  }
  shell.hint('Ctrl-C ends it; everything is kept.');
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
