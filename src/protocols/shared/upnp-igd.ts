import type { Fact, MappingFact } from '../../model/evidence.ts';
import { DOCUMENT_CAP, leaves, records, textAt } from './elements.ts';
import { detail } from './facts.ts';
import { addressOf, mappingEntry } from './port-mapping.ts';
import type { SoapMessage, SoapRequest } from './soap.ts';
import { utf8 } from './strings.ts';
import { parseHttpUrl, uriHost } from './url.ts';

/** A service of a gateway that can be asked what is open. */
export interface IgdService {
  /** `urn:schemas-upnp-org:service:WANIPConnection:2`. */
  readonly type: string;
  readonly kind: 'mappings' | 'firewall6';
  /** It also lists all mappings at once (WANIPConnection:2 §2.5.21). */
  readonly lists: boolean;
  /** On the host that the description came from. */
  readonly control: string;
}

/** One question and where it goes; the answer is undefined where none came. */
export interface IgdAsk {
  readonly control: string;
  readonly request: SoapRequest;
}

/** A conversation without a socket, as `Dialogue` is; it only ever reads. */
export type IgdAudit = Generator<IgdAsk, readonly Fact[], SoapMessage | undefined>;

/** Name of the detail that says whether a list of mappings is whole: `all 3`, `not all 512`. */
export const LISTING = 'port mappings';
/** Name of the detail that has the router's address on the internet. */
export const OUTSIDE = 'outside address';

/** Services of one gateway that are asked: an uplink or two, and the firewall. */
const SERVICES_CAP = 8;
/** Mappings of one service; routers hold 32 to some hundred. */
const MAPPINGS_CAP = 512;
/** Entries in a row that say nothing new, after which a router is going round in circles. */
const REPEATS_CAP = 3;

const TYPE =
  /^urn:schemas-upnp-org:service:(WANIPConnection|WANPPPConnection|WANIPv6FirewallControl):([12])$/;

/**
 * Port mapping and the IPv6 firewall in a device description (InternetGatewayDevice:2 §2.3). A
 * control URL that leads to another host than the description is left out: a device must not make
 * us ask somebody else.
 *
 * @param url where the description was got
 */
export function igdServices(document: Uint8Array, url: string): readonly IgdService[] {
  const text = utf8(document, DOCUMENT_CAP);
  const base = textAt(
    leaves(text).filter(({ path }) => path === 'root/URLBase'),
    'URLBase',
  );
  const found = new Map<string, IgdService>();
  for (const values of records(text, 'service')) {
    const type = values.get('serviceType') ?? '';
    const [, name, version] = TYPE.exec(type.slice(0, 128)) ?? [];
    const control = controlUrl(values.get('controlURL') ?? '', base, url);
    if (name === undefined || control === undefined || found.size >= SERVICES_CAP) continue;
    const kind = name === 'WANIPv6FirewallControl' ? 'firewall6' : 'mappings';
    const lists = name === 'WANIPConnection' && version === '2';
    found.set(`${type} ${control}`, { type, kind, lists, control });
  }
  return [...found.values()];
}

/** UPnP Device Architecture 2.0 §2.3: relative to the description's URL; 1.0 had URLBase. */
function controlUrl(text: string, base: string | undefined, from: string): string | undefined {
  const own = parseHttpUrl(from);
  if (own === undefined || text === '') return undefined;
  const named = parseHttpUrl(text);
  if (named !== undefined) return named.host === own.host ? text : undefined;
  const start = parseHttpUrl(base ?? '') ?? own;
  // A scheme that is not http, or an address without one.
  if (start.host !== own.host || text.includes('://') || text.startsWith('//')) return undefined;
  const folder = (start.path.split('?', 1)[0] ?? '').replace(/[^/]*$/, '');
  const path = text.startsWith('/') ? text : `${folder}${text}`;
  const absolute = `${start.scheme}://${uriHost(start.host)}:${start.port}${path}`;
  return parseHttpUrl(absolute) === undefined ? undefined : absolute;
}

/**
 * Reads everything that a gateway tells of its holes. Both ways of listing are asked and joined:
 * in miniupnpd they give different answers (github.com/miniupnp/miniupnp, issue 462).
 */
export function* auditIgd(services: readonly IgdService[]): IgdAudit {
  const facts: Fact[] = [];
  const list = new MappingList();
  const outside = new Set<string>();
  for (const service of services) {
    if (service.kind === 'firewall6') {
      facts.push(...(yield* firewallStatus(service)));
      continue;
    }
    const address = yield* outsideAddress(service);
    if (address !== undefined) outside.add(address);
    if (service.lists) yield* listAll(service, address, list);
    yield* listByIndex(service, address, list);
  }
  return [
    ...[...outside].map((address) => detail(OUTSIDE, address)),
    ...facts,
    ...list.mappings,
    ...list.statement(),
  ];
}

