import { ERROR_CODES, PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { readData } from '../io/data.ts';
import { protocols } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { riskRules } from '../risk/index.ts';
import type { RiskRule } from '../risk/risk-rule.ts';
import { alerts } from './alerts.ts';
import type { Input } from './command.ts';
import { devices } from './devices.ts';
import { detectorsText, detectorWords, findDetectors, plainDetectors } from './explain-detector.ts';
import { explainConnection, isConnection } from './explain-packet.ts';
import { findings } from './findings.ts';
import { jsonDocument } from './format.ts';
import { port } from './port.ts';
import type { Shell } from './shell.ts';

export function runExplain(shell: Shell, input: Input): Promise<number> {
  const words = input.args.join(' ');
  if (isConnection(words)) return explainConnection(shell, words);
  const thing = input.args[0] ?? '';
  const upper = thing.toUpperCase();
  if (upper.startsWith('PTL-F-')) return findings.run(shell, withArgs(input, [upper]));
  if (upper.startsWith('PTL-A-')) return alerts.run(shell, withArgs(input, ['show', upper]));
  if (upper.startsWith('PTL-D-')) return devices.run(shell, withArgs(input, ['show', upper]));
  if (/^\d/.test(thing)) return port.run(shell, withArgs(input, [thing]));
  const code = ERROR_CODES.find((known) => known === upper);
  const protocol = protocols.get(thing.toLowerCase());
  const rule = riskRules.get(thing.toLowerCase());
  const found = findDetectors(thing);
  if (code !== undefined) print(shell, errorText(code), { code });
  else if (protocol !== undefined) print(shell, protocolText(protocol), plainProtocol(protocol));
  else if (rule !== undefined) print(shell, ruleText(rule), plainRule(rule));
  else if (found.length > 0) print(shell, detectorsText(found), plainDetectors(found));
  else throw unknown(thing);
  return Promise.resolve(0);
}

function withArgs(input: Input, args: readonly string[]): Input {
  return { ...input, args };
}

function print(shell: Shell, text: string, facts: object): void {
  shell.out(shell.json ? jsonDocument('explain', { ...facts, text }) : text);
}

/** The code's section of docs/errors.md, which comes with the program. */
function errorText(code: string): string {
  const section = readData('errors')
    .split(/^## /m)
    .find((part) => part.startsWith(`${code}\n`));
  return section?.trimEnd().concat('\n') ?? `${code}\n`;
}

function plainProtocol({ id, title, ports, sources }: Protocol): object {
  return { protocol: { id, title, ports, sources } };
}

function protocolText(protocol: Protocol): string {
  const { id, title, ports, sources, fragile, probe } = protocol;
  const asked =
    probe === undefined
      ? 'Never asked: it is recognised in what is heard only.'
      : `Asked by ${probe.impact === 'reads' ? 'a read request' : 'a greeting'} over ${probe.over.join(', ')}; nothing is written.`;
  return `${[
    `${id}: ${title}`,
    ...ports.map(
      ({ port: number, over, iana }) =>
        `  ${number} over ${over}${iana === undefined ? '' : ` (IANA: ${iana})`}`,
    ),
    asked,
    ...(fragile === true
      ? ['Devices that speak it are treated as fragile: its own read request, and nothing else.']
      : []),
    ...sources.map((source) => `Source: ${source}`),
  ].join('\n')}\n`;
}

function plainRule({ id, title, threat, clauses, sources }: RiskRule): object {
  return { rule: { id, title, threat, clauses, sources } };
}

function ruleText({ id, title, threat, clauses, sources }: RiskRule): string {
  return `${[
    `${id}: ${title}`,
    `Risk: ${threat}`,
    ...clauses.map((clause) => `Clause: ${clause}`),
    ...sources.map((source) => `Source: ${source}`),
  ].join('\n')}\n`;
}

function unknown(thing: string): PortolanError {
  const words = [
    ...ERROR_CODES,
    ...protocols.all.map(({ id }) => id),
    ...riskRules.all.map(({ id }) => id),
    ...detectorWords(),
  ];
  const near = closest(thing, words);
  return new PortolanError('E_NOT_FOUND', `There is nothing called "${thing}"`, {
    remedy:
      near === undefined
        ? 'Give an error code, an id (PTL-…), a rule, a protocol or a port'
        : `Did you mean: portolan explain ${near}`,
  });
}
