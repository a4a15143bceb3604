import type { BoundPolicy } from '../../model/bound-policy.ts';
import { flatPolicy } from '../shared/flat-policy.ts';
import { unsupportedFlat } from '../shared/flat-unsupported.ts';
import type { Artefact, Target, Unsupported } from '../target.ts';
import { natLines } from './nat.ts';
import { parse } from './parse.ts';
import { ruleLines, trialLines } from './rules.ts';
import { Tags } from './tags.ts';
import { INTERFACE, Tables } from './words.ts';

const ANCHOR = 'portolan';
const FILE = 'portolan.pf';

export const pf = {
  id: 'pf',
  title: 'pf (FreeBSD 14, pfSense, OPNsense)',
  sources: [
    'FreeBSD 14 pf.conf(5): GRAMMAR, PACKET FILTERING, TRANSLATION, ANCHORS, TAGS',
    'FreeBSD 14 pfctl(8)',
  ],
  capabilities: {
    ordered: true,
    names: false,
    rates: false,
    connectionLimits: false,
    stateful: true,
    macs: false,
    ipv6: true,
    log: true,
    nat: true,
    counters: false,
    paths: ['routed', 'local'],
    trial: true,
  },
  unsupported,
  render,
  parse,
} as const satisfies Target;

function unsupported(policy: BoundPolicy): readonly Unsupported[] {
  const named = policy.zones
    .filter((zone) => !zone.interfaces.every((name) => INTERFACE.test(name)))
    .map(({ id }) => ({ id, why: 'one of its interfaces has a name that FreeBSD does not allow' }));
  const without = policy.zones.filter(({ interfaces }) => interfaces.length === 0);
  const translating = [
    ...policy.nat.source.map(({ id, toZone }) => ({ id, zones: [toZone] })),
    ...policy.nat.destination.map(({ id, fromZones }) => ({ id, zones: fromZones })),
  ].filter(({ zones }) => zones.length === 0 || without.some(({ id }) => zones.includes(id)));
  return [
    ...named,
    ...unsupportedFlat(policy),
    ...translating.map(({ id }) => ({ id, why: 'translation takes the interfaces of its zone' })),
  ];
}

/**
 * One anchor, loaded as a whole. pf judges a packet on its way in and again on its way out, and has no
 * jump that returns: the two judgements are one list of boxes, asked where input and output are known.
 */
function render(policy: BoundPolicy): Artefact {
  const { rules, trial } = flatPolicy(policy);
  const interfaces = [...new Set(policy.zones.flatMap((zone) => zone.interfaces))];
  const tables = new Tables();
  const writing = { tags: new Tags(interfaces, [...rules, ...trial]), tables };
  const lines = [
    ...natLines(policy, writing),
    ...writing.tags.lines(),
    ...trial.flatMap((rule) => trialLines(rule, writing)),
    ...rules.flatMap((rule) => ruleLines(rule, writing)),
  ];
  return {
    files: [{ name: FILE, text: `${[...tables.texts(), ...lines].join('\n')}\n` }],
    check: [['pfctl', '-a', ANCHOR, '-nf', `{${FILE}}`]],
    apply: [['pfctl', '-a', ANCHOR, '-f', `{${FILE}}`]],
    remove: [['pfctl', '-a', ANCHOR, '-F', 'all']],
    read: ['pfctl', '-a', ANCHOR, '-s', 'rules'],
  };
}
