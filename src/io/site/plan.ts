import { networkInterfaces } from 'node:os';
import { parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import { shortId } from '../../base/id.ts';
import { visible } from '../../base/untrusted.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Change, RecordedEffect } from '../../model/change.ts';
import type { Site } from '../../model/site.ts';
import { bindPolicy } from '../../policy/bind.ts';
import type { BindContext } from '../../policy/bind-context.ts';
import { containedBy } from '../../policy/contain.ts';
import { deciders } from '../../policy/decide/decider.ts';
import type { Difference } from '../../policy/decide/difference.ts';
import { differenceOf } from '../../policy/decide/difference.ts';
import { replay } from '../../policy/replay.ts';
import { runPolicyTests } from '../../policy/run-tests.ts';
import { simulate } from '../../policy/simulate/simulate.ts';
import { targets } from '../../targets/index.ts';
import type { Artefact, Target } from '../../targets/target.ts';
import { compile } from '../../targets/target.ts';
import type { PolicyFile } from '../policy-file.ts';
import { loadPolicy, policyPath } from '../policy-file.ts';
import { surroundings } from '../surroundings.ts';
import type { World } from '../world.ts';
import { bindContext } from './bind-context.ts';
import type { Session } from './session.ts';
import { who } from './session.ts';

const DAY = 86_400_000;
/** Differences that are looked for; more nobody reads. */
const MOST = 2000;
const SSH_PORT = 22;

/** A change with everything that is to be known before it is applied. */
export interface Plan {
  readonly change: Change;
  readonly artefact: Artefact;
  readonly before: Change | undefined;
  readonly difference: Difference;
  readonly recorded: RecordedEffect;
  /** Of binding: names that resolve to nothing, rules that have expired … */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  readonly before: Change | undefined;
  /** Addresses of the router; undefined: those of this machine, where it routes. */
  readonly own?: ReadonlySet<string>;
  readonly target?: string;
  /** Bridges on which traffic within one segment is filtered as well; by default as it is now. */
  readonly bridges?: readonly string[];
  /** Instead of the file beside the store. */
  readonly policy?: PolicyFile;
  readonly policyFile?: string;
  /** How far back recorded traffic is asked: `14d`, the default. */
  readonly since?: string;
  /** What is believed, where somebody has it at hand. */
  readonly site?: Site;
  /** Account for which it is made; by default the one that runs this process. */
  readonly by?: string;
}

/**
 * Policy → its names looked up → rules of one firewall, with the difference to what is in force.
 *
 * @throws PortolanError E_POLICY where a test of the policy fails, or who works on it would be locked
 * out; E_POLICY_UNSUPPORTED where the firewall cannot say it
 */
export async function makePlan(
  world: World,
  session: Session,
  options: PlanOptions,
): Promise<Plan> {
  const folder = world.dataFolder ?? world.env['PORTOLAN_DATA'];
  const loaded = options.policy ?? loadPolicy(policyPath(folder, options.policyFile));
  const context = bindContext(world, session, options.site ?? session.site());
  const { bound, notes } = bindPolicy(loaded.policy, context, loaded.document);
  holdTests(loaded, context);
  const own = options.own ?? (await ownAddresses());
  holdAdmin(bound, world.env['SSH_CONNECTION'], own);
  const target = targetOf(options.target ?? 'nftables');
  const bridges = options.bridges ?? bridgesOf(options.before, target);
  const artefact = compile(target, bound, { bridges });
  const change = changeOf(world, target.id, {
    bound,
    artefact,
    bridges,
    policy: loaded.text,
    by: options.by ?? who(),
  });
  const effects = effectsOf(world, session, {
    bound,
    own,
    before: options.before,
    ...(options.since === undefined ? {} : { since: options.since }),
  });
  return {
    change,
    artefact,
    before: options.before,
    ...effects,
    notes: notes.map(({ message }) => message),
  };
}

function bridgesOf(before: Change | undefined, target: Target): readonly string[] {
  return before?.target === target.id ? (before.bridges ?? []) : [];
}

/** The same difference for a change that was made before. */
export function effectsOf(
  world: World,
  session: Session,
  {
    bound,
    own,
    before,
    since: span = '14d',
  }: {
    readonly bound: BoundPolicy;
    readonly own: ReadonlySet<string>;
    readonly before: Change | undefined;
    readonly since?: string;
  },
): Pick<Plan, 'difference' | 'recorded'> {
  const [a, b] = deciders([before?.bound ?? NOTHING, bound]);
  if (a === undefined || b === undefined) throw new RangeError('two policies, two deciders');
  const since = world.now() - daysOf(span) * DAY;
  return {
    difference: differenceOf(a, b, { trial: 'in force', most: MOST }),
    recorded: replay(session.store.flows({ since, byOthers: true }), before?.bound, bound, { own }),
  };
}

/** What holds where nothing of ours is in force: everything is left to others. */
export const NOTHING: BoundPolicy = {
  zones: [],
  devices: [],
  names: [],
  guard: [],
  egress: [],
  ingress: [],
  nat: { destination: [], source: [] },
  refuse: 'drop',
};

/** Where this machine routes, its own addresses are the router's. */
export async function ownAddresses(): Promise<ReadonlySet<string>> {
  const { isRouter } = await surroundings();
  if (!isRouter) return new Set();
  return new Set(
    Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  );
}

export function targetOf(id: string): Target {
  const found = targets.all.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new PortolanError('E_USAGE', `There is no firewall ${JSON.stringify(id)}`, {
    remedy: `One of: ${targets.all.map((one) => one.id).join(', ')}`,
  });
}

export function changeOf(
  world: World,
  target: string,
  {
    bound,
    artefact,
    policy,
    bridges = [],
    by = who(),
  }: {
    readonly bound: BoundPolicy;
    readonly artefact: Artefact;
    readonly bridges?: readonly string[] | undefined;
    readonly policy: string;
    readonly by?: string;
  },
): Change {
  const at = world.now();
  const rules = artefact.files.map(({ text }) => text).join('');
  return {
    id: shortId('C', `${at} ${rules}`, 6),
    at,
    by,
    target,
    policy,
    bound,
    ...(bridges.length === 0 ? {} : { bridges }),
    files: artefact.files,
  };
}

/** What holds a device for a while is meant to break what the tests say of it. */
function holdTests(loaded: PolicyFile, context: BindContext): void {
  const held = new Set(containedBy(loaded.policy, undefined));
  const policy = { ...loaded.policy, rules: loaded.policy.rules.filter(({ id }) => !held.has(id)) };
  const { bound } = bindPolicy(policy, context);
  const failed = runPolicyTests(policy, bound, context).filter(({ ok }) => !ok);
  const [first] = failed;
  if (first === undefined) return;
  const { from, to, service, expect } = first.test;
  const { line } = loaded.document.place(['tests', first.index]);
  const rules = [...new Set(first.decision?.rules ?? [])].map((id) => {
    const index = loaded.policy.rules.findIndex((rule) => rule.id === id);
    const at = index < 0 ? '' : ` in line ${loaded.document.place(['rules', index]).line}`;
    return `rule ${id}${at}`;
  });
  const by = rules.length === 0 ? '' : ` (${rules.join(', ')})`;
  const more = failed.length > 1 ? `; ${failed.length - 1} more fail` : '';
  throw new PortolanError(
    'E_POLICY',
    `${loaded.file}:${line}: test ${visible(`${from} → ${to} ${service}`)} expects ${expect}, but: ${
      first.decision?.because ?? 'it stands for no connection'
    }${by}${more}`,
    { remedy: 'Correct the rule or the test; see all: portolan policy test' },
  );
}

/** Whoever works by ssh has a connection that passes anyhow; the next one must pass as well. */
function holdAdmin(
  bound: BoundPolicy,
  sshConnection: string | undefined,
  own: ReadonlySet<string>,
): void {
  const [client = '', , server = '', port = String(SSH_PORT)] = (sshConnection ?? '').split(' ');
  if (own.size > 0 && !own.has(server)) return;
  const { ok, because } = admits(bound, { client, server, port: Number(port) });
  if (ok) return;
  throw new PortolanError(
    'E_POLICY',
    `You work from ${client} by ssh, and the policy would not let you in again: ${because}`,
    { remedy: 'Add your machine to the guard of the policy (admins): portolan policy edit' },
  );
}

/** Whether somebody could still open a connection to this machine; what is no address is let be. */
export function admits(
  bound: BoundPolicy,
  way: { readonly client: string; readonly server: string; readonly port: number },
): { readonly ok: boolean; readonly because: string } {
  const [source, destination] = [parseAddress(way.client), parseAddress(way.server)];
  if (source === undefined || destination === undefined) {
    return { ok: true, because: 'nobody works from afar' };
  }
  const zone = bound.zones.find(({ networks }) =>
    networks.some(
      ({ family, from, to }) =>
        family === source.family && from <= source.value && source.value <= to,
    ),
  );
  const { verdict, because } = simulate(bound, {
    inInterface: zone?.interfaces[0] ?? '',
    source,
    destination,
    protocol: 6,
    sourcePort: 49_152,
    destinationPort: way.port,
  });
  return { ok: verdict === 'allow' || verdict === 'leave', because };
}

export function daysOf(text: string): number {
  const days = Number(/^(\d{1,4})d$/.exec(text)?.[1]);
  if (days > 0) return days;
  throw new PortolanError('E_USAGE', `${JSON.stringify(text)} is no number of days`, {
    remedy: 'For example --since 14d',
  });
}
