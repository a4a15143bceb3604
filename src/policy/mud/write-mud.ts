import { PortolanError } from '../../base/errors.ts';
import { isoInstant } from '../../base/instant.ts';
import type { Direction, Instant } from '../../model/core.ts';
import type { Policy, PolicyRule, ServiceMatch } from '../../model/policy.ts';
import { detailOf, serviceOf } from '../services.ts';
import { initiators } from './initiator.ts';
import { ACL, MUD } from './modules.ts';
import type { Ace, MudAcl } from './mud.ts';
import { authorityOf, MOST } from './mud.ts';
import type { Relation } from './write-aces.ts';
import { aceJson, acesOf, mirrored } from './write-aces.ts';
import type { MudMapping, WriteContext } from './write-peers.ts';
import { PeerWriter } from './write-peers.ts';

export interface WriteMudOptions {
  /** Id of the device in the inventory. */
  readonly device: string;
  /** Where the file is going to be found: https. */
  readonly url: string;
  readonly lastUpdate: Instant;
  /** Hours, 1 to 168. */
  readonly cacheValidity?: number;
  readonly signature?: string;
  readonly systemInfo?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly context: WriteContext;
}

/** Something that the file does not say as the policy does. */
export interface MudLint {
  /** `not-exported`: the file allows less. Everything else: what whoever uses it should know. */
  readonly code: 'not-exported' | 'address' | 'no-mirror' | 'limit' | 'expires';
  readonly rule: string;
  readonly message: string;
}

export interface WrittenMud {
  readonly text: string;
  readonly lints: readonly MudLint[];
  /** Whom classes in the file stand for at this site. */
  readonly mappings: readonly MudMapping[];
}

/** An ACE with the one that lets its answers through, and the rule that both come from. */
interface Pair {
  readonly rule: string;
  readonly direction: Direction;
  readonly ace: Ace;
  readonly mirror?: Ace;
}

/**
 * What a policy allows to one device and from it, as a MUD file (RFC 8520): one ACL for each family
 * and direction, in the order of the rules. What `readMud` and `mudPolicy` make of it at the same
 * site decides the same of every connection of the device, but for what `not-exported` names.
 *
 * @throws PortolanError E_USAGE for a MUD URL that is not https, E_POLICY_UNSUPPORTED for a policy
 * that would give more ACEs than a MUD file may have
 */
export function writeMud(policy: Policy, options: WriteMudOptions): WrittenMud {
  if (authorityOf(options.url) === undefined || options.url.length > MOST.url) {
    throw new PortolanError('E_USAGE', 'A MUD URL begins with https:// and a host', {
      remedy: 'For example: --url https://mud.example.com/bulb.json',
    });
  }
  const writer = new Writer(policy, options);
  for (const rule of policy.rules) writer.rule(rule);
  return writer.written();
}

class Writer {
  readonly #policy: Policy;
  readonly #options: WriteMudOptions;
  readonly #peers: PeerWriter;
  readonly #lints: MudLint[] = [];
  #pairs: Pair[] = [];

  constructor(policy: Policy, options: WriteMudOptions) {
    this.#policy = policy;
    this.#options = options;
    this.#peers = new PeerWriter(policy, options.device, options.url, options.context);
  }

  rule(rule: PolicyRule): void {
    if (rule.side !== 'ingress') this.#judgement('from-device', rule, rule.from, rule.to);
    if (rule.side !== 'egress') this.#judgement('to-device', rule, rule.to, rule.from);
  }

