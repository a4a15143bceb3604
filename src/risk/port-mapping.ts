import { utcText } from '../base/instant.ts';
import { quote } from '../base/untrusted.ts';
import type { Severity } from '../model/core.ts';
import type { MappingVia } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';
import type { JudgeSubject, RiskRule, SiteContext, SiteJudgement } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';
import type { Mapping } from './shared/mappings.ts';
import { mappingsOf, stands, tellsOfMappings } from './shared/mappings.ts';
import { removalOf } from './shared/remove-mapping.ts';
import { CONTROL, DEBUG } from './shared/roles.ts';

export const portMapping = {
  id: 'port-mapping',
  title: 'A device inside can be reached from the internet',
  threat: 'unauthorised-access',
  sources: [
    'RFC 6886 (2013-04) §1 NAT-PMP, RFC 6887 (2013-04) §1 PCP',
    'UPnP Forum, WANIPConnection:2 (2010-09-10) §2.4.16 AddPortMapping',
    'UPnP Forum, WANIPv6FirewallControl:1 (2010-12-10) §2.5.3 AddPinhole',
    'NIST IR 8228 (2019-06), risks of IoT devices',
  ],
  clauses: ATTACK_SURFACE,
  checkSite,
} as const satisfies RiskRule;

/** One finding a hole, whoever told of it: at the router where that is known, else at the device inside. */
function checkSite({ at, subjects }: SiteContext): readonly SiteJudgement[] {
  const evidence = subjects
    .flatMap((subject) => subject.evidence.filter(tellsOfMappings))
    .sort((a, b) => a.at - b.at || a.id - b.id);
  const places = new Places(subjects);
  return mappingsOf(evidence)
    .filter((mapping) => stands(mapping, at))
    .flatMap((mapping) => judgementOf(mapping, places) ?? []);
}

/** Devices by their addresses. */
class Places {
  readonly #byAddress = new Map<string, JudgeSubject>();

  constructor(subjects: readonly JudgeSubject[]) {
    for (const subject of subjects) {
      for (const address of subject.device.addresses) this.#byAddress.set(address, subject);
    }
  }

  at(address: string | undefined): JudgeSubject | undefined {
    return address === undefined ? undefined : this.#byAddress.get(address);
  }

  service({ insideAddress, insidePort, transport }: Mapping): Service | undefined {
    return this.at(insideAddress)?.services.find(
      (service) => service.port === insidePort && service.transport === transport,
    );
  }
}

function judgementOf(mapping: Mapping, places: Places): SiteJudgement | undefined {
  const { transport, router, insideAddress, requester, insidePort, outsidePort } = mapping;
  const owner = places.at(router) ?? places.at(insideAddress) ?? places.at(requester);
  if (owner === undefined) return undefined;
  const service = places.service(mapping);
  const outside = outsideText(mapping);
  return {
    device: owner.device.id,
    severity: severityOf(mapping, service),
    certainty: mapping.certainty,
    summary: `The router leads ${outside} from ${fromText(mapping)} to ${insideAddress}, port ${insidePort}${stateText(service)}; ${askedText(mapping)}${untilText(mapping)}.`,
    impact: impactOf(mapping),
    remedy: `${removalText(mapping)} Switch port mapping by UPnP, NAT-PMP and PCP off in the router, and use a VPN from outside.`,
    evidence: mapping.evidence,
    port: places.at(router) === owner ? outsidePort : insidePort,
    transport,
  };
}

/**
 * High: NAT's only protection is taken away for it, and the whole world scans. Worse where whatever
 * listens lets everybody in; less where nothing listens now, or one address outside alone may come.
 */
function severityOf({ remoteHost }: Mapping, service: Service | undefined): Severity {
  if (service?.state === 'closed' || remoteHost !== undefined) return 'medium';
  if (service?.state !== 'open') return 'high';
  const { access, protocol } = service;
  return access === 'open' || CONTROL.has(protocol) || DEBUG.has(protocol) ? 'critical' : 'high';
}

/** `tcp/8443`, `every port of tcp`, `tcp/8000-8010`. */
export function outsideText({ transport, outsidePort, outsideLast }: Mapping): string {
  if (outsidePort === 0) return `every port of ${transport}`;
  const last = outsideLast === undefined ? '' : `-${outsideLast}`;
  return `${transport}/${outsidePort}${last}`;
}

function fromText({ remoteHost }: Mapping): string {
  return remoteHost === undefined ? 'the internet' : `${remoteHost} on the internet`;
}

function stateText(service: Service | undefined): string {
  if (service === undefined) return '';
  const spoken = service.protocol === 'unknown' ? '' : ` (${service.protocol})`;
  return service.state === 'open' ? `, which is open${spoken}` : ', where nothing answers now';
}

const WAYS: Readonly<Record<MappingVia, string>> = {
  'upnp-igd': 'UPnP IGD',
  'nat-pmp': 'NAT-PMP',
  pcp: 'PCP',
  kernel: "a rule of the router's firewall",
  pinhole: 'an IPv6 pinhole',
  import: 'a list that was imported',
};

/** `upnp-igd` → `UPnP IGD`. */
export function wayText(vias: readonly MappingVia[]): string {
  return vias.map((via) => WAYS[via]).join(' and ');
}

function askedText({ requester, by, vias, firstSeen }: Mapping): string {
  const way = vias.length === 0 ? '' : ` by ${wayText(vias)}`;
  const name = quote(by, 40);
  return requester === undefined
    ? `asked for by ${name}${way}, known since ${utcText(firstSeen)}`
    : `asked for by ${requester} (${name})${way}, on ${utcText(firstSeen)}`;
}

function untilText({ until }: Mapping): string {
  if (until === undefined) return '';
  return until === 'never' ? ', without end' : `, until ${utcText(until)}`;
}

/** An IPv6 address has no NAT before it: the firewall is all that there was. */
function impactOf({ insideAddress }: Mapping): string {
  return insideAddress.includes(':')
    ? 'Anybody in the world can try the device behind this hole in the IPv6 firewall.'
    : 'Anybody in the world can try the device behind it; scanners find such a port within hours.';
}

function removalText(mapping: Mapping): string {
  const { command, where } = removalOf(mapping);
  if (command === undefined) return 'Take it away in the settings of the router.';
  // UPnP's own advice, and miniupnpd's secure_mode: a mapping is its client's alone.
  const strict =
    where === 'any computer inside'
      ? ` (a strict router takes that from ${mapping.insideAddress} only)`
      : '';
  return `Take it away with \`${command}\` on ${where}${strict}.`;
}
