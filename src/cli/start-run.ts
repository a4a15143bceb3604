import { loadConfig } from '../io/config.ts';
import { links } from '../io/discover/interfaces.ts';
import { formatRange } from '../io/scan/ranges.ts';
import { defaultTargets } from '../io/scan/scope.ts';
import type { Input } from './command.ts';
import { VERSION } from './product.ts';
import { runScan } from './scan-run.ts';
import type { Shell } from './shell.ts';

/** The same scan as `portolan scan`, with words for somebody who never did one. */
export async function runStart(shell: Shell, input: Input): Promise<number> {
  const { files } = loadConfig({ file: shell.configFile, env: shell.env });
  const own = links().filter(({ loopback }) => !loopback);
  shell.say(`Portolan ${VERSION}: nothing is blocked, and nothing leaves this network.`);
  shell.say(`You      ${own.map(({ name, address }) => `${name} ${address}`).join(', ')}`);
  shell.say(`Scope    ${defaultTargets().map(formatRange).join(', ')} only (your own networks)`);
  shell.say(`Config   ${files.length > 0 ? files.join(', ') : 'none: safe defaults'}`);
  shell.say('Rights   none needed to discover, scan and identify (portolan doctor tells more)');
  const status = await runScan(shell, input);
  shell.hint('Look at it in a browser, and be told when it changes: portolan serve');
  return status;
}
