import { PortolanError } from '../../base/errors.ts';
import { runTool } from '../discover/run-tool.ts';

/** Milliseconds; a ruleset with thousands of elements takes one. */
const PATIENCE = 20_000;

/** What lists the kernel's rules, by the importer that reads it. Nothing here changes a rule. */
const TOOLS = [
  ['nftables', 'nft', ['-j', 'list', 'ruleset']],
  ['iptables', 'iptables-save', []],
  ['iptables', 'ip6tables-save', []],
] as const;

export interface LocalRules {
  /** Id of the importer that reads the text. */
  readonly importer: (typeof TOOLS)[number][0];
  readonly program: string;
  readonly text: string;
}

/**
 * The rules in this machine's kernel.
 *
 * @throws PortolanError E_MISSING_TOOL where no tool is installed, E_NO_PERMISSION where none may
 */
export async function readLocalRules(signal: AbortSignal): Promise<readonly LocalRules[]> {
  const found: LocalRules[] = [];
  let refused: string | undefined;
  for (const [importer, program, argv] of TOOLS) {
    const result = await runTool(program, argv, { milliseconds: PATIENCE, signal });
    if (result === undefined) continue;
    if (result.status === 0) found.push({ importer, program, text: result.output });
    else refused ??= program;
  }
  if (found.length > 0) return found;
  if (refused !== undefined) {
    throw new PortolanError('E_NO_PERMISSION', `${refused} may not read the kernel's rules`, {
      remedy: 'Run it as root: sudo portolan nat --local',
    });
  }
  throw new PortolanError('E_MISSING_TOOL', 'Neither nft nor iptables-save is installed here', {
    remedy: 'Install it (apt install nftables), or run this on the router itself',
  });
}
