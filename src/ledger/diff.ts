import { shownAddress } from '../base/address.ts';
import type { Untrusted } from '../base/untrusted.ts';
import { quote, reveal } from '../base/untrusted.ts';
import type { Transport } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Service } from '../model/service.ts';
import type { Site } from '../model/site.ts';

/** What is different between two moments. */
export interface SiteChange {
  readonly kind: 'appeared' | 'vanished' | 'moved' | 'changed';
  readonly subject: 'device' | 'service';
  /** Id of the device, as it is called after the change. */
  readonly device: string;
  readonly name: Untrusted;
  /** Of a service: where it is now, or was. */
  readonly transport?: Transport;
  readonly port?: number;
  /** `tcp/80 http`; absent for what was not there. */
  readonly before?: string;
  readonly after?: string;
}

/** What `diffSites` looks at. */
type Beliefs = Pick<Site, 'devices' | 'services'>;

/**
 * The changes from one site to another, devices first. That more is known of a service than before
 * is no change: only what was known and is otherwise now.
 */
export function diffSites(before: Beliefs, after: Beliefs): readonly SiteChange[] {
  const known = new Map(
    before.devices.flatMap((device) => handles(device).map((key) => [key, device])),
  );
  const nameless = new Map(
    before.devices
      .filter(isNameless)
      .flatMap((device) => device.addresses.map((one) => [one, device])),
  );
  const changes: SiteChange[] = [];
  const found = new Set<string>();
  for (const device of after.devices) {
    const own = openServices(after, device.id);
    const match = [
      ...handles(device).map((key) => known.get(key)),
      ...device.addresses.map((address) => nameless.get(address)),
    ].find((one) => one !== undefined);
    if (match === undefined) {
      changes.push({
        kind: 'appeared',
        subject: 'device',
        ...who(device),
        after: summaryOf(device, own),
      });
      continue;
    }
    found.add(match.id);
    changes.push(...deviceChanges(match, device));
    changes.push(
      ...serviceChanges(openServices(before, match.id), own, allServices(after, device.id), device),
    );
  }
  for (const device of before.devices) {
    if (found.has(device.id)) continue;
    const own = openServices(before, device.id);
    changes.push({
      kind: 'vanished',
      subject: 'device',
      ...who(device),
      before: summaryOf(device, own),
    });
  }
  return changes;
}

/** By which a device is found again: its id first. An address alone may have become another's. */
function handles({ id, keys }: Device): readonly string[] {
  return [id, ...keys.filter((key) => !key.startsWith('address:'))];
}

/** Nothing but its address was known: whoever has it now is the same, of which more is known. */
function isNameless({ keys }: Device): boolean {
  return keys.every((key) => key.startsWith('address:'));
}

function who({ id, name }: Device): { device: string; name: Untrusted } {
  return { device: id, name };
}

function summaryOf({ addresses }: Device, services: readonly Service[]): string {
  const ports = services.map(textOf).join(', ');
  return [shownAddress(addresses) ?? '', ports].filter((part) => part !== '').join(': ');
}

/** Sorted out once a site: a large one has thousands of devices, and each asks for its own. */
const sorted = new WeakMap<readonly Service[], ReadonlyMap<string, readonly Service[]>>();

function allServices({ services }: Beliefs, device: string): readonly Service[] {
  const known = sorted.get(services);
  if (known !== undefined) return known.get(device) ?? [];
  const byDevice = new Map<string, Service[]>();
  for (const service of services) {
    const own = byDevice.get(service.device);
    if (own === undefined) byDevice.set(service.device, [service]);
    else own.push(service);
  }
  sorted.set(services, byDevice);
  return byDevice.get(device) ?? [];
}

function openServices(site: Beliefs, device: string): readonly Service[] {
  return allServices(site, device).filter(({ state }) => state === 'open');
}

function deviceChanges(before: Device, after: Device): readonly SiteChange[] {
  const changes: SiteChange[] = [];
  const stayed = after.addresses.some((address) => before.addresses.includes(address));
  if (!stayed && before.addresses.length > 0 && after.addresses.length > 0) {
    changes.push({
      kind: 'moved',
      subject: 'device',
      ...who(after),
      before: before.addresses.join(', '),
      after: after.addresses.join(', '),
    });
  }
  const [old, young] = [before, after].map(({ attributes }) => attributes.firmware?.[0]?.value);
  if (old !== undefined && young !== undefined && reveal(old) !== reveal(young)) {
    changes.push({
      kind: 'changed',
      subject: 'device',
      ...who(after),
      before: `firmware ${quote(old)}`,
      after: `firmware ${quote(young)}`,
    });
  }
  return changes;
}