function ask(
  { type, control }: IgdService,
  action: string,
  args: SoapRequest['args'] = [],
): IgdAsk {
  return { control, request: { service: type, action, args } };
}

function* outsideAddress(
  service: IgdService,
): Generator<IgdAsk, string | undefined, SoapMessage | undefined> {
  const answer = yield ask(service, 'GetExternalIPAddress');
  return addressOf(answer?.values.get('NewExternalIPAddress'));
}

/** WANIPv6FirewallControl:1 §2.5.1. Which pinholes there are it tells nobody. */
function* firewallStatus(service: IgdService): IgdAudit {
  const answer = yield ask(service, 'GetFirewallStatus');
  const enabled = yesNo(answer?.values.get('FirewallEnabled'));
  const allowed = yesNo(answer?.values.get('InboundPinholeAllowed'));
  return [
    ...(enabled === undefined ? [] : [detail('ipv6 firewall', enabled)]),
    ...(allowed === undefined ? [] : [detail('ipv6 pinholes allowed', allowed)]),
  ];
}

function yesNo(text: string | undefined): 'yes' | 'no' | undefined {
  if (text === '1' || text === 'true' || text === 'yes') return 'yes';
  return text === '0' || text === 'false' || text === 'no' ? 'no' : undefined;
}

/** Everybody's, not only our own (NewManage), as many as there are (NewNumberOfPorts 0). */
function* listAll(
  service: IgdService,
  outside: string | undefined,
  list: MappingList,
): Generator<IgdAsk, void, SoapMessage | undefined> {
  for (const protocol of ['TCP', 'UDP']) {
    const answer = yield ask(service, 'GetListOfPortMappings', [
      ['NewStartPort', '0'],
      ['NewEndPort', '65535'],
      ['NewProtocol', protocol],
      ['NewManage', '1'],
      ['NewNumberOfPorts', '0'],
    ]);
    const text = answer?.values.get('NewPortListing') ?? '';
    for (const values of records(text, 'PortMappingEntry')) list.add(values, outside);
  }
}

/** One after the other until there is none (713, SpecifiedArrayIndexInvalid). */
function* listByIndex(
  service: IgdService,
  outside: string | undefined,
  list: MappingList,
): Generator<IgdAsk, void, SoapMessage | undefined> {
  let repeats = 0;
  let before = '';
  for (let index = 0; index < MAPPINGS_CAP; index += 1) {
    const answer = yield ask(service, 'GetGenericPortMappingEntry', [
      ['NewPortMappingIndex', String(index)],
    ]);
    if (answer === undefined || answer.fault !== undefined || answer.values.size === 0) {
      // Some say 714 (NoSuchEntryInArray) or 402 (Invalid Args) behind the last one.
      list.ended(answer?.fault === 713 || (index > 0 && answer?.fault !== undefined));
      return;
    }
    list.add(answer.values, outside);
    const now = JSON.stringify([...answer.values]);
    repeats = now === before ? repeats + 1 : 0;
    before = now;
    if (repeats >= REPEATS_CAP) break;
  }
  list.ended(false);
}

/** Mappings by what they are, whichever way they were told. */
class MappingList {
  readonly #found = new Map<string, MappingFact>();
  #whole: boolean | undefined;
  #unreadable = false;

  get mappings(): readonly MappingFact[] {
    return [...this.#found.values()];
  }

  add(values: ReadonlyMap<string, string>, outside: string | undefined): void {
    const entry = mappingEntry(values, outside);
    if (entry === 'unreadable') this.#unreadable = true;
    if (typeof entry === 'string') return;
    const { transport, outsidePort, insideAddress, insidePort, remoteHost = '' } = entry;
    const key = [transport, outsidePort, remoteHost, insideAddress, insidePort].join(' ');
    if (this.#found.size >= 2 * MAPPINGS_CAP) this.#unreadable = true;
    else if (!this.#found.has(key)) this.#found.set(key, entry);
  }

  /** Whether a list went to its end: one that did not makes the whole not whole. */
  ended(whole: boolean): void {
    this.#whole = whole && this.#whole !== false;
  }

  /** Nothing where no list was given at all. */
  statement(): readonly Fact[] {
    const { size } = this.#found;
    if (this.#whole === undefined || (!this.#whole && size === 0)) return [];
    const whole = this.#whole && !this.#unreadable;
    return [detail(LISTING, `${whole ? 'all' : 'not all'} ${size}`)];
  }
}
