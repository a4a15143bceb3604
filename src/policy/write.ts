import { instantText, parseInstant } from '../base/instant-text.ts';
import type { PortSet } from '../base/port-set.ts';
import type { Instant } from '../model/core.ts';
import type {
  Nat,
  Policy,
  PolicyEndpoint,
  PolicyRule,
  PolicyTest,
  RuleOrigin,
  ServiceMatch,
  Zone,
} from '../model/policy.ts';
import type { Plain } from './emit.ts';
import { flow, scalar } from './emit.ts';
import { serviceText } from './services.ts';

type Fields = Readonly<Record<string, Plain>>;

/**
 * A policy in its one canonical form, which `readPolicy` reads back to the same policy: what has
 * its usual value is left out, rules stand below each other, all else on one line each.
 */
export function writePolicy(policy: Policy): string {
  const { zones, endpoints, services, rules, nat, guard, tests } = policy;
  const parts = [
    'version: 1\n',
    ...(policy.refuse === 'drop' ? [] : [`refuse: ${policy.refuse}\n`]),
    ...named('zones', zones, zoneFields),
    ...named('endpoints', endpoints, endpointFields),
    ...named('services', services, serviceFields),
    ...guardPart(guard),
    ...(rules.length === 0 ? [] : [`rules:\n${rules.map((rule) => ruleText(rule)).join('')}`]),
    ...natPart(nat),
    ...(tests.length === 0 ? [] : [`tests:\n${items(tests.map(testFields))}`]),
  ];
  return parts.join('\n');
}

/** One rule as it stands in a policy, with the indentation of its dash in columns. */
export function ruleText(rule: PolicyRule, indent = 2): string {
  const margin = ' '.repeat(indent);
  return Object.entries(ruleFields(rule))
    .map(([key, value], index) => `${margin}${index === 0 ? '- ' : '  '}${key}: ${flow(value)}\n`)
    .join('');
}

function named<T>(
  section: string,
  members: Readonly<Record<string, T>>,
  fields: (member: T) => Plain,
): string[] {
  const lines = Object.entries(members).map(
    ([name, member]) => `  ${scalar(name)}: ${flow(fields(member))}\n`,
  );
  return lines.length === 0 ? [] : [`${section}:\n${lines.join('')}`];
}

function items(list: readonly Plain[], indent = 2): string {
  return list.map((item) => `${' '.repeat(indent)}- ${flow(item)}\n`).join('');
}

/** Without what has its usual value. */
function fieldsOf(pairs: readonly (readonly [string, Plain | undefined, Plain?])[]): Fields {
  return Object.fromEntries(
    pairs.flatMap(([key, value, usual]) =>
      value === undefined || value === usual ? [] : [[key, value]],
    ),
  );
}

function listOrNothing(list: readonly Plain[]): readonly Plain[] | undefined {
  return list.length === 0 ? undefined : list;
}

export function zoneFields(zone: Zone): Fields {
  return fieldsOf([
    ['interfaces', listOrNothing(zone.interfaces)],
    ['networks', listOrNothing(zone.networks)],
    ['internet', zone.internet, false],
    ['default', zone.default, 'leave'],
  ]);
}

export function endpointFields(endpoint: PolicyEndpoint): Fields {
  switch (endpoint.kind) {
    case 'device':
      return fieldsOf([
        ['device', endpoint.device],
        ['addresses', listOrNothing(endpoint.addresses)],
        ['state', endpoint.state, 'observing'],
      ]);
    case 'net':
      return { networks: endpoint.networks };
    case 'name':
      return { names: endpoint.names };
    case 'group':
      return { members: endpoint.members };
    case 'mud':
      return { selector: endpoint.selector, value: endpoint.value };
  }
}

export function serviceFields(matches: readonly ServiceMatch[]): Plain {
  const [first, second] = matches;
  const word = first === undefined || second !== undefined ? undefined : serviceText(first);
  return word ?? matches.map((match) => serviceText(match) ?? matchFields(match));
}

function matchFields(match: ServiceMatch): Fields {
  return fieldsOf([
    ['protocol', match.protocol],
    ['ports', listOrNothing(portFields(match.destinationPorts))],
    ['sourcePorts', listOrNothing(portFields(match.sourcePorts))],
    ['types', listOrNothing(match.types)],
  ]);
}

function portFields(ports: PortSet): readonly Plain[] {
  return ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`));
}

export function ruleFields(rule: PolicyRule): Fields {
  const { rate, connections } = rule;
  return fieldsOf([
    ['id', rule.id],
    ['from', rule.from],
    ['fromZone', rule.fromZone],
    ['to', rule.to],
    ['toZone', rule.toZone],
    ['family', rule.family],
    ['service', rule.service],
    ['action', rule.action],
    ['side', rule.side, 'both'],
    ['rate', rate === undefined ? undefined : { ...rate }],
    ['connections', connections === undefined ? undefined : { ...connections }],
    ['log', rule.log, false],
    ['expires', momentOf(rule.expires)],
    ['origin', originFields(rule.origin), 'manual'],
    ['note', rule.note],
  ]);
}

function originFields(origin: RuleOrigin): Plain {
  const fields = fieldsOf([
    ['kind', origin.kind],
    ['ref', origin.ref],
    ['firstSeen', momentOf(origin.firstSeen)],
    ['lastSeen', momentOf(origin.lastSeen)],
    ['flows', origin.flows],
    ['bytes', origin.bytes],
    ['days', origin.days],
    ['evidence', origin.evidence],
  ]);
  return Object.keys(fields).length === 1 ? origin.kind : fields;
}

/** As people read it, wherever that form can say it. */
function momentOf(at: Instant | undefined): Plain | undefined {
  if (at === undefined) return undefined;
  const text = instantText(at);
  return parseInstant(text) === at ? text : at;
}

function guardPart({ admins, services }: Policy['guard']): string[] {
  const usual = admins.length === 0 && services.join() === 'ssh,https';
  return usual ? [] : [`guard:\n  admins: ${flow(admins)}\n  services: ${flow(services)}\n`];
}

function natPart(nat: Nat): string[] {
  const sections: readonly (readonly [string, readonly Plain[]])[] = [
    ['masquerade', nat.masquerade.map((one) => ({ ...one }))],
    [
      'forwards',
      nat.forwards.map((one) =>
        fieldsOf([
          ['id', one.id],
          ['in', one.in],
          ['protocol', one.protocol],
          ['port', one.port],
          ['to', one.to],
          ['toPort', one.toPort, one.port],
          ['allowFrom', one.allowFrom, 'any'],
          ['hairpin', one.hairpin, false],
          ['external', one.external],
        ]),
      ),
    ],
    ['oneToOne', nat.oneToOne.map((one) => ({ ...one }))],
    ['pools', nat.pools.map((one) => ({ ...one }))],
    ['redirects', nat.redirects.map((one) => ({ ...one }))],
  ];
  const text = sections
    .filter(([, list]) => list.length > 0)
    .map(([key, list]) => `  ${key}:\n${items(list, 4)}`)
    .join('');
  return text === '' ? [] : [`nat:\n${text}`];
}

function testFields(test: PolicyTest): Fields {
  return fieldsOf([
    ['from', test.from],
    ['to', test.to],
    ['service', test.service],
    ['expect', test.expect],
    ['note', test.note],
  ]);
}
