import { TABLE } from '../../targets/nftables/names.ts';

/** A chain of somebody else that packets pass. */
export interface ForeignChain {
  /** `inet firewalld`. */
  readonly table: string;
  readonly name: string;
  readonly hook: string;
  readonly priority: string;
  readonly policy: 'accept' | 'drop';
}

/** Who else has a say on this machine, and what that means for our rules. */
export interface Coexistence {
  readonly tables: readonly string[];
  /** Products whose rules they are, by the names that they give to tables and chains. */
  readonly owners: readonly string[];
  readonly chains: readonly ForeignChain[];
  readonly warnings: readonly string[];
}

/** By what their makers call their tables and chains; each from the product's own documentation. */
const OWNERS: readonly (readonly [product: string, sign: RegExp])[] = [
  ['Docker', /^\tchain DOCKER\b/m],
  ['firewalld', /^table \w+ firewalld \{/m],
  ['ufw', /^\tchain ufw6?-/m],
  ['OpenWrt firewall4', /^table inet fw4 \{/m],
  ['libvirt', /^\tchain LIBVIRT_|^table \w+ libvirt_network \{/m],
  ['Tailscale', /^\tchain ts-/m],
  ['Kubernetes', /^\tchain KUBE-|^table \w+ kube-proxy \{/m],
  ['fail2ban', /^\tchain f2b-|^table \w+ f2b-table \{/m],
  ['miniupnpd', /^\tchain (?:MINIUPNPD|upnp_forward)\b/m],
];

const HOOK =
  /^\t\ttype (?<type>\w+) hook (?<hook>\w+) (?:device "?[^ ]+"? )?priority (?<priority>[^;]+);(?: policy (?<policy>accept|drop);)?/;

/** @param ruleset `nft list ruleset` without our own tables */
export function coexistence(ruleset: string): Coexistence {
  const tables: string[] = [];
  const chains: (ForeignChain & { readonly type: string })[] = [];
  let chain = '';
  for (const line of ruleset.split('\n')) {
    const table = /^table (\S+ \S+) \{$/.exec(line)?.[1];
    if (table !== undefined) tables.push(table);
    chain = /^\tchain (\S+) \{$/.exec(line)?.[1] ?? chain;
    const found = HOOK.exec(line)?.groups;
    if (found === undefined) continue;
    chains.push({
      table: tables.at(-1) ?? '',
      name: chain,
      type: found['type'] ?? '',
      hook: found['hook'] ?? '',
      priority: found['priority'] ?? '',
      policy: found['policy'] === 'drop' ? 'drop' : 'accept',
    });
  }
  return {
    tables,
    owners: OWNERS.filter(([, sign]) => sign.test(ruleset)).map(([product]) => product),
    chains: chains.map(({ type: _, ...rest }) => rest),
    warnings: [...dropping(chains), ...bypassing(ruleset)],
  };
}

/** An accept in one base chain does not overrule a drop in another of the same hook (nft(8)). */
function dropping(
  chains: readonly (ForeignChain & { readonly type: string })[],
): readonly string[] {
  return chains
    .filter(
      ({ type, hook, policy }) =>
        type === 'filter' && (hook === 'forward' || hook === 'input') && policy === 'drop',
    )
    .map(
      ({ table, name, hook }) =>
        `${table} ${name} drops what it does not accept itself (hook ${hook}): what the policy allows must be allowed there too`,
    );
}

/** What never meets our rules, whatever they say. */
function bypassing(ruleset: string): readonly string[] {
  const warnings: string[] = [];
  if (/^\t\t.*\bflow (?:add|offload) @/m.test(ruleset)) {
    warnings.push(
      'Connections are offloaded to a flowtable: those under way pass our rules by until they are deleted',
    );
  }
  if (/^\t\t.*\bnotrack\b/m.test(ruleset)) {
    warnings.push('Packets are excluded from connection tracking: their replies are judged as new');
  }
  if (/^\t\t.*\b(?:dnat|redirect|DNAT|REDIRECT)\b/m.test(ruleset)) {
    warnings.push(
      `Ports are forwarded by others' rules: ${TABLE} judges them by their inner address; see them: portolan nat`,
    );
  }
  return warnings;
}
