import { formatAddress } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { visible } from '../base/untrusted.ts';
import type { PolicyFile } from '../io/policy-file.ts';
import { loadPolicy } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { withSession } from '../io/site/session.ts';
import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Decision, NewConnection } from '../model/packet-verdict.ts';
import { bindPolicy } from '../policy/bind.ts';
import type { BindContext } from '../policy/bind-context.ts';
import { candidates, connectionService, parsePacket } from '../policy/packet-text.ts';
import type { TestResult } from '../policy/run-tests.ts';
import { runPolicyTests } from '../policy/run-tests.ts';
import { simulate } from '../policy/simulate/simulate.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

interface Ready {
  readonly loaded: PolicyFile;
  readonly bound: BoundPolicy;
  readonly context: BindContext;
}

/** The policy with its names looked up in the inventory. */
function ready<T>(shell: Shell, file: string, work: (ready: Ready) => T): Promise<T> {
  const loaded = loadPolicy(file);
  return withSession(shell, (session) => {
    const context = bindContext(shell, session);
    const { bound } = bindPolicy(loaded.policy, context, loaded.document);
    return work({ loaded, bound, context });
  });
}

/** 1 where a test of the file fails. */
export function runTests(shell: Shell, file: string): Promise<number> {
  return ready(shell, file, ({ loaded, bound, context }) => {
    const results = runPolicyTests(loaded.policy, bound, context);
    const failed = results.filter(({ ok }) => !ok);
    if (shell.json) {
      const items = results.map((result) => ({ ...result, line: lineOf(loaded, result) }));
      shell.out(jsonDocument('policy-tests', { file, items }));
      return failed.length === 0 ? 0 : 1;
    }
    for (const result of failed) shell.out(`${failureText(loaded, result)}\n`);
    if (results.length === 0) shell.say(`${file} has no tests.`);
    else shell.say(`${count(results.length, 'test')}, ${failed.length} failed.`);
    return failed.length === 0 ? 0 : 1;
  });
}

function lineOf({ document }: PolicyFile, { index }: TestResult): number {
  return document.place(['tests', index]).line;
}

function failureText(loaded: PolicyFile, result: TestResult): string {
  const { from, to, service, expect } = result.test;
  const what = visible(`${from} → ${to} ${service}`);
  const where = `${loaded.file}:${lineOf(loaded, result)}: ${what}: expected ${expect}`;
  if (result.decision === undefined) return `${where}, but it stands for no connection`;
  const by = decidedBy(loaded, result.decision);
  return `${where}, but: ${result.decision.because}${by === '' ? '' : ` (${by})`}`;
}

/** A rule that decides on both sides is named once. */
function decidedBy(loaded: PolicyFile, { rules }: Decision): string {
  return [...new Set(rules)].map((id) => ruleWithLine(loaded, id)).join('; ');
}

/** `rule r7, line 12`; what we added ourselves has no line. */
function ruleWithLine({ policy, document }: PolicyFile, id: string): string {
  const index = policy.rules.findIndex((rule) => rule.id === id);
  return index === -1 ? id : `rule ${id}, line ${document.place(['rules', index]).line}`;
}

export function runExplainPacket(shell: Shell, file: string, text: string): Promise<number> {
  if (text === '') {
    throw new PortolanError('E_USAGE', 'That needs a connection', {
      remedy: 'For example: portolan policy explain "192.168.20.11→cloud tcp/8883"',
    });
  }
  return ready(shell, file, ({ loaded, bound, context }) => {
    const question = parsePacket(text, loaded.policy, context);
    const rows = candidates(question, loaded.policy, bound, context).map((connection) => ({
      connection,
      decision: simulate(bound, connection),
    }));
    if (rows.length === 0) {
      throw new PortolanError('E_NOT_FOUND', 'No address is known of one of the two ends', {
        remedy: 'See what is unknown: portolan policy check',
      });
    }
    if (shell.json) shell.out(jsonDocument('policy-explain', { items: rows.map(forReport) }));
    else shell.out(decisions(shell, loaded, rows));
    return 0;
  });
}

interface Row {
  readonly connection: NewConnection;
  readonly decision: Decision;
}

function decisions(shell: Shell, loaded: PolicyFile, rows: readonly Row[]): string {
  return table<Row>(
    shell,
    [
      { title: 'From', value: ({ connection }) => formatAddress(connection.source) },
      { title: 'To', value: ({ connection }) => destinationOf(connection) },
      { title: 'Service', value: ({ connection }) => connectionService(connection) },
      { title: 'Verdict', value: ({ decision }) => verdictOf(decision) },
      {
        title: 'Decided by',
        value: ({ decision }) => decidedBy(loaded, decision) || 'default',
      },
      { title: 'Because', value: ({ decision }) => decision.because, rank: 1 },
    ],
    rows,
  );
}

function verdictOf({ verdict, wouldBlock }: Decision): string {
  return wouldBlock ? `${verdict} (trial: would be denied)` : verdict;
}

function destinationOf({ destination, name, outInterface }: NewConnection): string {
  if (outInterface === undefined) return 'self';
  return `${formatAddress(destination)}${name === undefined ? '' : ` (${name})`}`;
}

function forReport({ connection, decision }: Row): object {
  return {
    ...connection,
    source: formatAddress(connection.source),
    destination: formatAddress(connection.destination),
    ...decision,
  };
}
