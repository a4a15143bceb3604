import type { Policy, PolicyEndpoint } from '../model/policy.ts';
import type { Path, Problem } from './problem.ts';
import { own, parsePeer } from './references.ts';
import { didYouMean, shown } from './schema-values.ts';
import { serviceOf, USUAL_SERVICES } from './services.ts';

const NAME_IT = 'Correct the name, or add what it names';

/** Ids used twice, names of nothing, groups within themselves, and what no rule may speak of. */
export function checkReferences(policy: Policy): Problem[] {
  const look = new Lookup(policy);
  return [
    ...repeatedIds(policy),
    ...repeatedDevices(policy),
    ...groups(policy),
    ...policy.rules.flatMap((rule, index) => {
      const at = { path: ['rules', index], id: rule.id };
      return [
        ...look.peer(at, 'from', rule.from, false),
        ...look.peer(at, 'to', rule.to, true),
        ...look.zone(at, 'fromZone', rule.fromZone),
        ...look.zone(at, 'toZone', rule.toZone),
        ...look.service(at, 'service', rule.service),
      ];
    }),
    ...natReferences(policy, look),
    ...policy.guard.admins.flatMap((admin, index) =>
      look.peer({ path: ['guard', 'admins'] }, index, admin, false),
    ),
    ...policy.guard.services.flatMap((service, index) =>
      look.service({ path: ['guard', 'services'] }, index, service),
    ),
    ...policy.tests.flatMap((test, index) => {
      const at = { path: ['tests', index] };
      return [
        ...look.peer(at, 'from', test.from, false),
        ...look.peer(at, 'to', test.to, true),
        ...look.service(at, 'service', test.service),
      ];
    }),
  ];
}

interface At {
  readonly path: Path;
  readonly id?: string;
}

