import type { Plan } from '../nftables/plan.ts';
import { Book } from './chains.ts';
import { filterChains } from './judgement.ts';
import { natChains } from './nat.ts';
import type { Family, IpSets } from './sets.ts';

/** The two tables of one family, and how many chains a packet goes through one from another. */
export function tables(
  plan: Plan,
  sets: IpSets,
  family: Family,
): { readonly text: string; readonly depth: number } {
  const filter = new Book();
  filterChains(plan, filter, sets, family);
  const nat = new Book();
  natChains({ plan, book: nat, sets, family });
  const program = family === 4 ? 'iptables' : 'ip6tables';
  const text = `# ${program}-restore --noflush\n${filter.text('filter')}${nat.text('nat')}`;
  return { text, depth: Math.max(filter.depth(), nat.depth()) };
}
