import { forTerminal } from '../base/encode.ts';
import type { Plan } from '../io/site/plan.ts';
import { NOTHING } from '../io/site/plan.ts';
import type { FlowGroup } from '../model/change.ts';
import { boxText } from '../policy/decide/box-text.ts';
import type { Change as Box } from '../policy/decide/difference.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Lines of each kind that a person is shown; the JSON has all. */
const SHOWN = 25;

/** Whether anything would fare otherwise than it does. */
export function changesSomething({ change, difference, before }: Plan): boolean {
  const isElsewhere = bridgesText(change) !== bridgesText(before);
  return isElsewhere || before === undefined || !difference.equal || difference.limits.length > 0;
}

function bridgesText(change: Plan['before']): string {
  return [...(change?.bridges ?? [])].sort().join(', ');
}

export function planJson(plan: Plan): string {
  const { change, before, difference, recorded, notes } = plan;
  const box = (one: Box): object => ({
    before: one.before,
    after: one.after,
    connections: one.boxes.map((each) => boxText(each, change.bound)),
    rulesBefore: one.rulesBefore,
    rulesAfter: one.rulesAfter,
  });
  return jsonDocument('plan', {
    change: change.id,
    target: change.target,
    before: before?.id ?? null,
    changes: changesSomething(plan),
    bridges: change.bridges ?? [],
    newlyAllowed: difference.newlyAllowed.map(box),
    newlyDenied: difference.newlyDenied.map(box),
    changed: difference.changed.map(box),
    limits: difference.limits.map(({ after }) => after.id),
    more: difference.more,
    recorded,
    notes,
    files: change.files.map(({ name }) => name),
  });
}

/** For people: what changes, then what that means for traffic that was really seen. */
export function printPlan(shell: Shell, plan: Plan): void {
  const { change, before, difference, recorded } = plan;
  const of = before === undefined ? 'nothing of ours is in force' : `in force is ${before.id}`;
  shell.out(`${change.id} for ${change.target}; ${of}\n`);
  if (!changesSomething(plan)) {
    shell.out('Nothing would change.\n');
    return;
  }
  const [bridges, bridgesBefore] = [change, before].map(bridgesText);
  if (bridges !== bridgesBefore) {
    shell.out(
      `Within a segment: ${bridges || 'nothing'} is filtered, before ${bridgesBefore || 'nothing'}\n`,
    );
  }
  printBoxes(shell, plan, 'Newly allowed', difference.newlyAllowed);
  printBoxes(shell, plan, 'Newly denied', difference.newlyDenied);
  const { changed, limits } = difference;
  if (changed.length > 0 && before !== undefined) {
    shell.out(`\n${count(changed.length, 'kind')} of connection fare as before, by another rule\n`);
  }
  for (const { after } of limits) shell.out(`Limit changed: rule ${forTerminal(after.id)}\n`);
  if (difference.more) shell.say('There are more differences than were looked for.');
  printRecorded(shell, recorded);
  for (const note of plan.notes) shell.warn(forTerminal(note));
}

function printBoxes(
  shell: Shell,
  { change, before }: Plan,
  title: string,
  changes: readonly Box[],
): void {
  if (changes.length === 0) return;
  shell.out(`\n${title}:\n`);
  const texts = changes.flatMap(({ boxes, rulesAfter }) =>
    boxes.map((box) => {
      const by = rulesAfter.length === 0 ? 'no rule allows it' : `rule ${rulesAfter.join(', ')}`;
      return `  ${forTerminal(boxText(box, { ...(before?.bound ?? NOTHING), ...change.bound }))}  (${by})`;
    }),
  );
  for (const text of texts.slice(0, SHOWN)) shell.out(`${text}\n`);
  if (texts.length > SHOWN) shell.out(`  and ${texts.length - SHOWN} more\n`);
}

function printRecorded(shell: Shell, recorded: Plan['recorded']): void {
  const { flows, stillAllowed, stillBlocked, elsewhere } = recorded;
  if (flows === 0) {
    shell.say(
      'No traffic is on record for that time: go back further with --since, or import some.',
    );
    return;
  }
  shell.out(
    `\nOf ${count(flows, 'recorded flow')}: ${stillAllowed} pass as before, ${stillBlocked} are blocked as before, ${elsewhere} do not meet the router.\n`,
  );
  printGroups(shell, 'Newly blocked', recorded.newlyBlocked);
  printGroups(shell, 'Newly allowed', recorded.newlyAllowed);
  printGroups(shell, 'On trial: would be blocked, passes', recorded.wouldBlock);
  if (recorded.newlyBlocked.length === 0) shell.say('No recorded traffic would be blocked.');
}

function printGroups(shell: Shell, title: string, groups: readonly FlowGroup[]): void {
  if (groups.length === 0) return;
  shell.out(`\n${title}:\n`);
  shell.out(
    table<FlowGroup>(
      shell,
      [
        { title: 'Device', value: ({ device, source }) => device ?? source },
        { title: 'Way', value: ({ direction }) => direction, rank: 3 },
        { title: 'From', value: ({ source }) => source, rank: 2 },
        { title: 'To', value: ({ name, destination }) => name ?? destination },
        { title: 'Service', value: ({ service }) => service },
        { title: 'Times', value: ({ flows }) => String(flows), align: 'right' },
        { title: 'Last seen', value: ({ lastSeen }) => timeText(shell, lastSeen) },
        { title: 'Why', value: ({ because }) => because, rank: 1 },
      ],
      groups.slice(0, SHOWN),
    ),
  );
  if (groups.length > SHOWN) shell.out(`and ${groups.length - SHOWN} more\n`);
}