  #judgement(direction: Direction, rule: PolicyRule, mine: string, peer: string): void {
    const covers = this.#peers.covers(mine);
    if (covers === 'yes') this.#relations(rule, direction, peer);
    if (covers === 'part') this.#left(rule, 'it is about some of the device’s addresses only');
  }

  #relations(rule: PolicyRule, direction: Direction, text: string): void {
    if (rule.fromZone !== undefined || rule.toZone !== undefined) {
      this.#left(rule, 'MUD knows no zones');
      return;
    }
    const peer = this.#peers.peer(text);
    const services = serviceOf(this.#policy.services, rule.service) ?? [];
    const odd = services.find((one) => !isSayable(one));
    if (!peer.ok || odd !== undefined) {
      this.#left(rule, peer.ok ? `MUD has no ports of protocol ${odd?.protocol}` : peer.why);
      return;
    }
    for (const note of peer.notes) this.#lint('address', rule, note);
    this.#limits(rule);
    const ways = services.flatMap((match) => peer.matches.map((one) => [match, one] as const));
    for (const [match, one] of ways) {
      for (const family of familiesOf(rule, match, one.family)) {
        const { action, log } = rule;
        this.#add(rule, { direction, family, peer: one, match, action, log });
      }
    }
  }

  #add(rule: PolicyRule, relation: Relation): void {
    const { direction, action } = relation;
    for (const ace of acesOf(relation)) {
      const mirror = action === 'allow' ? { mirror: mirrored(ace) } : {};
      this.#pairs.push({ rule: rule.id, direction, ace, ...mirror });
      if (this.#pairs.length * 2 <= MOST.aces) continue;
      throw new PortolanError('E_POLICY_UNSUPPORTED', `More than ${MOST.aces} ACEs are needed`, {
        remedy: 'Put ports and networks that belong together into ranges',
      });
    }
  }

  #limits({ rate, connections, expires, id }: PolicyRule): void {
    if (rate !== undefined || connections !== undefined) {
      const message = 'its limit is left out: MUD has none for new connections';
      this.#lints.push({ code: 'limit', rule: id, message });
    }
    if (expires !== undefined) {
      const message = 'it expires here, and does not in the file';
      this.#lints.push({ code: 'expires', rule: id, message });
    }
  }

  #left(rule: { readonly id: string }, why: string): void {
    this.#lint('not-exported', rule, why);
  }

  #lint(code: MudLint['code'], { id }: { readonly id: string }, message: string): void {
    const isTold = this.#lints.some((one) => one.rule === id && one.message === message);
    if (!isTold) this.#lints.push({ code, rule: id, message });
  }

  written(): WrittenMud {
    this.#settle();
    const acls = ([4, 6] as const).flatMap((family) =>
      (['from-device', 'to-device'] as const).map((direction) => ({
        direction,
        ...this.#acl(family, direction),
      })),
    );
    const used = acls.filter(({ aces }) => aces.length > 0);
    const document = {
      [`${MUD}:mud`]: this.#head(used),
      [`${ACL}:acls`]: { acl: used.map(aclJson) },
    };
    return {
      text: textOf(document),
      lints: this.#lints,
      mappings: this.#peers.mappings,
    };
  }

  /**
   * Until whoever reads the file sees the same side begin: a mirror that would be taken for the one
   * that begins is left out, and what would be taken for a mirror cannot be said at all.
   */
  #settle(): void {
    for (;;) {
      const begins = initiators({
        fromDevice: this.#side('from-device'),
        toDevice: this.#side('to-device'),
      });
      const turned = this.#pairs.filter(({ mirror }) => mirror !== undefined && begins.has(mirror));
      const lost = this.#pairs.filter(({ ace }) => ace.action === 'allow' && !begins.has(ace));
      if (turned.length > 0) this.#withoutMirrors(new Set(turned));
      else if (lost.length > 0) this.#without(new Set(lost));
      else return;
    }
  }

  #withoutMirrors(turned: ReadonlySet<Pair>): void {
    this.#pairs = this.#pairs.map((pair) => {
      if (!turned.has(pair)) return pair;
      const { mirror: _, ...rest } = pair;
      const why = 'its answers are not in the file: a firewall without state would drop them';
      this.#lint('no-mirror', { id: pair.rule }, why);
      return rest;
    });
  }

  #without(lost: ReadonlySet<Pair>): void {
    for (const { rule } of lost) {
      this.#left({ id: rule }, 'MUD cannot tell it from the answers to what goes the other way');
    }
    this.#pairs = this.#pairs.filter((pair) => !lost.has(pair));
  }

  #side(direction: Direction): { readonly acls: readonly MudAcl[]; readonly rates: readonly [] } {
    return { acls: [this.#acl(4, direction), this.#acl(6, direction)], rates: [] };
  }

  /** Mirrors come last: a denial among the rules stands before the answers of other connections. */
  #acl(family: 4 | 6, direction: Direction): MudAcl {
    const own = this.#pairs.filter((pair) => pair.direction === direction).map(({ ace }) => ace);
    const mirrors = this.#pairs.flatMap((pair) =>
      pair.direction === direction || pair.mirror === undefined ? [] : [pair.mirror],
    );
    const aces = [...own, ...mirrors].filter((ace) => ace.family === family);
    return { name: `portolan-v${family}-${direction}`, family, aces };
  }

  #head(acls: readonly { readonly name: string; readonly direction: Direction }[]): object {
    const { url, lastUpdate, cacheValidity = 48, signature, systemInfo } = this.#options;
    const { manufacturer, model } = this.#options;
    const side = (direction: Direction): object => ({
      'access-lists': {
        'access-list': acls
          .filter((one) => one.direction === direction)
          .map(({ name }) => ({ name })),
      },
    });
    return {
      'mud-version': 1,
      'mud-url': url,
      'last-update': isoInstant(lastUpdate),
      ...(signature === undefined ? {} : { 'mud-signature': signature }),
      'cache-validity': cacheValidity,
      'is-supported': true,
      ...(systemInfo === undefined ? {} : { systeminfo: plain(systemInfo) }),
      ...(manufacturer === undefined ? {} : { 'mfg-name': plain(manufacturer) }),
      ...(model === undefined ? {} : { 'model-name': plain(model) }),
      'from-device-policy': side('from-device'),
      'to-device-policy': side('to-device'),
    };
  }
}

/** For people to read, where that is not more than what is read back. */
function textOf(document: object): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.length < MOST.characters ? text : JSON.stringify(document)}\n`;
}

function isSayable(match: ServiceMatch): boolean {
  if (match.protocol === 'tcp' || match.protocol === 'udp') return true;
  const hasPorts = match.sourcePorts.length + match.destinationPorts.length > 0;
  return detailOf(match.protocol) !== 'ports' || !hasPorts;
}

function familiesOf(
  rule: PolicyRule,
  match: ServiceMatch,
  ofPeer: 4 | 6 | undefined,
): readonly (4 | 6)[] {
  const ofMatch = match.protocol === 'icmp' ? 4 : match.protocol === 'icmpv6' ? 6 : undefined;
  const asked = [rule.family, ofMatch, ofPeer].filter((one) => one !== undefined);
  return ([4, 6] as const).filter((family) => asked.every((one) => one === family));
}

/** Names of ACEs are ours: `a17`. */
function aclJson({ name, family, aces }: MudAcl): object {
  const ace = aces.map((one, index) => aceJson(one, `a${index + 1}`));
  return { name, type: `ipv${family}-acl-type`, aces: { ace } };
}

/** What YANG allows in a text (RFC 7950 §9.4), at most 255 characters of it. */
function plain(text: string): string {
  return [...text.slice(0, 255)].filter((one) => !/[\p{Cc}\p{Cs}\p{Cn}\p{Co}]/u.test(one)).join('');
}
