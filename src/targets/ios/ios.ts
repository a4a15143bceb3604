import type { AddressSet } from '../../base/address-set.ts';
import { intersectionOf } from '../../base/address-set.ts';
import type { BoundPolicy, BoundZone } from '../../model/bound-policy.ts';
import type { FlatPolicy } from '../shared/flat-policy.ts';
import { flatPolicy } from '../shared/flat-policy.ts';
import { unsupportedFlat } from '../shared/flat-unsupported.ts';
import type { Artefact, Target, Unsupported } from '../target.ts';
import { only } from '../target.ts';
import type { Ace } from './entries.ts';
import { acesOf, aceTexts, concernsOthers, concernsSelf, replyOf } from './entries.ts';
import { parse } from './parse.ts';
import { networksOfZone, routed } from './routed.ts';
import type { Family } from './words.ts';
import { aclName, Groups, INTERFACE, SELF_GROUP } from './words.ts';

const FILE = 'portolan.ios';
const REMOVAL_FILE = 'portolan-remove.ios';
const FAMILIES = [4, 6] as const;

/** Errors about what was sent (RFC 792, RFC 4443), neighbours and routers of IPv6 (RFC 4861). */
const ALWAYS = { 4: [3, 11, 12], 6: [1, 2, 3, 4, 133, 134, 135, 136] } as const;

export const ios = {
  id: 'ios',
  title: 'Cisco IOS and IOS XE',
  sources: [
    'Cisco IOS Security Command Reference: ip access-list, permit (IP), permit (IPv6), object-group (security)',
    'Cisco IOS XE Security Configuration Guide: Access Control Lists, Object Groups for ACLs',
  ],
  capabilities: {
    ordered: true,
    names: false,
    rates: false,
    connectionLimits: false,
    stateful: false,
    macs: false,
    ipv6: true,
    log: true,
    nat: false,
    counters: false,
    paths: ['routed', 'local'],
    trial: true,
  },
  unsupported,
  render,
  parse,
} as const satisfies Target;

function unsupported(policy: BoundPolicy): readonly Unsupported[] {
  const { zones, nat, refuse } = policy;
  const rules = new Set([...policy.guard, ...policy.egress, ...policy.ingress]);
  const why = (id: string, reason: string): Unsupported => ({ id, why: reason });
  return [
    ...zones.flatMap(({ id, interfaces, networks, internet }) => [
      ...(interfaces.every((name) => INTERFACE.test(name))
        ? []
        : [why(id, 'an interface is no name of IOS')]),
      ...(interfaces.length > 0 ? [] : [why(id, 'a list is put on interfaces, and it has none')]),
      ...(internet || networks.length > 0 ? [] : [why(id, 'its networks have to be known')]),
    ]),
    ...(refuse === 'drop' ? [] : [why('refuse', 'a deny resets no connection: say drop')]),
    ...[...rules].flatMap(({ id, action, translated }) => [
      ...(action === 'reject' ? [why(id, 'a deny resets no connection: say deny')] : []),
      ...(translated === true ? [why(id, 'what was translated cannot be told from the rest')] : []),
    ]),
    ...unsupportedFlat(policy),
    ...[...nat.destination, ...nat.source].map(({ id }) => why(id, 'translation is not written')),
  ];
}

/**
 * A list for each zone and family, asked as a packet comes in: where it will leave follows from its
 * destination. Lists know no connections, so that what comes back has entries of its own.
 */