class Lookup {
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  peer(at: At, key: string | number, text: string, selfToo: boolean): Problem[] {
    const peer = parsePeer(text);
    if (peer.kind === 'self' && !selfToo) {
      return [
        problem(
          at,
          key,
          'what the router itself sends is not judged, so "self" cannot be where a rule begins',
          'Write who sends to the router or through it; the router’s own traffic needs no rule',
        ),
      ];
    }
    if (peer.kind === 'zone') return this.zone(at, key, peer.value);
    if (peer.kind !== 'endpoint' || Object.hasOwn(this.#policy.endpoints, peer.value)) return [];
    return [problem(at, key, `there is no endpoint ${shown(peer.value)}${this.#hint(peer.value)}`)];
  }

  #hint(name: string): string {
    if (Object.hasOwn(this.#policy.zones, name)) return `. Did you mean ${shown(`zone:${name}`)}?`;
    if (/^[0-9a-fA-F.:]+(\/\d+)?$/.test(name)) return `. Did you mean ${shown(`net:${name}`)}?`;
    return didYouMean(name, [...Object.keys(this.#policy.endpoints), 'any', 'self']);
  }

  zone(at: At, key: string | number, name: string | undefined): Problem[] {
    if (name === undefined || Object.hasOwn(this.#policy.zones, name)) return [];
    const near = didYouMean(name, Object.keys(this.#policy.zones));
    return [problem(at, key, `there is no zone ${shown(name)}${near}`)];
  }

  /** NAT speaks of zones more than of endpoints, so a zone needs no `zone:` there. */
  zoneOrPeer(at: At, key: string | number, text: string): Problem[] {
    return Object.hasOwn(this.#policy.zones, text) ? [] : this.peer(at, key, text, false);
  }

  service(at: At, key: string | number, text: string): Problem[] {
    if (serviceOf(this.#policy.services, text) !== undefined) return [];
    const bare = /^\d+$/.test(text) ? `. Did you mean ${shown(`tcp/${text}`)}?` : undefined;
    const near =
      bare ?? didYouMean(text, [...Object.keys(this.#policy.services), ...USUAL_SERVICES]);
    const how = near === '' ? ': write tcp/8883, udp/53,5353, icmp/8 or any' : near;
    return [problem(at, key, `there is no service ${shown(text)}${how}`)];
  }
}

function problem(at: At, key: string | number, message: string, remedy = NAME_IT): Problem {
  const id = at.id === undefined ? {} : { id: at.id };
  const subject = typeof key === 'number' ? '' : `${key}: `;
  return {
    level: 'error',
    path: [...at.path, key],
    ...id,
    message: `${subject}${message}`,
    remedy,
  };
}

function natReferences({ nat, endpoints }: Policy, look: Lookup): Problem[] {
  return [
    ...nat.masquerade.flatMap(({ from, out }, index) => {
      const at = { path: ['nat', 'masquerade', index] };
      return [...look.zoneOrPeer(at, 'from', from), ...look.zone(at, 'out', out)];
    }),
    ...nat.pools.flatMap(({ from, out }, index) => {
      const at = { path: ['nat', 'pools', index] };
      return [...look.zoneOrPeer(at, 'from', from), ...look.zone(at, 'out', out)];
    }),
    ...nat.forwards.flatMap((forward, index) => {
      const at = { path: ['nat', 'forwards', index], id: forward.id };
      const external = forward.hairpin && forward.external === undefined;
      return [
        ...look.zone(at, 'in', forward.in),
        ...look.peer(at, 'allowFrom', forward.allowFrom, false),
        ...oneMachine(at, 'to', forward.to, endpoints, look),
        ...(external ? [problem(at, 'hairpin', HAIRPIN, 'Add external: the address outside')] : []),
      ];
    }),
    ...nat.oneToOne.flatMap((one, index) => {
      const at = { path: ['nat', 'oneToOne', index], id: one.id };
      return [
        ...look.zone(at, 'in', one.in),
        ...oneMachine(at, 'internal', one.internal, endpoints, look),
        ...one.allow.flatMap((service) => look.service(at, 'allow', service)),
      ];
    }),
    ...nat.redirects.flatMap((redirect, index) => {
      const at = { path: ['nat', 'redirects', index], id: redirect.id };
      return [
        ...look.zoneOrPeer(at, 'from', redirect.from),
        ...look.service(at, 'service', redirect.service),
        ...redirect.except.flatMap((peer) => look.peer(at, 'except', peer, false)),
      ];
    }),
  ];
}

const HAIRPIN = 'hairpin needs "external", the router’s own address outside';

/** Translation leads to one machine: a device, or one address. */
function oneMachine(
  at: At,
  key: string,
  text: string,
  endpoints: Policy['endpoints'],
  look: Lookup,
): Problem[] {
  const unknown = look.peer(at, key, text, false);
  if (unknown.length > 0) return unknown;
  const peer = parsePeer(text);
  const endpoint = peer.kind === 'endpoint' ? own(endpoints, peer.value) : undefined;
  const single =
    endpoint?.kind === 'device' ||
    (endpoint?.kind === 'net' && endpoint.networks.length === 1 && isOne(endpoint.networks[0])) ||
    (peer.kind === 'net' && isOne(peer.value));
  const message = `${shown(text)} is not one machine: a device, or net: with one address`;
  return single ? [] : [problem(at, key, message, 'Name the device that is meant')];
}

function isOne(network: string | undefined): boolean {
  return network !== undefined && !network.includes('/');
}

/** They share one space of names: each of them is the name of a rule in rulesets. */
function repeatedIds({ rules, nat }: Policy): Problem[] {
  const all = [
    ...rules.map(({ id }, index) => ({ id, path: ['rules', index] })),
    ...(['forwards', 'oneToOne', 'redirects'] as const).flatMap((part) =>
      nat[part].map(({ id }, index) => ({ id, path: ['nat', part, index] })),
    ),
  ];
  const seen = new Set<string>();
  return all.flatMap(({ id, path }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [problem({ path, id }, 'id', 'another one has this id', 'Give it an id of its own')];
  });
}

function repeatedDevices({ endpoints }: Policy): Problem[] {
  const seen = new Map<string, string>();
  return Object.entries(endpoints).flatMap(([name, endpoint]) => {
    if (endpoint.kind !== 'device') return [];
    const other = seen.get(endpoint.device);
    seen.set(endpoint.device, other ?? name);
    if (other === undefined) return [];
    const message = `${endpoint.device} is the endpoint ${shown(other)} already`;
    return [problem({ path: ['endpoints', name] }, 'device', message, 'Keep one of the two')];
  });
}

function groups({ endpoints }: Policy): Problem[] {
  return Object.entries(endpoints).flatMap(([name, endpoint]) => {
    if (endpoint.kind !== 'group') return [];
    const unknown = endpoint.members.flatMap((member, index) => {
      if (Object.hasOwn(endpoints, member)) return [];
      const near = didYouMean(member, Object.keys(endpoints));
      const at = { path: ['endpoints', name, 'members'] };
      return [problem(at, index, `there is no endpoint ${shown(member)}${near}`)];
    });
    if (!reaches(endpoints, endpoint, name)) return unknown;
    const message = `the group ${shown(name)} is a member of itself`;
    const remedy = 'Take it out of the group that leads back to it';
    return [...unknown, problem({ path: ['endpoints', name] }, 'members', message, remedy)];
  });
}

/** Whether a walk through members of members comes to `goal`; each group is entered once. */
function reaches(endpoints: Policy['endpoints'], start: PolicyEndpoint, goal: string): boolean {
  const seen = new Set<string>();
  const open = start.kind === 'group' ? [...start.members] : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === goal) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const endpoint = own(endpoints, next);
    if (endpoint?.kind === 'group') open.push(...endpoint.members);
  }
  return false;
}
