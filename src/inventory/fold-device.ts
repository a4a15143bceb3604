import { shownAddress } from '../base/address.ts';
import type { Untrusted } from '../base/untrusted.ts';
import { reveal, untrusted } from '../base/untrusted.ts';
import { isCategory } from '../identify/category.ts';
import type { Category } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';
import type { Attributes, Conclude } from './attributes.ts';
import { AttributeFold } from './attributes.ts';
import type { Group } from './binding.ts';
import { foldServices } from './fold-services.ts';
import { addressKey } from './identities.ts';
import { rankOf } from './keys.ts';
import { treatmentOf } from './robustness.ts';
import type { InventoryTools, NamedProtocol } from './tools.ts';

export interface Folded {
  readonly device: Device;
  readonly services: readonly Service[];
  /** About this device, in order of time. */
  readonly evidence: readonly Evidence[];
}

/** What the fold is told about a group beside its evidence. */
export interface Surroundings {
  readonly id: string;
  /** Addresses that another device has now. */
  readonly lost: ReadonlySet<string>;
  readonly behind: string | undefined;
  readonly conflicts: readonly string[];
  readonly named: readonly NamedProtocol[];
  readonly conclude: Conclude;
}

export function foldDevice(group: Group, around: Surroundings, tools: InventoryTools): Folded {
  const evidence = inOrder(group);
  const fold = new AttributeFold(around.conclude);
  for (const one of evidence) fold.add(one);
  const attributes = fold.result();
  const category = categoryOf(attributes);
  const services = foldServices(around.id, evidence, around.named, tools);
  const { robustness, reason } = treatmentOf(evidence, category, attributes, services, tools);
  const seen = evidence.filter(({ source }) => source !== 'user');
  const times = seen.length > 0 ? seen : evidence;
  const distress = evidence.findLast(({ fact }) => fact.kind === 'distress');
  const device: Device = {
    id: around.id,
    keys: keysOf(group),
    addresses: addressesOf(group, around.lost),
    macs: macsOf(group),
    attributes,
    name: nameOf(attributes, group),
    category,
    robustness,
    robustnessReason: reason,
    firstSeen: times[0]?.at ?? 0,
    lastSeen: times.at(-1)?.at ?? 0,
    conflicts: around.conflicts,
    ...(around.behind === undefined ? {} : { behind: around.behind }),
    ...(distress === undefined ? {} : { distressedAt: distress.at }),
  };
  return { device, services, evidence };
}

/** Sorted only where it has to be: what one binding got came in order of time, but for late imports. */
function inOrder({ bindings }: Group): readonly Evidence[] {
  const all = bindings.flatMap((binding) => binding.evidence);
  const ordered = all.every((one, index) => index === 0 || inTime(all[index - 1] ?? one, one) <= 0);
  return ordered ? all : all.sort(inTime);
}

function inTime(a: Evidence, b: Evidence): number {
  return a.at - b.at || a.id - b.id;
}

function categoryOf(attributes: Attributes): Category | 'unknown' {
  for (const { value } of attributes.category ?? []) {
    const text = reveal(value);
    if (isCategory(text)) return text;
  }
  return 'unknown';
}

function keysOf({ bindings }: Group): readonly string[] {
  const seen = new Map<string, number>();
  for (const { keys, address, evidence } of bindings) {
    const own = { key: addressKey(address), evidence: evidence[0]?.id ?? 0 };
    for (const { key, evidence: id } of [...keys.values(), own]) {
      if (rankOf(key) !== -1) seen.set(key, Math.min(id, seen.get(key) ?? id));
    }
  }
  // What came in one piece of evidence is ordered by how well it names the device.
  return [...seen]
    .sort(([a, idA], [b, idB]) => idA - idB || rankOf(a) - rankOf(b))
    .map(([key]) => key);
}

function addressesOf({ bindings }: Group, lost: ReadonlySet<string>): readonly string[] {
  const own = bindings
    .filter(({ address }) => !lost.has(address) && !address.startsWith('child:') && address !== '')
    .sort((a, b) => b.to - a.to || (b.evidence[0]?.id ?? 0) - (a.evidence[0]?.id ?? 0));
  return [...new Set(own.map(({ address }) => address))];
}

function macsOf({ bindings }: Group): readonly string[] {
  const macs = [...bindings].sort((a, b) => b.to - a.to).map(({ mac }) => mac);
  return [...new Set(macs.filter((mac) => mac !== undefined))];
}

/** The person's name for it, its own, vendor and model, or at least where it is. */
function nameOf(attributes: Attributes, { bindings }: Group): Untrusted {
  const [own] = attributes.name ?? [];
  if (own !== undefined) return own.value;
  const [vendor] = attributes.vendor ?? [];
  const what = attributes.model?.[0] ?? attributes.kind?.[0];
  const parts = [vendor, what]
    .filter((part) => part !== undefined)
    .map(({ value }) => reveal(value));
  if (what !== undefined && parts.length > 0) return untrusted(withoutRepeat(parts));
  const newestFirst = bindings.toSorted((a, b) => b.to - a.to);
  const address = shownAddress(newestFirst.map((binding) => binding.address)) ?? '';
  const where = address.replace(/^child:/, '') || newestFirst[0]?.mac || 'device without address';
  return untrusted(vendor === undefined ? where : `${reveal(vendor.value)} at ${where}`);
}

/** "Philips Hue" and "Hue Bridge" stay as they are; "Shelly" and "Shelly Plug" become one. */
function withoutRepeat([first = '', second = '']: readonly string[]): string {
  return second.toLowerCase().startsWith(first.toLowerCase())
    ? second
    : `${first} ${second}`.trim();
}