function render(policy: BoundPolicy): Artefact {
  const flat = flatPolicy(routed(policy));
  const groups = new Groups();
  const lists = policy.zones.flatMap((zone) =>
    FAMILIES.flatMap((family) => listLines(policy, zone, family, flat, groups)),
  );
  const bindings = policy.zones.flatMap((zone) => interfaceLines(zone, ''));
  const text = [
    '! Portolan. PTL-SELF and PTL-SELF6 have to hold the addresses of the router itself.',
    ...groups.texts(),
    ...lists,
    ...bindings,
    'end',
  ];
  const removal = [
    ...policy.zones.flatMap((zone) => interfaceLines(zone, 'no ')),
    ...policy.zones.flatMap(({ id }) => FAMILIES.map((family) => `no ${listHead(id, family)}`)),
    ...groups.removals(),
    'end',
  ];
  return {
    files: [
      { name: FILE, text: `${text.join('\n')}\n` },
      { name: REMOVAL_FILE, text: `${removal.join('\n')}\n` },
    ],
    check: [],
    apply: [['copy', `{${FILE}}`, 'running-config']],
    remove: [['copy', `{${REMOVAL_FILE}}`, 'running-config']],
    read: ['show', 'running-config'],
  };
}

function listHead(zone: string, family: Family): string {
  const name = aclName(zone, family);
  return family === 4 ? `ip access-list extended ${name}` : `ipv6 access-list ${name}`;
}

function interfaceLines({ id, interfaces }: BoundZone, no: '' | 'no '): readonly string[] {
  return interfaces.flatMap((name) => [
    `interface ${only(INTERFACE, name)}`,
    ` ${no}ip access-group ${aclName(id, 4)} in`,
    ` ${no}ipv6 traffic-filter ${aclName(id, 6)} in`,
  ]);
}

/** Made anew each time: entries of an older list would stay. */
function listLines(
  policy: BoundPolicy,
  zone: BoundZone,
  family: Family,
  { rules, trial }: FlatPolicy,
  groups: Groups,
): readonly string[] {
  const isHere = ({ inputs }: FlatPolicy['rules'][number]): boolean =>
    inputs === undefined || zone.interfaces.some((name) => inputs.includes(name));
  const permits = trial.map((rule) => ({ ...rule, verdict: 'allow' as const }));
  const own = [...permits.filter(isHere), ...rules.filter(isHere)];
  const aces = (self: boolean): readonly Ace[] =>
    own
      .filter((rule) => (self ? concernsSelf(rule, family) : concernsOthers(rule)))
      .flatMap((rule) => {
        const log = rule.verdict !== 'allow' || permits.some((each) => each === rule);
        return acesOf(rule, family, self, log);
      });
  const any = family === 4 ? 'ip' : 'ipv6';
  const texts = (all: readonly Ace[]): readonly string[] =>
    all.flatMap((ace) => aceTexts(ace, family, groups));
  const entries = [
    'remark ptl-replies',
    ...replies(policy, zone, family, rules, groups),
    'remark ptl-rules',
    ...texts(aces(true)),
    `permit ${any} any object-group ${SELF_GROUP[family]}`,
    ...texts(aces(false)),
    `permit ${any} any any`,
  ];
  const head = listHead(zone.id, family);
  return [`no ${head}`, head, ...entries.map((entry) => ` ${entry}`)];
}

function replies(
  { zones }: BoundPolicy,
  zone: BoundZone,
  family: Family,
  rules: FlatPolicy['rules'],
  groups: Groups,
): readonly string[] {
  const networks = networksOfZone(zones, zone);
  const back = rules
    .filter(concernsOthers)
    .flatMap((rule) => acesOf(rule, family, false, false))
    .flatMap((ace) => replyOf(ace, family))
    .flatMap((ace) => within(ace, networks))
    .flatMap((ace) => aceTexts(ace, family, groups));
  return [
    'permit tcp any any established',
    ...ALWAYS[family].map((type) => `permit icmp any any ${type}`),
    // Answers to the router's own questions: names and time.
    ...[53, 123].map((port) => `permit udp any eq ${port} object-group ${SELF_GROUP[family]}`),
    ...new Set(back),
  ];
}

/** Only what can come from this zone. */
function within(ace: Ace, networks: AddressSet): readonly Ace[] {
  if (ace.sources === undefined) return [ace];
  const sources = intersectionOf(ace.sources, networks);
  return sources.length === 0 ? [] : [{ ...ace, sources }];
}
