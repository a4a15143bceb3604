import { parseAddress, parseNetwork } from '../../base/address.ts';
import { networksOf } from '../../base/address-set.ts';
import type { Direction, Instant } from '../../model/core.ts';
import { shown } from '../schema-values.ts';
import { aceOf, aclViews, familyOf } from './extract.ts';
import { directionFault } from './initiator.ts';
import type { Ace, Mud, MudDiagnostic } from './mud.ts';
import { authorityOf } from './mud.ts';
import type { View } from './view.ts';
import { momentOf } from './yang-types.ts';

export interface Finding extends Pick<MudDiagnostic, 'level' | 'code' | 'path' | 'message'> {
  readonly at: number;
}

export interface SemanticContext {
  /** Where the file was fetched, or what the device gave as its MUD URL. */
  readonly url?: string;
  readonly now?: Instant;
}

/** Extensions that are read here, by the name that a file gives (RFC 8520 §3.9). */
const KNOWN_EXTENSIONS = ['mud-tls', 'ietf-mud-tls', 'transparency', 'bw-params', 'qos'];

/** What no YANG module sees, of the file as a whole. */
export function fileFindings(top: View, mud: View, context: SemanticContext): Finding[] {
  return [
    ...headFindings(mud, context),
    ...updateFindings(mud, context),
    ...listFindings(top, mud),
    ...mud
      .texts('extensions')
      .flatMap((name) =>
        KNOWN_EXTENSIONS.includes(name)
          ? []
          : [
              found(
                mud,
                'extensions',
                'warning',
                'unknown-extension',
                `The extension ${shown(name)} is not known here; what it adds is not looked at`,
              ),
            ],
      ),
  ];
}

function headFindings(mud: View, { url: expected }: SemanticContext): Finding[] {
  const url = mud.text('mud-url') ?? '';
  const authority = authorityOf(url);
  const signature = mud.text('mud-signature');
  const version = mud.number('mud-version') ?? 1;
  const findings: Finding[] = [];
  if (version !== 1) {
    const why = `Version ${version} of MUD is not known; the standard is version 1`;
    findings.push(found(mud, 'mud-version', 'error', 'version', why));
  }
  if (authority === undefined) {
    const why = `The MUD URL ${shown(url)} is not https, so nobody vouches for it (RFC 8520 §7)`;
    findings.push(found(mud, 'mud-url', 'error', 'url-not-https', why));
  }
  if (expected !== undefined && expected !== url) {
    const why = `The file calls itself ${shown(url)}, and came from ${shown(expected)}`;
    findings.push(found(mud, 'mud-url', 'error', 'url-mismatch', why));
  }
  if (signature !== undefined && authorityOf(signature) !== authority) {
    const why = `The signature is at ${shown(signature)}, which is not the MUD URL’s own authority`;
    findings.push(found(mud, 'mud-signature', 'warning', 'signature-off-authority', why));
  }
  return findings;
}

function updateFindings(mud: View, { now }: SemanticContext): Finding[] {
  const at = momentOf(mud.text('last-update') ?? '') ?? 0;
  const findings: Finding[] = [];
  if (now !== undefined && at > now) {
    const why = 'The last update lies in the future, so the file would never be looked for again';
    findings.push(found(mud, 'last-update', 'warning', 'future-update', why));
  }
  if (!mud.isTrue('is-supported')) {
    const why = 'The maker no longer supports this device';
    findings.push(found(mud, 'is-supported', 'warning', 'unsupported-device', why));
  }
  for (const name of ['firmware-rev', 'software-rev']) {
    if (!mud.has(name)) continue;
    const why = `"${name}" must not be there where the device can be updated and its URL cannot (RFC 8520 §3.12)`;
    findings.push(found(mud, name, 'warning', 'revision', why));
  }
  return findings;
}

