import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { loadPolicy, policyPath, savePolicy } from '../io/policy-file.ts';
import { who, withSession } from '../io/site/session.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';
import { addRule } from '../policy/edit.ts';
import { ruleSentence } from '../policy/learn/words.ts';
import { parsePeer } from '../policy/references.ts';
import { serviceOf } from '../policy/services.ts';
import type { Input } from './command.ts';
import { jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { endpointOf } from './trial-run.ts';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
/** What is needed for longer is no exception: it is a rule. */
const LONGEST = 90 * 86_400_000;

/** Writes a rule that expires, in front of all others, so that it counts whatever they say. */
export function runAllow(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const file = policyPath(shell.dataFolder ?? shell.env['PORTOLAN_DATA'], input.text('policy'));
    const before = loadPolicy(file);
    const [wanted = '', service = ''] = input.args;
    const device = endpointOf(before.policy, wanted, session.site);
    const rule = ruleOf(shell, input, before.policy, { ...device, service });
    const text = addRule(before.document, rule, before.policy.rules[0]?.id);
    if (!input.flag('dryRun')) {
      savePolicy(file, before.text, text);
      const what = `allow ${device.device} ${rule.service}`;
      session.store.audit({ at: shell.now(), who: who(), what, why: rule.note ?? '' });
    }
    if (shell.json) shell.out(jsonDocument('allow', { rule }));
    else {
      const until = timeText(shell, rule.expires);
      shell.out(`${forTerminal(ruleSentence(rule))} until ${until} (${rule.id})\n`);
    }
    shell.say(
      `Not in force yet: portolan apply. Take it back before its time: portolan policy rm ${rule.id}`,
    );
    return 0;
  });
}

interface Wish {
  readonly name: string;
  readonly device: string;
  readonly service: string;
}

function ruleOf(
  shell: Shell,
  input: Input,
  policy: Policy,
  { name, device, service: typed }: Wish,
): PolicyRule {
  const [to, by] = [input.text('to'), input.text('by')];
  if (to !== undefined && by !== undefined) {
    throw new PortolanError('E_USAGE', '--to and --by are two rules', {
      remedy: 'Give one of them now and the other in a second command',
    });
  }
  const service = serviceWord(policy, typed);
  const peer = peerWord(policy, to ?? by ?? 'any');
  const now = shell.now();
  const expires = now + durationOf(input.text('for') ?? '1h');
  const [, , hash = ''] = shortId('C', `${device} ${service} ${peer} ${now}`, 6)
    .toLowerCase()
    .split('-');
  return {
    id: `allow-${hash}`,
    from: by === undefined ? name : peer,
    to: by === undefined ? peer : name,
    service,
    action: 'allow',
    // To anybody: what others let in is for them to say.
    side: to === undefined && by === undefined ? 'egress' : 'both',
    log: false,
    expires,
    origin: { kind: 'manual' },
    note: `For a while, by ${who()}`,
  };
}

/** A number alone is TCP's, as people say it. */
function serviceWord(policy: Policy, typed: string): string {
  const text = /^\d+(?:-\d+)?$/.test(typed) ? `tcp/${typed}` : typed;
  if (serviceOf(policy.services, text) !== undefined) return text;
  throw new PortolanError('E_USAGE', `"${typed}" is no service`, {
    remedy:
      'For example 8443, tcp/8443, udp/5000-5010, https, or a service that the policy defines',
  });
}

/** What the policy would not understand is refused when it is saved; here only what is usual. */
function peerWord(policy: Policy, text: string): string {
  const { kind, value } = { value: text, ...parsePeer(text) };
  if (kind !== 'endpoint' || Object.hasOwn(policy.endpoints, value)) return text;
  throw new PortolanError('E_USAGE', `"${text}" is nobody in the policy`, {
    remedy: 'Give an endpoint of the policy, net:192.0.2.0/24, name:mq.example.com or zone:NAME',
  });
}

export function durationOf(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS.get(unit) ?? Number.NaN);
  if (milliseconds > 0 && milliseconds <= LONGEST) return milliseconds;
  throw new PortolanError('E_USAGE', `--for "${text}" is no time from 1m to 90d`, {
    remedy: 'For example --for 30m, --for 1h or --for 7d; for good: portolan policy edit',
  });
}
