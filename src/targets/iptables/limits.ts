import type { BoundRule } from '../../model/bound-policy.ts';
import type { RateLimit } from '../../model/policy.ts';
import { burstOf } from '../nftables/limits.ts';
import type { Writer } from './chains.ts';
import { chainName, comment, digest, INGRESS } from './names.ts';
import { ownerMatches } from './owner-matches.ts';
import type { Place } from './place.ts';
import { deny, logged } from './place.ts';

const SECONDS = { second: 1, minute: 60, hour: 3600 } as const;
/** Sources that are remembered by one limit; with more, those of new ones are dropped (xt_hashlimit). */
const SOURCES = 65_535;

/**
 * The chain in which the limits of a rule stand, so that every line of the rule draws on the same
 * one. Each side has its own, and each family: the two tables have nothing in common.
 */
export function limitChain(place: Place, rule: BoundRule): string {
  const { book, side } = place;
  const name = chainName(`l${side[0]}`, rule.id);
  const writer = book.open(name);
  if (writer === undefined) return name;
  const over = `-g ${overChain(place, rule)}`;
  if (rule.rate !== undefined) writer.add(rateWords(place, rule, rule.rate), over);
  if (rule.connections !== undefined) {
    const { max, key } = rule.connections;
    const bits = key === 'rule' ? 0 : place.family === 4 ? 32 : 128;
    writer.add(`-m connlimit --connlimit-above ${max} --connlimit-mask ${bits}`, over);
  }
  writer.add(comment(rule.id), nextOf(place));
  return name;
}

/** One limit for both paths: where they go on differently is told by where the packet goes. */
function nextOf({ book, side, next }: Place): string {
  if (side === 'ingress') return next;
  const name = 'PTL-N';
  const writer = book.open(name);
  writer?.add(`-m addrtype --dst-type LOCAL,BROADCAST,MULTICAST -g ${INGRESS.input}`);
  writer?.add(`-g ${INGRESS.forward}`);
  return `-g ${name}`;
}

/**
 * xt_hashlimit finds a table by its name and keeps the settings of whoever made it: so the name is
 * made of them. A source is forgotten no sooner than its bucket is full again.
 */
function rateWords({ side }: Place, { id }: BoundRule, rate: RateLimit): string {
  const burst = burstOf(rate);
  const refill = Math.max(60, Math.ceil((burst * SECONDS[rate.per]) / rate.packets));
  const name = `ptl${side[0]}${digest(`${id} ${JSON.stringify(rate)}`, 5)}`;
  return [
    `-m hashlimit --hashlimit-above ${rate.packets}/${rate.per} --hashlimit-burst ${burst}`,
    ...(rate.key === 'source' ? ['--hashlimit-mode srcip'] : []),
    `--hashlimit-name ${name} --hashlimit-htable-max ${SOURCES}`,
    `--hashlimit-htable-expire ${refill * 1000}`,
  ].join(' ');
}

/** Beyond the limit: dropped, but for whoever is in trial. */
function overChain(place: Place, rule: BoundRule): string {
  const { book, side } = place;
  const next = nextOf(place);
  const name = chainName(`o${side[0]}`, rule.id);
  const writer = book.open(name);
  if (writer === undefined) return name;
  if (place.plan.owners.some(({ device }) => device.trial)) waive(writer, place, rule);
  deny(writer, { book, next }, '', { action: 'drop', rule: rule.id });
  return name;
}

/** The first that matches is right: an address tells more than a MAC. */
function waive(writer: Writer, place: Place, rule: BoundRule): void {
  for (const { words, trial } of ownerMatches(place)) {
    if (trial) writer.add(words, logged('would-block', undefined, rule.id));
    writer.add(words, comment(rule.id), trial ? nextOf(place) : '-j DROP');
  }
}
