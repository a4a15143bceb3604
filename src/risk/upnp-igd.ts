import { reveal } from '../base/untrusted.ts';
import type { Service } from '../model/service.ts';
import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { ATTACK_SURFACE, AUTHENTICATION, both } from './shared/clauses.ts';
import { isKnown, judged, where } from './shared/say.ts';

export const upnpIgd = {
  id: 'upnp-igd',
  title: 'Any program inside may open the router to the internet',
  threat: 'malware',
  sources: [
    'UPnP Forum, InternetGatewayDevice:2 (2010-12-10) §2.4, no access control required',
    'CERT/CC VU#357851 (2012-10-02), UPnP requests accepted over router WAN interfaces',
  ],
  clauses: both(ATTACK_SURFACE, AUTHENTICATION),
  check,
} as const satisfies RiskRule;

const NAMES: ReadonlySet<string> = new Set(['ssdp', 'upnp', 'http', 'nat-pmp', 'pcp']);
/** NAT-PMP and PCP are for nothing else. */
const MAPPERS: ReadonlySet<string> = new Set(['nat-pmp', 'pcp']);

/** Medium: it takes a program on the inside to use it; games consoles do, and so does malware. */
function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || !NAMES.has(service.protocol)) return undefined;
  if (!MAPPERS.has(service.protocol) && !isGateway(service)) return undefined;
  return judged(context, {
    severity: 'medium',
    summary: `The router offers port mapping on ${where(service)} to everybody inside.`,
    impact:
      'A gadget or malware can make itself, or another device, reachable from the internet unasked.',
    remedy:
      'Switch UPnP port mapping, NAT-PMP and PCP off in the router, or allow them for single devices.',
  });
}

function isGateway({ details }: Service): boolean {
  return details.some(({ value }) => {
    const text = reveal(value);
    return text.includes('InternetGatewayDevice') || text.includes('WANIPConnection');
  });
}
