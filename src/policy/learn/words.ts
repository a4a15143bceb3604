import { isoInstant } from '../../base/instant.ts';
import type { PolicyRule } from '../../model/policy.ts';
import type { Kind } from './kinds.ts';
import type { Reason } from './proposal.ts';
import { peerText, serviceText } from './rule.ts';
import type { Tally } from './tally.ts';

/** Peers and services that a sentence names before it says how many more there are. */
const NAMED = 4;

/** `120 connections on 6 days, last on 2026-11-24, 1.2 MB`. */
export function evidenceText({ flows, days, lastSeen, bytes }: PolicyRule['origin']): string {
  const parts = [
    flows === undefined ? undefined : `seen ${times(flows)}`,
    days === undefined ? undefined : `on ${days === 1 ? 'one day' : `${days} days`}`,
    lastSeen === undefined ? undefined : `last on ${isoInstant(lastSeen).slice(0, 10)}`,
    bytes === undefined ? undefined : sizeText(bytes),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** `camera may open tcp/8883 of mq.example.com`. */
export function ruleSentence(rule: PolicyRule): string {
  const verb = rule.action === 'allow' ? 'may' : 'may not';
  return `${peerWords(rule.from)} ${verb} open ${rule.service} of ${peerWords(rule.to)}`;
}

/** Without `name:` and `net:`, which are the policy's spelling. */
export function peerWords(text: string): string {
  return text === 'self' ? 'the router' : text.replace(/^(?:name|net):/, '');
}

/** One question for kinds of flows that are in doubt for the same reason. */
export function questionText(reason: Reason, endpoint: string, kinds: readonly Kind[]): string {
  const [first] = kinds;
  if (first === undefined) return '';
  const what = whatText(endpoint, kinds);
  const often = howOften(kinds.map(({ tally }) => tally));
  switch (reason) {
    case 'rare':
      return `${what}, ${often}: may it?`;
    case 'ephemeral':
      return `${what}, where it took whatever port was free (${often}): may it use that whole range?`;
    case 'unopened':
      return `${what} (${often}), but who opened that was not seen: may it be opened so?`;
    case 'one-way':
      return `${what} (${often}) and was never answered: may it?`;
    case 'protocol':
      return `${what}, an IP protocol without ports (${often}): may it?`;
    case 'no-name':
      return `${what} (${often}) without having asked DNS for the address${called(kinds)}: may it?`;
    case 'from-internet':
      return `${what}, from outside (${often}): may it?`;
    case 'scan':
      return `${what} (${often}), which is part of a search through hosts or ports: may it?`;
    case 'after-scan':
      return `${what} (${often}), which began after a search through the network had begun from there: may it?`;
    case 'known-bad':
      return `${what} (${often}), which is listed as malicious: may it nevertheless?`;
    case 'widening':
      return `${what} (${often}), which its rules do not allow: may it from now on?`;
    case 'fallback':
      return `${what} (${often}) when something else was refused: may it?`;
    case 'pattern':
      return patternText(endpoint, kinds);
  }
}

export function patternText(endpoint: string, kinds: readonly Kind[]): string {
  const names = kinds.map(({ peer }) => (peer.kind === 'name' ? peer.name : ''));
  const parent = names[0]?.split('.').slice(1).join('.') ?? '';
  const service = kinds[0] === undefined ? '' : serviceText(kinds[0]);
  const labels = listed(names.map((name) => name.split('.', 1)[0] ?? ''));
  return `${endpoint} opened ${service} of ${names.length} names below ${parent} (${labels}): may it open that of every name there?`;
}

/** Kinds that are asked about together have one side. */
function whatText(endpoint: string, kinds: readonly Kind[]): string {
  const peerOf = (kind: Kind): string => peerWords(peerText(kind));
  if (kinds[0]?.side === 'from-device') {
    return `${endpoint} opened ${listed(kinds.map((kind) => `${serviceText(kind)} of ${peerOf(kind)}`))}`;
  }
  const [peers, services] = [kinds.map(peerOf), kinds.map(serviceText)].map((all) => [
    ...new Set(all),
  ]);
  return `${listed(peers ?? [])} opened ${listed(services ?? [])} of ${endpoint}`;
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, NAMED).join(', ');
  const more = texts.length - NAMED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function howOften(tallies: readonly Tally[]): string {
  const flows = tallies.reduce((sum, tally) => sum + tally.flows, 0);
  const last = tallies.reduce((at, tally) => Math.max(at, tally.lastSeen), 0);
  return `${times(flows)}, last on ${isoInstant(last).slice(0, 10)}`;
}

/** Its own word, which proves nothing. */
function called(kinds: readonly Kind[]): string {
  const sni = kinds.find(({ tally }) => tally.sni !== undefined)?.tally.sni;
  return sni === undefined ? '' : ` (in TLS it asked for ${sni})`;
}

export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** Powers of ten, as the field counts traffic. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power - 1] ?? ''}`;
}
