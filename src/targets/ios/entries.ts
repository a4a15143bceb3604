import type { AddressSet } from '../../base/address-set.ts';
import { EVERY_ADDRESS, hasAddress, isEveryAddress, unionOf } from '../../base/address-set.ts';
import { SELF_INTERFACE } from '../../policy/decide/boxes.ts';
import type { FlatRule } from '../../policy/decide/flat.ts';
import { ICMP, ICMPV6, PORTED, TCP, UDP } from '../../policy/simulate/match.ts';
import type { Family, Groups } from './words.ts';
import { portTexts, SELF_GROUP } from './words.ts';

const NAMES: Readonly<Record<number, string>> = { [TCP]: 'tcp', [UDP]: 'udp' };
const ECHO = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;

/** What an entry asks, of one family. */
export interface Ace {
  readonly verb: 'permit' | 'deny';
  readonly protocol?: number;
  readonly sources?: AddressSet;
  readonly destinations?: AddressSet;
  /** To the router itself. */
  readonly self?: boolean;
  readonly sourcePorts?: FlatRule['sourcePorts'];
  readonly destinationPorts?: FlatRule['destinationPorts'];
  readonly type?: number;
  readonly log?: boolean;
}

/** Entries of a box for one family. What is denied is logged. */
export function acesOf(
  rule: FlatRule,
  family: Family,
  self: boolean,
  log: boolean,
): readonly Ace[] {
  const { sources, destinations, sourcePorts, destinationPorts, types } = rule;
  const own = {
    ...pick('sources', sources, family),
    ...pick('destinations', destinations, family),
  };
  if (own.sources?.length === 0 || own.destinations?.length === 0) return [];
  const base: Ace = {
    verb: rule.verdict === 'allow' ? 'permit' : 'deny',
    ...own,
    ...(self ? { self } : {}),
    ...(log ? { log } : {}),
  };
  const { destinations: _, ...toSelf } = base;
  const start = self ? toSelf : base;
  if (rule.protocols === undefined) return [start];
  return rule.protocols
    .filter((each) => each !== (family === 4 ? ICMPV6 : ICMP))
    .flatMap((protocol): readonly Ace[] => {
      if (types !== undefined)
        return [...new Set(types)].map((type) => ({ ...start, protocol, type }));
      if (!PORTED.includes(protocol)) return [{ ...start, protocol }];
      return [
        {
          ...start,
          protocol,
          ...ports('sourcePorts', sourcePorts),
          ...ports('destinationPorts', destinationPorts),
        },
      ];
    });
}

function ports(
  key: 'sourcePorts' | 'destinationPorts',
  set: FlatRule['sourcePorts'],
): Partial<Ace> {
  return set === undefined ? {} : { [key]: set };
}

function pick(
  key: 'sources' | 'destinations',
  set: AddressSet | undefined,
  family: Family,
): { readonly sources?: AddressSet; readonly destinations?: AddressSet } {
  if (set === undefined) return {};
  const own = set.filter((range) => range.family === family);
  const others = EVERY_ADDRESS.filter((range) => range.family !== family);
  return isEveryAddress(unionOf(own, others)) ? {} : { [key]: own };
}

/** Of which addresses the router has some nobody says here: it is none that a rule names. */
export function concernsSelf({ outputs, destinations }: FlatRule, family: Family): boolean {
  if (outputs !== undefined && !outputs.includes(SELF_INTERFACE)) return false;
  return destinations === undefined || hasAddress(destinations, { family, value: 0n });
}

export function concernsOthers({ outputs }: FlatRule): boolean {
  return outputs === undefined || outputs.some((name) => name !== SELF_INTERFACE);
}

/**
 * What comes back of what is allowed, TCP left out: `established` asks for its flags. Nothing but the
 * ports tells an answer of UDP from a question.
 */
export function replyOf(ace: Ace, family: Family): readonly Ace[] {
  const { protocol, type, sources, destinations, sourcePorts, destinationPorts, self } = ace;
  const isIcmp = protocol === ICMP || protocol === ICMPV6;
  if (ace.verb === 'deny' || self === true || protocol === TCP) return [];
  if (isIcmp && type !== undefined && type !== ECHO[family].request) return [];
  return [
    {
      verb: 'permit',
      ...(protocol === undefined ? {} : { protocol }),
      ...(destinations === undefined ? {} : { sources: destinations }),
      ...(sources === undefined ? {} : { destinations: sources }),
      ...(destinationPorts === undefined ? {} : { sourcePorts: destinationPorts }),
      ...(sourcePorts === undefined ? {} : { destinationPorts: sourcePorts }),
      ...(isIcmp ? { type: ECHO[family].reply } : {}),
    },
  ];
}

/** One line for each pair of port ranges. */
export function aceTexts(ace: Ace, family: Family, groups: Groups): readonly string[] {
  const { verb, protocol, sources, destinations, self, type, log } = ace;
  const name = protocolText(protocol, family);
  const from = sources === undefined ? 'any' : groups.addresses(sources, family);
  const to = destinations === undefined ? 'any' : groups.addresses(destinations, family);
  const there = self === true ? `object-group ${SELF_GROUP[family]}` : to;
  const tail = `${type === undefined ? '' : ` ${type}`}${log === true ? ' log' : ''}`;
  return portTexts(ace.sourcePorts).flatMap((sport) =>
    portTexts(ace.destinationPorts).map(
      (dport) => `${verb} ${name} ${from}${sport} ${there}${dport}${tail}`,
    ),
  );
}

function protocolText(protocol: number | undefined, family: Family): string {
  if (protocol === undefined) return family === 4 ? 'ip' : 'ipv6';
  if (protocol === ICMP || protocol === ICMPV6) return 'icmp';
  return NAMES[protocol] ?? String(protocol);
}
