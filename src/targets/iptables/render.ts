import type { BoundPolicy } from '../../model/bound-policy.ts';
import { Plan } from '../nftables/plan.ts';
import type { Artefact, RenderOptions } from '../target.ts';
import { dnsmasqConfig } from './dynamic-names.ts';
import { SCRIPT } from './script.ts';
import { IpSets } from './sets.ts';
import { tables } from './tables.ts';

export const RULES_FILE = 'portolan.iptables';
export const RULES6_FILE = 'portolan.ip6tables';
export const SETS_FILE = 'portolan.ipset';
export const SCRIPT_FILE = 'portolan-iptables.sh';
export const DNSMASQ_FILE = 'portolan-ipset-dnsmasq.conf';

/**
 * Own chains and own sets. Each table of each family is replaced as a whole by one restore, and the
 * order is: sets first, which are named after what is in them and so never change under the rules
 * that stand; the filter table of a family, then its nat table; then the hooks, where they are not
 * there yet; last, chains and sets that nothing leads to any more go. A packet meets the filter rules
 * of before or those of after, whole, and never fewer than one of the two; a translation that is new
 * or gone meanwhile opens nothing, because the filter asks for what was translated by itself.
 */
export function render(policy: BoundPolicy, _options: RenderOptions = {}): Artefact {
  const sets = new IpSets();
  sets.names(policy);
  const plan = new Plan(policy);
  const rules = tables(plan, sets, 4).text;
  const rules6 = tables(plan, sets, 6).text;
  const names = dnsmasqConfig(policy);
  const script = `{${SCRIPT_FILE}}`;
  const restores = (...options: readonly string[]): readonly (readonly string[])[] => [
    ['iptables-restore', '-w', '--noflush', ...options, `{${RULES_FILE}}`],
    ['ip6tables-restore', '-w', '--noflush', ...options, `{${RULES6_FILE}}`],
  ];
  // A rule is refused, also in a test, while its sets are not there; alone they decide nothing.
  const make = ['ipset', 'restore', '-file', `{${SETS_FILE}}`];
  return {
    files: [
      { name: RULES_FILE, text: rules },
      { name: RULES6_FILE, text: rules6 },
      { name: SETS_FILE, text: sets.text() },
      { name: SCRIPT_FILE, text: SCRIPT },
      ...(names === '' ? [] : [{ name: DNSMASQ_FILE, text: names }]),
    ],
    check: [make, ...restores('--test')],
    apply: [make, ...restores(), ['sh', script, 'hook']],
    remove: [['sh', script, 'remove']],
    read: ['sh', script, 'read'],
  };
}
