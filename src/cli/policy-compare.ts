import { formatAddress } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { loadPolicy } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { withSession } from '../io/site/session.ts';
import type { BoundPolicy } from '../model/bound-policy.ts';
import { bindPolicy } from '../policy/bind.ts';
import type { BindContext } from '../policy/bind-context.ts';
import { decider } from '../policy/decide/decider.ts';
import type { Change } from '../policy/decide/difference.ts';
import { comparePolicies } from '../policy/decide/difference.ts';
import { ineffective } from '../policy/decide/shadow.ts';
import { connectionService } from '../policy/packet-text.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Changes that are printed; the JSON has all that were found. */
const MOST = 1000;

/** With one file: the policy in force against that file. With two: the first against the second. */
export function runCompare(
  shell: Shell,
  file: string,
  [first, second]: Input['args'],
  exitCode: boolean,
): Promise<number> {
  if (first === undefined) {
    throw new PortolanError('E_USAGE', 'That needs a policy to compare with', {
      remedy: 'For example, with the one before: portolan policy diff policy.yaml.1 policy.yaml',
    });
  }
  const [before, after] = second === undefined ? [file, first] : [first, second];
  return withSession(shell, (session) => {
    const context = bindContext(shell, session);
    const { resolved, symbolic, equal } = comparePolicies(
      boundFrom(before, context),
      boundFrom(after, context),
      { most: MOST },
    );
    // By name where that shows more: an address may lose its name tomorrow.
    const shown = resolved.equal ? symbolic : resolved;
    if (shell.json) shell.out(jsonDocument('policy-diff', forReport({ ...shown, equal })));
    else print(shell, shown, equal);
    return exitCode && !(equal && shown.limits.length === 0) ? 1 : 0;
  });
}

function boundFrom(file: string, context: BindContext): BoundPolicy {
  const { policy, document } = loadPolicy(file);
  return bindPolicy(policy, context, document).bound;
}

type Shown = ReturnType<typeof comparePolicies>['resolved'];

function print(shell: Shell, shown: Shown, equal: boolean): void {
  const rows = [
    ...shown.newlyAllowed.map((change) => ({ what: 'newly allowed', change })),
    ...shown.newlyDenied.map((change) => ({ what: 'newly denied', change })),
    ...shown.changed.map((change) => ({ what: 'changed', change })),
  ];
  if (rows.length > 0) {
    shell.out(
      table(
        shell,
        [
          { title: 'Change', value: ({ what }) => what },
          { title: 'Before', value: ({ change }) => change.before },
          { title: 'After', value: ({ change }) => change.after },
          { title: 'Way', value: ({ change }) => wayText(change) },
          { title: 'For example', value: ({ change }) => packetText(change) },
          { title: 'Rules before', value: ({ change }) => change.rulesBefore.join(' '), rank: 2 },
          { title: 'Rules after', value: ({ change }) => change.rulesAfter.join(' '), rank: 1 },
        ],
        rows,
      ),
    );
  }
  for (const { after } of shown.limits) shell.out(`limit changed: rule ${after.id}\n`);
  if (shown.more) shell.say(`There are more than ${MOST} changes; the first are shown.`);
  if (equal && shown.limits.length === 0) shell.say('Both allow and deny the same.');
  else shell.hint(count(rows.length, 'change'));
}

function wayText({ packet: { inInterface, outInterface = 'self' } }: Change): string {
  return `${inInterface} → ${outInterface}`;
}

function packetText({ packet }: Change): string {
  const { source, destination, name } = packet;
  const target = packet.outInterface === undefined ? 'self' : (name ?? formatAddress(destination));
  return `${formatAddress(source)} → ${target} ${connectionService(packet)}`;
}

/** Sets of addresses hold bigints, which JSON does not know. */
function forReport(value: object): object {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? String(one) : one,
  );
  const plain: unknown = JSON.parse(text);
  return typeof plain === 'object' && plain !== null ? plain : {};
}

/**
 * Rules without effect: covered by others before them, or saying what would be decided anyway. DNS
 * names count as names: what one stands for today makes no rule superfluous.
 */
export function runShadow(shell: Shell, file: string, exitCode: boolean): Promise<number> {
  const { policy, document } = loadPolicy(file);
  return withSession(shell, (session) => {
    const { bound } = bindPolicy(policy, bindContext(shell, session), document);
    const { shadowed, redundant } = ineffective(decider(bound, { names: 'symbolic' }));
    const own = new Map(policy.rules.map(({ id }, index) => [id, index]));
    const line = (id: string): number | undefined => {
      const index = own.get(id);
      return index === undefined ? undefined : document.place(['rules', index]).line;
    };
    const rows = [
      ...shadowed.map(({ rule, side, by, everywhere }) => ({
        rule,
        side,
        everywhere,
        why: by.length === 0 ? 'matches nothing' : `covered by ${by.join(', ')}`,
      })),
      ...redundant.map((one) => ({ ...one, why: 'without it the same is decided' })),
    ]
      .filter(({ rule }) => own.has(rule))
      .map((row) => ({ ...row, line: line(row.rule) }));
    if (shell.json) shell.out(jsonDocument('policy-shadow', { file, items: rows }));
    else if (rows.length === 0) shell.say('Every rule decides something.');
    else {
      shell.out(
        table(
          shell,
          [
            { title: 'Rule', value: ({ rule }) => rule },
            { title: 'Line', value: (row) => row.line ?? '', align: 'right' },
            { title: 'Side', value: ({ side }) => side },
            { title: 'Why', value: ({ why }) => why },
            { title: 'Removable', value: ({ everywhere }) => (everywhere ? 'yes' : 'no'), rank: 1 },
          ],
          rows,
        ),
      );
      shell.hint('Two may stand in for each other: remove one at a time, and look again.');
    }
    return exitCode && rows.length > 0 ? 1 : 0;
  });
}
