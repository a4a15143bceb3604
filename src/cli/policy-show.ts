import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import type { RuleCounts } from '../io/apply/rule-counts.ts';
import { loadPolicy } from '../io/policy-file.ts';
import { THIS_MACHINE } from '../model/firewall-reading.ts';
import type { Policy, PolicyEndpoint, PolicyRule } from '../model/policy.ts';
import { ruleFields, writePolicy } from '../policy/write.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import type { Column } from './table.ts';
import { table } from './table.ts';

/** The whole policy as a table of rules, or what it says of one endpoint. */
export function runShow(shell: Shell, file: string, [wanted]: readonly string[]): Promise<number> {
  const { policy } = loadPolicy(file);
  const counts = countsInForce(shell);
  if (wanted === undefined) showAll(shell, file, policy, counts);
  else showEndpoint(shell, { file, policy, counts, wanted });
  if (counts !== undefined) shell.hint(`Met: as counted at ${timeText(shell, counts.at)}`);
  return Promise.resolve(0);
}

function showAll(shell: Shell, file: string, policy: Policy, counts: RuleCounts | undefined): void {
  if (shell.json) shell.out(jsonDocument('policy', { file, policy, counts }));
  else if (policy.rules.length === 0) shell.out(forLines(writePolicy(policy)));
  else shell.out(rulesTable(shell, policy.rules, counts));
  shell.hint(`${count(policy.rules.length, 'rule')} in ${file}`);
}

function showEndpoint(
  shell: Shell,
  {
    file,
    policy,
    counts,
    wanted,
  }: {
    readonly file: string;
    readonly policy: Policy;
    readonly counts: RuleCounts | undefined;
    readonly wanted: string;
  },
): void {
  const { name, endpoint } = found(policy.endpoints, wanted);
  const groups = groupsOf(policy.endpoints, name);
  const rules = policy.rules.filter(({ from, to }) => groups.has(from) || groups.has(to));
  if (shell.json) shell.out(jsonDocument('policy-endpoint', { file, name, endpoint, rules }));
  else {
    shell.out(rules.length === 0 ? '' : rulesTable(shell, rules, counts));
    const state = endpoint.kind === 'device' ? `, ${endpoint.state}` : '';
    shell.say(
      `${JSON.stringify(name)} (${endpoint.kind}${state}): ${count(rules.length, 'rule')}.`,
    );
  }
}

/** What the rules in force on this machine had counted when the firewall was looked at last. */
function countsInForce(shell: Shell): RuleCounts | undefined {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'];
  if (folder === ':memory:') return undefined;
  const changes = new ChangeStore(folder);
  const counts = changes.counts(THIS_MACHINE);
  return counts?.change === changes.inForce(THIS_MACHINE)?.change?.id ? counts : undefined;
}

function forLines(text: string): string {
  return text.split('\n').map(forTerminal).join('\n');
}

function found(
  endpoints: Readonly<Record<string, PolicyEndpoint>>,
  wanted: string,
): { name: string; endpoint: PolicyEndpoint } {
  const id = `PTL-D-${wanted.toUpperCase().replace(/^PTL-D-/, '')}`;
  const entry = Object.entries(endpoints).find(
    ([name, one]) => name === wanted || (one.kind === 'device' && one.device === id),
  );
  if (entry !== undefined) return { name: entry[0], endpoint: entry[1] };
  const near = closest(wanted, Object.keys(endpoints));
  throw new PortolanError(
    'E_NOT_FOUND',
    `The policy names no ${JSON.stringify(wanted)}${near === undefined ? '' : `. Did you mean ${JSON.stringify(near)}?`}`,
    { remedy: 'See all of it: portolan policy show' },
  );
}

/** The endpoint and every group that it is in, directly or by another. */
function groupsOf(
  endpoints: Readonly<Record<string, PolicyEndpoint>>,
  name: string,
): ReadonlySet<string> {
  const within = new Set([name]);
  for (let before = 0; before < within.size; ) {
    before = within.size;
    for (const [group, one] of Object.entries(endpoints)) {
      if (one.kind === 'group' && one.members.some((member) => within.has(member))) {
        within.add(group);
      }
    }
  }
  return within;
}

function rulesTable(
  shell: Shell,
  rules: readonly PolicyRule[],
  counts: RuleCounts | undefined,
): string {
  const met = new Map(counts?.rules.map(({ id, packets }) => [id, packets]));
  return table<PolicyRule>(
    shell,
    [
      { title: 'Rule', value: ({ id }) => id },
      { title: 'From', value: ({ from, fromZone }) => inZone(from, fromZone) },
      { title: 'To', value: ({ to, toZone }) => inZone(to, toZone) },
      { title: 'Service', value: ({ service }) => service },
      {
        title: 'Action',
        value: ({ action }) => action,
        style: ({ action }) => (action === 'allow' ? 'green' : 'red'),
      },
      ...(counts === undefined ? [] : [metColumn(met)]),
      { title: 'Limits', value: limits, rank: 3 },
      { title: 'Until', value: ({ expires }) => timeText(shell, expires), rank: 2 },
      { title: 'Origin', value: ({ origin }) => origin.kind, rank: 4 },
      { title: 'Note', value: ({ note }) => note ?? '', rank: 5 },
    ],
    rules,
  );
}

/** How often a rule was met since it was loaded; `never` may be a rule too many. */
function metColumn(met: ReadonlyMap<string, number>): Column<PolicyRule> {
  return {
    title: 'Met',
    value: ({ id }) => (met.get(id) === 0 ? 'never' : (met.get(id) ?? '')),
    style: ({ id }) => (met.get(id) === 0 ? 'yellow' : undefined),
    align: 'right',
    rank: 1,
  };
}

function inZone(peer: string, zone: string | undefined): string {
  return zone === undefined ? peer : `${peer} in ${zone}`;
}

/** In the words of the file. */
function limits(rule: PolicyRule): string {
  const { side, family, rate, connections } = ruleFields(rule);
  const given = { side, family, rate, connections };
  return Object.entries(given)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${JSON.stringify(value)}`]))
    .join(' ');
}
