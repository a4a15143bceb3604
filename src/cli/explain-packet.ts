import type { Address } from '../base/address.ts';
import { formatAddress, single } from '../base/address.ts';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { visible } from '../base/untrusted.ts';
import type { PolicyFile } from '../io/policy-file.ts';
import { loadPolicy, policyPath } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Device } from '../model/device.ts';
import type { Decision, NewConnection } from '../model/packet-verdict.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';
import { bindAll, bindPolicy } from '../policy/bind.ts';
import type { BindContext } from '../policy/bind-context.ts';
import type { Firewall, Passage } from '../policy/firewall.ts';
import { initialPolicy } from '../policy/initial.ts';
import { evidenceText, ruleSentence } from '../policy/learn/words.ts';
import type { PacketText } from '../policy/packet-text.ts';
import { candidates, connectionService, parsePacket } from '../policy/packet-text.ts';
import { simulate } from '../policy/simulate/simulate.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';

/** Connections that are explained one by one; more of them fare alike, or the question is too wide. */
const SHOWN = 6;
/** Flows of one pair that are looked through for this port. */
const FLOWS = 2000;
const HOUR = 3_600_000;

/** Whether words ask about a connection: `192.0.2.7:8443→cloud`, `7f3k to self dns`. */
export function isConnection(text: string): boolean {
  return /→|->|=>|\S\s+to\s+\S/.test(text);
}

/**
 * What becomes of a connection: by the policy, with the rule, its line and what was seen of it; by
 * the firewalls that were read; and the command that would let it through for an hour.
 */
export function explainConnection(shell: Shell, text: string): Promise<number> {
  return withSession(shell, (session) => {
    const firewalls = session.rules.firewalls(session.site().devices);
    const asked = inquiryOf(shell, session, text, firewalls.length > 0);
    const connections = candidates(asked.question, asked.policy, asked.bound, asked.context);
    if (connections.length === 0) {
      throw new PortolanError('E_NOT_FOUND', 'No address is known of one of the two ends', {
        remedy: 'See who is known: portolan devices',
      });
    }
    const all = connections.map((connection) => explained(shell, session, asked, connection));
    const items = all.map((item, index) => ({
      ...item,
      firewalls: firewalls.map((firewall) => passed(firewall, connections[index])),
    }));
    if (shell.json) shell.out(jsonDocument('explain', { question: asked.question, items }));
    else
      shell.out(
        items
          .slice(0, SHOWN)
          .map((item) => textOf(shell, item))
          .join('\n'),
      );
    const more = items.length - SHOWN;
    if (more > 0) shell.hint(`${count(more, 'more connection')} are meant too: ask for less`);
    return 0;
  });
}

interface Asked {
  readonly question: PacketText;
  readonly policy: Policy;
  readonly bound: BoundPolicy;
  readonly context: BindContext;
  /** Undefined where there is no policy, and only firewalls are asked. */
  readonly file: PolicyFile | undefined;
  readonly devices: readonly Device[];
}

/** @throws PortolanError E_NOT_FOUND where neither a policy nor a firewall is there to be asked */
function inquiryOf(shell: Shell, session: Session, text: string, hasFirewall: boolean): Asked {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'];
  const known = session.rules.policy();
  const file = known ?? (hasFirewall ? undefined : loadPolicy(policyPath(folder)));
  const context = bindContext(shell, session);
  const { devices } = session.site();
  const policy = file?.policy ?? initialPolicy({ networks: [], isRouter: false, devices });
  const { bound } = bindPolicy(policy, context, file?.document);
  return { question: parsePacket(text, policy, context), policy, bound, context, file, devices };
}

interface Explained {
  readonly source: string;
  readonly destination: string;
  readonly service: string;
  readonly decision?: Decision;
  readonly rules: readonly ExplainedRule[];
  readonly seen?: Seen;
  /** What would let it through for an hour. */
  readonly remedy?: string;
}