/** @param nowAll open and not: a port that is closed now is not one that nobody asked */
function serviceChanges(
  before: readonly Service[],
  after: readonly Service[],
  nowAll: readonly Service[],
  device: Device,
): readonly SiteChange[] {
  const about = (service: Service): Omit<SiteChange, 'kind' | 'before' | 'after'> => ({
    subject: 'service',
    ...who(device),
    transport: service.transport,
    port: service.port,
  });
  const gone = before.filter((service) => at(after, service) === undefined);
  const come = after.filter((service) => at(before, service) === undefined);
  const moves = pair(gone, come);
  const moved = new Set(moves.flat());
  return [
    ...moves.map(([old, young]) => ({
      kind: 'moved' as const,
      ...about(young),
      before: textOf(old),
      after: textOf(young),
    })),
    ...come
      .filter((service) => !moved.has(service))
      .map((service) => ({ kind: 'appeared' as const, ...about(service), after: textOf(service) })),
    ...gone
      .filter((service) => !moved.has(service))
      .map((service) => {
        const state = at(nowAll, service)?.state;
        const rest = state === undefined ? {} : { after: state };
        return { kind: 'vanished' as const, ...about(service), before: textOf(service), ...rest };
      }),
    ...before.flatMap((old) => {
      const young = at(after, old);
      return young === undefined
        ? []
        : changed(old, young).map((one) => ({ ...about(young), ...one }));
    }),
  ];
}

function at(services: readonly Service[], { transport, port }: Service): Service | undefined {
  return services.find((one) => one.transport === transport && one.port === port);
}

/** Which of the vanished is which of the new ones: the most alike first, then the nearest number. */
function pair(gone: readonly Service[], come: readonly Service[]): readonly [Service, Service][] {
  const candidates = gone
    .flatMap((old) => come.map((young) => ({ old, young, likeness: likeness(old, young) })))
    .filter(({ likeness: like }) => like > 0)
    .sort(
      (a, b) =>
        b.likeness - a.likeness ||
        Math.abs(a.old.port - a.young.port) - Math.abs(b.old.port - b.young.port),
    );
  const taken = new Set<Service>();
  const pairs: [Service, Service][] = [];
  for (const { old, young } of candidates) {
    if (taken.has(old) || taken.has(young)) continue;
    taken.add(old).add(young);
    pairs.push([old, young]);
  }
  return pairs;
}

/** 0 where they cannot be one service: another protocol, another carrier, another certificate or face. */
function likeness(old: Service, young: Service): number {
  if (old.transport !== young.transport || old.over !== young.over) return 0;
  if (old.protocol !== young.protocol || old.protocol === 'unknown') return 0;
  if (old.certainty === 'hint' || young.certainty === 'hint') return 0;
  if (fingerprint(old) !== fingerprint(young)) return 0;
  if (old.version !== young.version && isKnown(old.version) && isKnown(young.version)) return 0;
  return 1 + likeDetails(old, young);
}

/** Particulars that are alike; -1 (no likeness at all) where there are some on both sides and none is. */
function likeDetails(old: Service, young: Service): number {
  const texts = new Set(old.details.map(({ name, value }) => `${name}\n${reveal(value)}`));
  const alike = young.details.filter(({ name, value }) => texts.has(`${name}\n${reveal(value)}`));
  const comparable = young.details.some(({ name }) => old.details.some((one) => one.name === name));
  return alike.length === 0 && comparable ? -1 : alike.length;
}

function fingerprint({ tls }: Service): string {
  return tls?.certificate?.fingerprint ?? '';
}

function isKnown(version: string): boolean {
  return version !== 'unknown';
}

/** What was known and is otherwise now, as one change. */
function changed(
  old: Service,
  young: Service,
): readonly Pick<SiteChange, 'kind' | 'before' | 'after'>[] {
  const differences = [
    certain(old) && certain(young) && spoken(old) !== spoken(young),
    old.access !== young.access && old.access !== 'unknown' && young.access !== 'unknown',
    isKnown(old.version) && isKnown(young.version) && old.version !== young.version,
    fingerprint(old) !== fingerprint(young) && fingerprint(old) !== '' && fingerprint(young) !== '',
  ];
  if (!differences.includes(true)) return [];
  return [{ kind: 'changed', before: fullText(old), after: fullText(young) }];
}

function certain({ certainty, protocol }: Service): boolean {
  return certainty !== 'hint' && protocol !== 'unknown';
}

function spoken({ protocol, over }: Service): string {
  return `${protocol} over ${over}`;
}

/** `tcp/8883 mqtt over tls`; a guess from the number has a question mark. */
function textOf(service: Service): string {
  const { transport, port, protocol, over, certainty } = service;
  const carrier = over === transport ? '' : ` over ${over}`;
  return `${transport}/${port} ${protocol}${certainty === 'hint' ? '?' : ''}${carrier}`;
}

function fullText(service: Service): string {
  const version = isKnown(service.version) ? ` ${service.version.slice(0, 40)}` : '';
  const access = service.access === 'unknown' ? '' : `, access ${service.access}`;
  const print = fingerprint(service).slice(0, 16);
  return `${textOf(service)}${version}${access}${print === '' ? '' : `, certificate ${print}…`}`;
}
