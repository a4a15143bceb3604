import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { AUTHENTICATION, INTEGRITY } from './shared/clauses.ts';
import { CONTROL } from './shared/roles.ts';
import { isEncrypted, isKnown, judged, titleOf, where } from './shared/say.ts';

export const controlReachable = {
  id: 'control-reachable',
  title: 'A controller takes orders from anybody who can reach it',
  threat: 'unauthorised-access',
  sources: [
    'NIST SP 800-82 Rev. 3 (2023-09), network segmentation and isolation',
    'Siemens, S7-1500 Communication Function Manual (2023-11), security measures',
    'Modbus Security Protocol Specification v21 (2018-07-24) §1, no security in Modbus/TCP',
  ],
  clauses: [...AUTHENTICATION, ...INTEGRITY],
  check,
} as const satisfies RiskRule;

/** OPC UA has users and encryption: it counts only where it let us in without. */
const HAS_SECURITY = 'opcua';

/** High: what an order does happens in the physical world. */
function check(context: ServiceContext): Judgement | undefined {
  const { service, device } = context;
  if (!isKnown(service) || isEncrypted(service.over)) return undefined;
  const open = service.protocol === HAS_SECURITY && service.access === 'open';
  const bare = CONTROL.has(service.protocol) && service.access !== 'credentials';
  if (!open && !bare) return undefined;
  const title = titleOf(context);
  return judged(context, {
    severity: 'high',
    summary: `${title} on ${where(service)} can be reached and knows no authentication.`,
    impact: `Anybody who reaches it can read the process and, by the protocol's design, change set-points or stop the ${device.category === 'industrial' ? 'machine' : 'device'}.`,
    remedy: `Let only the operator's and the engineering station reach ${where(service)}; never forward it to the internet.`,
  });
}