interface ExplainedRule {
  readonly id: string;
  readonly file?: string;
  readonly line?: number;
  readonly sentence?: string;
  readonly evidence?: string;
  readonly since?: number;
}

interface Seen {
  readonly flows: number;
  readonly first: number;
  readonly last: number;
}

function explained(
  shell: Shell,
  session: Session,
  asked: Asked,
  connection: NewConnection,
): Explained {
  const isLocal = connection.outInterface === undefined;
  const base = {
    source: formatAddress(connection.source),
    destination: isLocal ? 'self' : formatAddress(connection.destination),
    service: connectionService(connection),
    ...seenIn(session, connection),
  };
  const { file, bound } = asked;
  if (file === undefined) return { ...base, rules: [] };
  const decision = simulate(bound, connection);
  const rules = [...new Set(decision.rules)].map((id) => explainedRule(file, id));
  const remedy = remedyFor(shell, asked, connection, decision);
  return { ...base, decision, rules, ...(remedy === undefined ? {} : { remedy }) };
}

/** What we added ourselves stands in no file. */
function explainedRule({ policy, document, file }: PolicyFile, id: string): ExplainedRule {
  const index = policy.rules.findIndex((each) => each.id === id);
  const rule = policy.rules[index];
  if (rule === undefined) return { id };
  const evidence = evidenceText(rule.origin);
  const { firstSeen } = rule.origin;
  return {
    id,
    file,
    line: document.place(['rules', index]).line,
    sentence: ruleSentence(rule),
    ...(evidence === '' ? {} : { evidence }),
    ...(firstSeen === undefined ? {} : { since: firstSeen }),
  };
}

function seenIn({ store }: Session, connection: NewConnection): { readonly seen?: Seen } {
  const { destinationPort: port } = connection;
  if (port === undefined) return {};
  const address = formatAddress(connection.source);
  const destination = formatAddress(connection.destination);
  const flows = [...store.flows({ address, port, limit: FLOWS })].filter(
    (flow) =>
      flow.source.address === address &&
      flow.destination.address === destination &&
      flow.destination.port === port &&
      flow.ipProtocol === connection.protocol,
  );
  if (flows.length === 0) return {};
  const first = Math.min(...flows.map(({ firstSeen }) => firstSeen));
  const last = Math.max(...flows.map(({ lastSeen }) => lastSeen));
  return { seen: { flows: flows.length, first, last } };
}

/** Tried before it is said: the rule that the command would write lets the connection through. */
function remedyFor(
  shell: Shell,
  asked: Asked,
  connection: NewConnection,
  { verdict, wouldBlock }: Decision,
): string | undefined {
  if ((verdict === 'allow' || verdict === 'leave') && !wouldBlock) return undefined;
  const { question } = asked;
  const ends: readonly End[] = [
    { address: connection.source, option: '--to', peer: question.to },
    { address: connection.destination, option: '--by', peer: question.from },
  ];
  return ends.flatMap((end) => commandFor(shell, asked, connection, end) ?? [])[0];
}

interface End {
  readonly address: Address;
  /** Of `portolan allow`, for the other end. */
  readonly option: string;
  readonly peer: string;
}

function commandFor(
  shell: Shell,
  { policy, context, devices }: Asked,
  connection: NewConnection,
  { address, option, peer }: End,
): string | undefined {
  const device = ownerOf(devices, address);
  if (device === undefined) return undefined;
  const name = endpointOf(policy, device);
  if (name === undefined) return `portolan policy learn ${device.id}`;
  const service = connectionService(connection);
  const [from, to] = option === '--to' ? [name, peer] : [peer, name];
  const opened = withRule(policy, { from, to, service, expires: shell.now() + HOUR });
  const { verdict, wouldBlock } = simulate(bindAll(opened, context).bound, connection);
  if (verdict !== 'allow' || wouldBlock) return undefined;
  return `portolan allow ${device.id} ${service} ${option} ${word(peer)} --for 1h`;
}

