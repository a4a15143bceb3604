import type { Instant } from '../../model/core.ts';
import { THIS_MACHINE } from '../../model/firewall-reading.ts';
import { nftables } from '../../targets/nftables/nftables.ts';
import { attachments, readRuleset } from '../firewall-state.ts';
import type { Store } from '../store/store.ts';
import { forwards } from '../surroundings.ts';
import type { Enforcer } from './enforcer.ts';

/**
 * Keeps the rules that are in force now, ours and others', so that the ledger says what is *allowed*
 * without anybody's asking. Nothing is kept of a machine that does not forward: no device is behind it.
 *
 * @param machine `this machine`, or the router as it was named
 * @returns what was not understood of them
 * @throws PortolanError E_INPUT_MALFORMED where they cannot be read
 */
export async function readBack(
  enforcer: Enforcer,
  store: Store,
  machine: string,
  at: Instant,
): Promise<readonly string[]> {
  const isHere = machine === THIS_MACHINE;
  if (isHere && !forwards()) return [];
  const text = withoutIptables(await enforcer.ruleset());
  // What another router is attached to is in the policy's zones.
  const around = isHere ? await attachments() : [];
  const { reading, notes } = readRuleset(text, { origin: machine, at, around, target: nftables });
  store.saveFirewall(reading);
  return notes;
}

/** nft(8) says so before each table that iptables made, and prints its rules only in part. */
const OF_IPTABLES =
  /^# Warning: table ip6? \w+ is managed by iptables-nft.*\n(?:table ip6? \w+ \{\n[\s\S]*?^\}\n)?/gm;

/** What iptables made is kept as iptables prints it, which takes a right of its own: `import firewall`. */
function withoutIptables(ruleset: string): string {
  return ruleset.replaceAll(OF_IPTABLES, '');
}
