import type { AddressSet } from '../../base/address-set.ts';
import { EVERY_ADDRESS, intersectionOf } from '../../base/address-set.ts';
import { OTHER_INTERFACE, SELF_INTERFACE } from '../../policy/decide/boxes.ts';
import type { FlatRule } from '../../policy/decide/flat.ts';
import { ICMP, ICMPV6, TCP, UDP } from '../../policy/simulate/match.ts';
import type { Stage, Tags } from './tags.ts';
import type { Tables } from './words.ts';
import { interfaceName, oneOf, portText } from './words.ts';

const NAMES: Readonly<Record<number, string>> = {
  [TCP]: 'tcp',
  [UDP]: 'udp',
  [ICMP]: 'icmp',
  [ICMPV6]: 'icmp6',
};
const FAMILIES = [
  [4, 'inet'],
  [6, 'inet6'],
] as const;

/** `return` answers TCP with a reset and others with "unreachable". */
const ACTIONS = {
  allow: 'pass',
  drop: 'block drop',
  reject: 'block return',
} as const;

export interface Writing {
  readonly tags: Tags;
  readonly tables: Tables;
}

/** What is denied is logged; `keep state` lets the answers through. */
export function ruleLines(rule: FlatRule, writing: Writing): readonly string[] {
  const action = ACTIONS[rule.verdict];
  const isAllowed = rule.verdict === 'allow';
  return placed(rule).flatMap(([direction, on, stage]) => {
    const head = [action, direction, isAllowed ? 'quick' : 'log quick', on];
    const flags = isAllowed ? ['keep state'] : [];
    return matchTexts(rule, writing, stage).map((match) => joined([...head, match, ...flags]));
  });
}

/** Of a device in trial: logged, and whatever else there is decides. */
export function trialLines(rule: FlatRule, writing: Writing): readonly string[] {
  return placed(rule).flatMap(([direction, on, stage]) =>
    matchTexts(rule, writing, stage).map((match) => joined(['match', direction, 'log', on, match])),
  );
}

function joined(words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' ');
}

/** What is for the firewall itself is judged as it comes in, all else as it goes out. */
function placed({ outputs }: FlatRule): readonly (readonly [string, string, Stage])[] {
  if (outputs === undefined) {
    return [
      ['in', '', 'self'],
      ['out', '', 'any'],
    ];
  }
  const named = outputs.filter((name) => name !== SELF_INTERFACE && name !== OTHER_INTERFACE);
  const on = named.length === 0 ? '' : `on ${oneOf(named.map(interfaceName))}`;
  return [
    ...(outputs.includes(SELF_INTERFACE) ? [['in', '', 'self'] as const] : []),
    ...(named.length === 0 ? [] : [['out', on, 'named'] as const]),
    ...(outputs.includes(OTHER_INTERFACE) ? [['out', '', 'other'] as const] : []),
  ];
}

function matchTexts(rule: FlatRule, { tags, tables }: Writing, stage: Stage): readonly string[] {
  const { protocols, types } = rule;
  const ends = endTexts(rule, tables);
  return protocolTexts(protocols).flatMap(([proto, family]) =>
    ends
      .filter(([own]) => own === '' || family === '' || own === family)
      .flatMap(([own, hosts]) =>
        typeTexts(types, family).flatMap((type) =>
          tags
            .of(rule, stage)
            .map((tag) =>
              joined([own === '' ? family : own, proto, hosts, type, tag && `tagged ${tag}`]),
            ),
        ),
      ),
  );
}

/** ICMP belongs to one family, as what asks its types does. */
function protocolTexts(
  protocols: readonly number[] | undefined,
): readonly (readonly [string, string])[] {
  if (protocols === undefined) return [['', '']];
  const plain = protocols.filter((each) => each !== ICMP && each !== ICMPV6);
  const texts = plain.map((each) => NAMES[each] ?? String(each));
  return [
    ...(plain.length === 0 ? [] : [[`proto ${oneOf(texts)}`, ''] as const]),
    ...(protocols.includes(ICMP) ? [['proto icmp', 'inet'] as const] : []),
    ...(protocols.includes(ICMPV6) ? [['proto icmp6', 'inet6'] as const] : []),
  ];
}

function typeTexts(types: readonly number[] | undefined, family: string): readonly string[] {
  if (types === undefined) return [''];
  return [`${family === 'inet6' ? 'icmp6-type' : 'icmp-type'} ${oneOf(types.map(String))}`];
}

/** Family by family, where one is asked; both in one where none is. */
function endTexts(rule: FlatRule, tables: Tables): readonly (readonly [string, string])[] {
  const { sources, destinations, sourcePorts, destinationPorts } = rule;
  const from = sourcePorts === undefined ? '' : `port ${portText(sourcePorts)}`;
  const to = destinationPorts === undefined ? '' : `port ${portText(destinationPorts)}`;
  const hosts = (source: string, destination: string): string =>
    joined(['from', source, from, 'to', destination, to]);
  if (sources === undefined && destinations === undefined) return [['', hosts('any', 'any')]];
  return FAMILIES.flatMap(([family, word]) => {
    const source = endOf(sources, family, tables);
    const destination = endOf(destinations, family, tables);
    if (source === undefined || destination === undefined) return [];
    return [[word, hosts(source, destination)] as const];
  });
}

/** Undefined where nothing of the family is in it. */
function endOf(set: AddressSet | undefined, family: 4 | 6, tables: Tables): string | undefined {
  if (set === undefined) return 'any';
  const all = EVERY_ADDRESS.filter((range) => range.family === family);
  const own = intersectionOf(set, all);
  if (own.length === 0) return undefined;
  const isAll = own.length === 1 && own[0]?.from === all[0]?.from && own[0]?.to === all[0]?.to;
  return isAll ? 'any' : tables.addresses(own);
}