function ownerOf(devices: readonly Device[], address: Address): Device | undefined {
  const text = formatAddress(address);
  return devices.find(({ addresses }) => addresses.includes(text));
}

function endpointOf({ endpoints }: Policy, { id }: Device): string | undefined {
  return Object.entries(endpoints).find(
    ([, one]) => one.kind === 'device' && one.device === id,
  )?.[0];
}

function withRule(
  policy: Policy,
  rule: Pick<PolicyRule, 'from' | 'to' | 'service'> & { readonly expires: number },
): Policy {
  const allowing: PolicyRule = {
    id: 'allow-for-a-while',
    ...rule,
    action: 'allow',
    side: 'both',
    log: false,
    origin: { kind: 'manual' },
  };
  return { ...policy, rules: [allowing, ...policy.rules] };
}

/** One word for a shell (POSIX §2.2.2), whatever somebody calls an endpoint. */
function word(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

interface Passed extends Passage {
  readonly origin: string;
  readonly language: string;
  readonly at: number;
}

function passed(firewall: Firewall, connection: NewConnection | undefined): Passed {
  const { origin, language, at } = firewall.facts;
  const passage: Passage =
    connection === undefined
      ? { answer: 'unknown', by: 'nobody asked' }
      : passageOf(firewall, connection);
  return { origin, language, at, ...passage };
}

function passageOf(firewall: Firewall, connection: NewConnection): Passage {
  const { source, destination, protocol, destinationPort, type, outInterface } = connection;
  const service = { protocol, port: destinationPort ?? type ?? 0 };
  if (outInterface !== undefined) return firewall.between(source, destination, service);
  const from = firewall.segmentOf(source);
  const sources = [single(source)];
  return firewall.ask({ from, sources, to: 'self', ...service, translated: false });
}

type Item = Explained & { readonly firewalls: readonly Passed[] };

function textOf(shell: Shell, item: Item): string {
  const { source, destination, service, decision, rules, seen, remedy, firewalls } = item;
  const lines = [
    `${source} → ${destination} ${service}${decision === undefined ? '' : `: ${verdictOf(decision)}`}`,
    ...(decision === undefined ? [] : [`  Policy: ${visible(decision.because)}`]),
    ...rules.map((rule) => `  ${ruleLine(shell, rule)}`),
    seen === undefined
      ? '  Seen: never'
      : `  Seen: ${count(seen.flows, 'time')}, from ${timeText(shell, seen.first)} to ${timeText(shell, seen.last)}`,
    ...firewalls.map((each) => `  ${firewallLine(shell, each)}`),
    ...(remedy === undefined ? [] : [`  ${remedyWords(remedy)}: ${remedy}`]),
  ];
  return `${lines.map((line) => forTerminal(line)).join('\n')}\n`;
}

function remedyWords(remedy: string): string {
  return remedy.startsWith('portolan allow') ? 'To allow it for an hour' : 'To allow it, first';
}

function verdictOf({ verdict, wouldBlock }: Decision): string {
  return wouldBlock ? `${verdict} (trial: would be denied)` : verdict;
}

function ruleLine(shell: Shell, { id, file, line, sentence, evidence, since }: ExplainedRule) {
  if (file === undefined) return `Rule ${id}: one of ours, in no file`;
  const learned = evidence === undefined ? '' : `; ${evidence}`;
  const first = since === undefined ? '' : `; since ${timeText(shell, since)}`;
  return `Rule ${id}, ${file}:${line}: ${sentence}${learned}${first}`;
}

const PASSES = { yes: 'passes', no: 'stopped', unknown: 'unknown' } as const;

function firewallLine(shell: Shell, { origin, language, at, answer, by }: Passed): string {
  return `Firewall of ${origin} (${language}), read ${timeText(shell, at)}: ${PASSES[answer]}, ${by}`;
}