/** ACLs and their names, in both directions. */
function listFindings(top: View, mud: View): Finding[] {
  const acls = aclViews(top);
  const names = new Set(acls.map((acl) => acl.text('name')));
  const lists = [...listsOf(mud, 'from-device'), ...listsOf(mud, 'to-device')];
  const used = new Set(lists.map((list) => list.text('name')));
  return [
    ...lists
      .filter((list) => !names.has(list.text('name')))
      .map((list) => {
        const why = `There is no ACL ${shown(list.text('name') ?? '')}`;
        return found(list, 'name', 'error', 'acl-missing', why);
      }),
    ...acls.flatMap((acl) => aclFindings(acl, used.has(acl.text('name')))),
  ];
}

function aclFindings(acl: View, isUsed: boolean): Finding[] {
  const name = shown(acl.text('name') ?? '');
  const unused = `No policy names the ACL ${name}, so it has no effect`;
  const type = `The ACL ${name} is neither of IPv4 nor of IPv6, and nothing of it is taken`;
  return [
    ...(isUsed ? [] : [found(acl, 'name', 'warning', 'acl-unreferenced', unused)]),
    ...(familyOf(acl) === undefined ? [found(acl, 'type', 'error', 'acl-type', type)] : []),
  ];
}

function listsOf(mud: View, direction: Direction): readonly View[] {
  return mud.map(`${direction}-policy`)?.map('access-lists')?.list('access-list') ?? [];
}

/** What no YANG module sees, of each ACE of the ACLs that a direction names. */
export function aceFindings(top: View, mud: View): Finding[] {
  const acls = new Map(aclViews(top).map((acl) => [acl.text('name'), acl]));
  return (['from-device', 'to-device'] as const).flatMap((direction) =>
    listsOf(mud, direction).flatMap((list) => {
      const acl = acls.get(list.text('name'));
      const family = acl === undefined ? undefined : familyOf(acl);
      if (acl === undefined || family === undefined) return [];
      return (acl.map('aces')?.list('ace') ?? []).flatMap((view) =>
        findingsOf(view, aceOf(view, family), direction),
      );
    }),
  );
}

function findingsOf(view: View, ace: Ace, direction: Direction): Finding[] {
  const matches = view.map('matches');
  return [
    ...familyFindings(view, ace),
    ...protocolFindings(view, ace),
    ...nameFindings(view, ace, direction),
    ...networkFindings(view, ace, direction),
    ...widthFindings(view, ace, matches),
    ...ace.beyond.map((name) =>
      found(
        view,
        'matches',
        'warning',
        'match-not-enforceable',
        `${who(ace)} also asks for ${shown(name)}, which cannot be enforced: ${
          ace.action === 'allow' ? 'it allows nothing' : 'it denies whatever else matches'
        }`,
      ),
    ),
  ];
}

/** RFC 8519's `when` looks at the types of all ACLs: with two in a file it lets this pass. */
function familyFindings(view: View, ace: Ace): Finding[] {
  const other = ace.family === 4 ? 'ipv6' : 'ipv4';
  if (view.map('matches')?.has(other) !== true) return [];
  const why = `${who(ace)} matches ${other} in an ACL of type ipv${ace.family}`;
  return [found(view, 'matches', 'error', 'family-mismatch', why)];
}

function protocolFindings(view: View, ace: Ace): Finding[] {
  const ip = view.map('matches')?.map(`ipv${ace.family}`);
  const said = ip?.number('protocol');
  if (said === undefined || ace.layer4 === undefined) return [];
  const meant = { tcp: [6], udp: [17], icmp: [ace.family === 4 ? 1 : 58] }[ace.layer4];
  if (meant.includes(said)) return [];
  const why = `${who(ace)} asks for protocol ${said} and for ${ace.layer4}: no packet is both`;
  return [found(view, 'matches', 'error', 'protocol-mismatch', why)];
}

