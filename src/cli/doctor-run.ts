import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { formatAddress } from '../base/address.ts';
import { probeCapture } from '../io/capture/live.ts';
import { loadConfig } from '../io/config.ts';
import { ownNetworks } from '../io/scan/scope.ts';
import { defaultFolder } from '../io/store/open.ts';
import type { Input } from './command.ts';
import { databaseState } from './doctor-database.ts';
import { firewallChecks } from './doctor-firewall.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

interface Check {
  readonly what: string;
  readonly works: boolean;
  readonly fact: string;
  /** The line that mends it; empty where nothing has to be. */
  readonly fix: string;
}

export async function runDoctor(shell: Shell, _input: Input): Promise<number> {
  const checks = [
    node(),
    network(),
    neighbours(),
    store(shell),
    config(shell),
    await capture(),
    ...tools(),
    ...(await firewallChecks()),
  ];
  if (shell.json) {
    shell.out(jsonDocument('doctor', { checks }));
  } else {
    shell.out(
      table<Check>(
        shell,
        [
          {
            title: '',
            value: ({ works }) => (works ? 'yes' : 'no'),
            style: ({ works }) => (works ? 'green' : 'yellow'),
          },
          { title: 'What', value: ({ what }) => what },
          { title: 'Fact', value: ({ fact }) => fact },
          { title: 'To mend it', value: ({ fix }) => fix },
        ],
        checks,
      ),
    );
  }
  return 0;
}

function node(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  return {
    what: 'Node',
    works: major >= 20,
    fact: `${process.version}${major < 22 ? ', past its end of life (April 2026): 24 is better' : ''}`,
    fix: '',
  };
}

function network(): Check {
  const networks = ownNetworks();
  const names = networks.map(({ family, from, to }) => {
    const bits = (family === 4 ? 32 : 128) - ((to - from + 1n).toString(2).length - 1);
    return `${formatAddress({ family, value: from })}/${bits}`;
  });
  return {
    what: 'Networks that a scan without a target looks at',
    works: networks.length > 0,
    fact: names.length > 0 ? names.join(', ') : 'none: no interface has a private address',
    fix:
      networks.length > 0 ? '' : 'connect to the network, or name a target: portolan scan --help',
  };
}

function neighbours(): Check {
  const works = existsSync('/proc/net/arp') || onPath('ip') !== undefined;
  return {
    what: 'Discovery without root (neighbour table)',
    works,
    fact: works ? 'readable' : 'this system has no /proc/net/arp and no ip command',
    fix: works ? '' : 'devices are still found by connecting to their ports',
  };
}

function store(shell: Shell): Check {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'] ?? defaultFolder();
  try {
    accessSync(nearest(folder), constants.W_OK);
    return { what: 'Database', ...databaseState(folder) };
  } catch {
    return {
      what: 'Database',
      works: false,
      fact: `${folder} is not writable`,
      fix: 'portolan --data FOLDER …',
    };
  }
}

/** The folder itself, or the nearest one above that exists. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === join(folder, '..') ? folder : nearest(join(folder, '..'));
}

function config(shell: Shell): Check {
  try {
    const { files } = loadConfig({ file: shell.configFile, env: shell.env });
    return {
      what: 'Configuration',
      works: true,
      fact: files.join(', ') || 'none: safe defaults',
      fix: '',
    };
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error);
    return { what: 'Configuration', works: false, fact, fix: 'portolan config validate' };
  }
}

/** Tried, not guessed: the helper opens an interface and closes it again. */
async function capture(): Promise<Check> {
  const what = 'Live capture';
  try {
    const probe = await probeCapture(['ring', 'tcpdump', 'dumpcap']);
    if (probe.works) {
      const by = probe.method === 'ring' ? "the kernel's packet ring" : probe.method;
      return { what, works: true, fact: `works, by ${by}`, fix: '' };
    }
    const fact = `${probe.message}; it is not needed to discover, scan, identify and report`;
    return { what, works: false, fact, fix: 'portolan setup capture' };
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error);
    return { what, works: false, fact, fix: 'npm run build' };
  }
}

function tools(): Check[] {
  const wanted: readonly (readonly [string, string, string])[] = [
    ['ip', 'IPv6 neighbours, and the demo with namespaces', 'sudo apt install iproute2'],
    ['ping', 'finding IPv6 devices that answer nothing else', 'sudo apt install iputils-ping'],
    ['unshare', 'the demo with its own network', 'sudo apt install util-linux'],
    ['openssl', 'the demo’s TLS devices', 'sudo apt install openssl'],
  ];
  return wanted.map(([name, purpose, fix]) => {
    const place = onPath(name);
    return {
      what: `${name}: ${purpose}`,
      works: place !== undefined,
      fact: place ?? 'not installed',
      fix: place === undefined ? fix : '',
    };
  });
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
