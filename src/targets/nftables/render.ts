import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Path } from '../shared/terms.ts';
import type { Artefact, RenderOptions } from '../target.ts';
import { bridgeTable } from './bridge.ts';
import { dnsmasqConfig, nameSets } from './dynamic-names.ts';
import { invalidChain, sideChain } from './judgement.ts';
import { ruleLines } from './lines.ts';
import { TABLE } from './names.ts';
import { destinationLines, sourceLines } from './nat.ts';
import { Chains, Plan } from './plan.ts';

export const RULES_FILE = 'portolan.nft';
export const DNSMASQ_FILE = 'portolan-dnsmasq.conf';

/**
 * One table, replaced as a whole: the file loads whether or not an older one is there. With bridges
 * a second one of the same name in the family of bridges, in the same transaction.
 *
 * @throws PortolanError E_POLICY_UNSUPPORTED where a rule cannot be said within a segment
 */
export function render(policy: BoundPolicy, { bridges = [] }: RenderOptions = {}): Artefact {
  const bridged = bridges.length === 0 ? '' : bridgeTable(policy, bridges);
  const text = `${tableText(policy)}${bridged}`;
  const names = dnsmasqConfig(policy);
  return {
    files: [
      { name: RULES_FILE, text },
      ...(names === '' ? [] : [{ name: DNSMASQ_FILE, text: names }]),
    ],
    check: [['nft', '-c', '-f', `{${RULES_FILE}}`]],
    apply: [['nft', '-f', `{${RULES_FILE}}`]],
    remove: [
      ['nft', 'delete', 'table', 'inet', TABLE],
      ...(bridged === '' ? [] : [['nft', 'delete', 'table', 'bridge', TABLE]]),
    ],
    // Numbers instead of names of protocols and types, which differ from one system to another.
    read: ['nft', '-n', 'list', 'table', 'inet', TABLE],
  };
}

function replacing(family: string, name: string): string {
  return `table ${family} ${name}\ndelete table ${family} ${name}\n`;
}

/** The file that replaces our table; `more` are chains of whoever builds upon it. */
export function tableText(
  policy: BoundPolicy,
  more: (plan: Plan, chains: Chains) => readonly string[] = () => [],
): string {
  return `${replacing('inet', TABLE)}${table(policy, more)}`;
}

function table(
  policy: BoundPolicy,
  more: (plan: Plan, chains: Chains) => readonly string[],
): string {
  const plan = new Plan(policy);
  const chains = new Chains();
  const bases = [
    base(plan, chains, 'input'),
    base(plan, chains, 'forward'),
    ...natChain('dstnat', 'prerouting', destinationLines(plan)),
    ...natChain('srcnat', 'postrouting', sourceLines(plan)),
    ...more(plan, chains),
  ];
  const parts = [
    ...nameSets(policy),
    ...plan.sets.declarations(),
    ...chains.declarations(),
    ...bases,
  ];
  return `table inet ${TABLE} {\n${parts.join('\n')}}\n`;
}

/**
 * Before the rules of others, who still have their say: an accept of ours overrules no drop of
 * theirs. What we leave alone passes on.
 */
function base(plan: Plan, chains: Chains, path: Path): string {
  const lines = [
    `type filter hook ${path} priority filter - 1; policy accept;`,
    ...(path === 'input' ? ['iifname "lo" accept'] : []),
    'ct state established,related accept',
    `ct state invalid goto ${invalidChain(plan, chains, path)}`,
    ...jumpTo(chains, guardChain(plan, chains, path)),
    ...jumpTo(chains, sideChain(plan, chains, 'egress', path)),
    ...jumpTo(chains, sideChain(plan, chains, 'ingress', path)),
  ];
  return chain(`p_${path}`, lines);
}

/** Every packet pays for a jump, so none is made for nothing. */
function jumpTo(chains: Chains, name: string): readonly string[] {
  return chains.isEmpty(name) ? [] : [`jump ${name}`];
}

export function chain(name: string, lines: readonly string[]): string {
  return `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

/** An allow of the guard is the last word; a jump that returns goes on to the rules. */
function guardChain(plan: Plan, chains: Chains, path: Path): string {
  const name = path === 'input' ? 'p_guard_self' : 'p_guard';
  const place = {
    plan,
    chains,
    side: 'egress',
    path,
    allow: 'accept',
    isAtAddress: false,
  } as const;
  const lines = plan.policy.guard.flatMap(({ rate: _, connections: __, ...rule }) =>
    ruleLines(place, { ...rule, action: 'allow' }),
  );
  return chains.add(name, lines);
}

function natChain(
  priority: 'dstnat' | 'srcnat',
  hook: 'prerouting' | 'postrouting',
  lines: readonly string[],
): readonly string[] {
  if (lines.length === 0) return [];
  const head = `type nat hook ${hook} priority ${priority}; policy accept;`;
  return [chain(`p_${priority}`, [head, ...lines])];
}
