import type { Certainty, Instant } from '../../model/core.ts';
import type { Fact, NewEvidence, Subject } from '../../model/evidence.ts';
import { makerOf } from '../../protocols/shared/enterprises.ts';
import { bridgePorts } from './bridge-ports.ts';
import type { RouterTables } from './router-tables.ts';
import {
  attributes,
  details,
  dotted,
  inetAddress,
  isLocal,
  macOf,
  TableView,
  textOf,
} from './table-values.ts';
import type { Value } from './walk.ts';

export interface Router {
  readonly address: string;
  readonly port: number;
  /** As it is spoken: `2c`, `3`. */
  readonly version: string;
  readonly at: Instant;
}

export interface RouterEvidence {
  readonly evidence: readonly NewEvidence[];
  /** Cards that a switch has heard and whose address nobody here knows. */
  readonly addressless: number;
}

/**
 * What the tables of one router say: who it knows by which card, and behind which of its ports.
 *
 * @param addressesOf addresses that are known of a card already, for switches that know no addresses
 */
export function routerEvidence(
  tables: RouterTables,
  router: Router,
  addressesOf: (mac: string) => readonly string[],
): RouterEvidence {
  return new Telling(tables, router, addressesOf).result();
}

/** RFC 4293 ipNetToPhysicalState and …Type; IEEE 802.1AB LldpChassisIdSubtype. */
const REACHABLE = 1;
const UNUSABLE: readonly (Value | undefined)[] = [5, 7];
const INVALID_TYPE = 2;
const MAC_CHASSIS = 4;

class Telling {
  readonly #tables: RouterTables;
  readonly #view: TableView;
  readonly #router: Router;
  readonly #known: (mac: string) => readonly string[];
  readonly #evidence: NewEvidence[] = [];
  readonly #addresses = new Map<string, Set<string>>();
  #addressless = 0;

  constructor(
    tables: RouterTables,
    router: Router,
    addressesOf: (mac: string) => readonly string[],
  ) {
    this.#tables = tables;
    this.#view = new TableView(tables, router.address);
    this.#router = router;
    this.#known = addressesOf;
  }

  result(): RouterEvidence {
    this.#sayRouter();
    this.#sayOwnAddresses();
    this.#sayNeighbours();
    this.#sayPorts();
    this.#sayLinks();
    return { evidence: this.#evidence, addressless: this.#addressless };
  }

  #say(subject: Subject, certainty: Certainty, ...facts: readonly Fact[]): void {
    const { at, address } = this.#router;
    const observer = `snmp:${address}`;
    for (const fact of facts) {
      this.#evidence.push({ at, source: 'import', observer, subject, certainty, fact });
    }
  }

