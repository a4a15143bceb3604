import type { BoundPolicy } from '../../model/bound-policy.ts';
import { Plan } from '../nftables/plan.ts';
import type { Artefact, RenderOptions } from '../target.ts';
import { Chains, line } from './chains.ts';
import { pathChain } from './judgement.ts';
import { Lists } from './lists.ts';
import { natChains } from './nat.ts';
import type { Family } from './words.ts';
import { addLine, OURS } from './words.ts';

const FILE = 'portolan.rsc';
/** Jumps into our chains come first, so that nothing of ours is in force while its chains are changed. */
const MENUS = ['filter', 'nat', 'address-list'] as const;

/**
 * A script that removes what is ours and makes it anew. RouterOS has no transaction: between the two
 * the router does what its other rules say. Use safe mode where that is not enough.
 */
export function render(policy: BoundPolicy, _options: RenderOptions = {}): Artefact {
  const lists = new Lists();
  const families = ([4, 6] as const).map((family) => familyLines(policy, family, lists));
  const lines = [
    '# Portolan. Everything here has a comment that begins with ptl:',
    ...removal().map((words) => words.join(' ')),
    ...lists.interfaceLines(),
    ...families.flat(),
  ];
  return {
    files: [{ name: FILE, text: `${lines.join('\n')}\n` }],
    check: [],
    apply: [['/import', `file-name={${FILE}}`]],
    remove: removal(),
    read: ['/export', 'terse'],
  };
}

function removal(): readonly (readonly string[])[] {
  const find = `[find comment~"^${OURS}"]`;
  return [
    ...(['/ip', '/ipv6'] as const).flatMap((family) =>
      MENUS.map((menu) => [`${family} firewall ${menu}`, 'remove', find]),
    ),
    ['/interface list member', 'remove', find],
    ['/interface list', 'remove', find],
  ];
}

function familyLines(policy: BoundPolicy, family: Family, lists: Lists): readonly string[] {
  const head = family === 4 ? '/ip' : '/ipv6';
  const plan = new Plan(policy);
  const filter = new Chains(plan, family, lists);
  const nat = new Chains(plan, family, lists);
  const paths = (['forward', 'input'] as const).map(
    (path) => [path, pathChain(filter, path)] as const,
  );
  const translated = natChains(nat);
  const texts = [
    `${head} firewall filter`,
    ...filter.texts(),
    ...paths.map(([from, chain]) => entry(from, chain)),
    ...(translated.length === 0 ? [] : [`${head} firewall nat`]),
    ...nat.texts(),
    ...translated.map(([from, chain]) => entry(from, chain)),
  ];
  // Lists stand before the rules that ask for them.
  return [...lists.addressLines(family, policy.names), ...texts];
}

/** Before everything that is there: the menu is not empty, our chains are in it. */
function entry(from: string, chain: string): string {
  const { words, comment } = line({ action: 'jump', 'jump-target': chain }, 'ptl-jump');
  const first = '[:pick [find where !dynamic] 0]';
  return addLine({ chain: from, ...words, 'place-before': first }, comment);
}