/** RFC 8520 §8.1: `src-dnsname` is of what comes to the device, `dst-dnsname` of what leaves it. */
function nameFindings(view: View, ace: Ace, direction: Direction): Finding[] {
  const own = direction === 'from-device' ? ace.source.name : ace.destination.name;
  const leaf = direction === 'from-device' ? 'src-dnsname' : 'dst-dnsname';
  const findings: Finding[] = [];
  if (own !== undefined) {
    const why = `${who(ace)} has a ${leaf} in the ${direction} policy: that would be the device’s own name`;
    findings.push(found(view, 'matches', 'error', 'dnsname-direction', why));
  }
  const peer = direction === 'from-device' ? ace.destination : ace.source;
  if (peer.name !== undefined && parseAddress(peer.name) !== undefined) {
    const why = `${who(ace)} gives the address ${shown(peer.name)} as a DNS name; it is taken as an address`;
    findings.push(found(view, 'matches', 'warning', 'dnsname-is-address', why));
  }
  if (peer.name !== undefined && peer.network !== undefined) {
    const why = `${who(ace)} has a DNS name and a prefix: only what is in both would match`;
    findings.push(found(view, 'matches', 'warning', 'dnsname-and-prefix', why));
  }
  return findings;
}

function networkFindings(view: View, ace: Ace, direction: Direction): Finding[] {
  const findings: Finding[] = [];
  for (const network of [ace.source.network, ace.destination.network]) {
    const proper = network === undefined ? undefined : properNetwork(network);
    if (proper === undefined || proper === network) continue;
    const why = `${who(ace)}: ${shown(network ?? '')} has host bits set; it is taken as ${proper}`;
    findings.push(found(view, 'matches', 'warning', 'host-bits', why));
  }
  const own = direction === 'from-device' ? ace.source.network : ace.destination.network;
  if (own !== undefined && !/\/0$/.test(own)) {
    const why = `${who(ace)} asks for an address of the device itself, which its maker cannot know: ${
      ace.action === 'allow' ? 'it allows nothing' : 'that is not asked'
    }`;
    findings.push(found(view, 'matches', 'warning', 'own-address', why));
  }
  return findings;
}

/** Without host bits; undefined where there are none. */
function properNetwork(text: string): string | undefined {
  const range = parseNetwork(text);
  const address = parseAddress(text.split('/', 1)[0] ?? '');
  if (range === undefined || address === undefined || address.value === range.from)
    return undefined;
  return networksOf(range)[0];
}

function widthFindings(view: View, ace: Ace, matches: View | undefined): Finding[] {
  if (ace.action !== 'allow') return [];
  const nobody = isEveryPeer(ace);
  const noPort = ace.protocol === undefined && ace.layer4 === undefined;
  if (matches === undefined || (nobody && noPort && ace.beyond.length === 0)) {
    const why = `${who(ace)} matches every packet, so it allows everything`;
    return [found(view, 'matches', 'warning', 'match-any', why)];
  }
  const ports = ace.sourcePorts.length + ace.destinationPorts.length;
  if (ace.peers.localNetworks && ports === 0 && ace.layer4 !== 'icmp') {
    const why = `${who(ace)} opens every port of every device of the site: a way for lateral movement`;
    return [found(view, 'matches', 'warning', 'local-networks-any-port', why)];
  }
  return [];
}

function isEveryPeer({ source, destination, peers }: Ace): boolean {
  const named = [source, destination].some(
    ({ network, name }) => name !== undefined || (network !== undefined && !/\/0$/.test(network)),
  );
  const { sameManufacturer, localNetworks, myController, manufacturer, model, controller } = peers;
  const classed = [manufacturer, model, controller].some((one) => one !== undefined);
  return !named && !classed && !sameManufacturer && !localNetworks && !myController;
}

/** Pairs of ACEs that contradict each other about who begins. */
export function directionFindings(mud: Mud): Finding[] {
  return directionFault(mud).map((ace) => ({
    level: 'warning',
    code: 'direction-contradiction',
    path: ace.path,
    at: ace.at,
    message: `${who(ace)} and its mirror each say that its own side begins: it is taken as the reply`,
  }));
}

function who(ace: Ace): string {
  return `The ACE ${shown(ace.name)}`;
}

function found(
  view: View,
  name: string,
  level: Finding['level'],
  code: string,
  message: string,
): Finding {
  return { level, code, ...view.placeOf(name), message };
}