  #sayRouter(): void {
    const { address, port, version } = this.#router;
    const { description, object, name } = this.#tables.system;
    const place: Subject = { address, transport: 'udp', port };
    this.#say({ address }, 'proved', { kind: 'present', via: 'udp' });
    this.#say(
      place,
      'proved',
      { kind: 'open' },
      { kind: 'speaks', protocol: 'snmp', version },
      { kind: 'access', level: 'credentials' },
    );
    // sysObjectID lies below the number of whoever made the device (RFC 3418 §2).
    const maker = makerOf(Number(textOf(object).split('.')[6] ?? 0));
    this.#say(
      place,
      'likely',
      ...attributes('name', textOf(name)),
      ...details('sysDescr', textOf(description)),
      ...details('sysObjectID', textOf(object)),
      ...attributes('vendor', maker ?? ''),
    );
  }

  /** The card of an interface and the addresses on it are the router's own, all of them. */
  #sayOwnAddresses(): void {
    const cards = this.#view.byIndex('ifPhysAddress');
    const own = [
      ...this.#view
        .rows('ipAddressIfIndex')
        .map(({ index, value }) => ({ address: inetAddress(index), value })),
      ...this.#view
        .rows('ipAdEntIfIndex')
        .map(({ index, value }) => ({ address: dotted(index), value })),
    ];
    for (const { address, value } of own) {
      const mac = macOf(cards.get(String(value)));
      if (address === undefined || mac === undefined || isLocal(address)) continue;
      this.#say({ address, mac }, 'likely', { kind: 'present', via: 'neighbour' });
    }
  }

  /** RFC 4293 ipNetToPhysicalTable, or its forerunner ipNetToMediaTable. */
  #sayNeighbours(): void {
    const types = this.#view.byIndex('ipNetToPhysicalType', 'ipNetToMediaType');
    const states = this.#view.byIndex('ipNetToPhysicalState');
    const rows = [
      ...this.#view
        .rows('ipNetToPhysicalPhysAddress')
        .map((row) => ({ ...row, address: inetAddress(row.index.slice(1)) })),
      ...this.#view
        .rows('ipNetToMediaPhysAddress')
        .map((row) => ({ ...row, address: dotted(row.index.slice(1)) })),
    ];
    for (const { index, value, address } of rows) {
      const key = index.join('.');
      const state = states.get(key);
      if (types.get(key) === INVALID_TYPE || UNUSABLE.includes(state)) continue;
      this.#sayNeighbour(address, macOf(value), index[0], state === REACHABLE);
    }
  }

  #sayNeighbour(
    address: string | undefined,
    mac: string | undefined,
    link: number | undefined,
    isReachable: boolean,
  ): void {
    if (mac === undefined || address === undefined || isLocal(address)) return;
    const known = this.#addresses.get(mac) ?? new Set<string>();
    this.#addresses.set(mac, known.add(address));
    const subject: Subject = { address, mac };
    this.#say(subject, isReachable ? 'proved' : 'likely', { kind: 'present', via: 'neighbour' });
    const name = this.#view.interfaceName(link);
    if (name === undefined) return;
    const where = `interface ${name} of ${this.#view.name}`;
    this.#say(subject, 'hint', ...attributes('attachment', where));
  }

  #sayPorts(): void {
    for (const [mac, { text, certainty }] of bridgePorts(this.#view)) {
      const subjects = this.#subjectsOf(mac);
      if (subjects.length === 0) this.#addressless += 1;
      for (const subject of subjects) {
        this.#say(subject, certainty, ...attributes('attachment', text));
      }
    }
  }

  /** Which of its addresses a card known from elsewhere has is not for this router to say. */
  #subjectsOf(mac: string): readonly Subject[] {
    const here = this.#addresses.get(mac) ?? new Set<string>();
    const elsewhere = this.#known(mac).filter((address) => !here.has(address));
    return [
      ...[...here].map((address) => ({ address, mac })),
      ...elsewhere.map((address) => ({ address })),
    ];
  }

  /** IEEE 802.1AB: who is at the other end of a cable, found again by its address or its card. */
  #sayLinks(): void {
    const chassis = this.#view.byIndex('lldpRemChassisId');
    const names = this.#view.byIndex('lldpRemSysName');
    const descriptions = this.#view.byIndex('lldpRemSysDesc');
    const ports = this.#view.byIndex('lldpLocPortDesc');
    const managed = this.#managementAddresses();
    for (const { index, value } of this.#view.rows('lldpRemChassisIdSubtype')) {
      const key = index.join('.');
      const mac = value === MAC_CHASSIS ? macOf(chassis.get(key)) : undefined;
      const port = textOf(ports.get(String(index[1])));
      const facts = [
        ...attributes('name', textOf(names.get(key))),
        ...details('sysDescr', textOf(descriptions.get(key))),
        ...attributes('attachment', port === '' ? '' : `port ${port} of ${this.#view.name}`),
      ];
      // A switch's chassis has another address than the interface that is managed.
      const told = (managed.get(key) ?? []).map((address): Subject => ({ address }));
      const subjects = told.length > 0 || mac === undefined ? told : this.#subjectsOf(mac);
      for (const subject of subjects) {
        this.#say(subject, 'likely', { kind: 'present', via: 'neighbour' }, ...facts);
      }
    }
  }

  /** Index of lldpRemManAddrTable: time mark, local port, remote index, then family, length, address. */
  #managementAddresses(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const { index } of this.#view.rows('lldpRemManAddrIfSubtype')) {
      const address = inetAddress(index.slice(3));
      if (address === undefined || isLocal(address)) continue;
      const key = index.slice(0, 3).join('.');
      found.set(key, [...(found.get(key) ?? []), address]);
    }
    return found;
  }
}
