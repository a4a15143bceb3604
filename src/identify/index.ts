import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import type { Evidence } from '../model/evidence.ts';
import { banner } from './banner.ts';
import { category, categoryFrom } from './category.ts';
import { dhcp } from './dhcp.ts';
import { hostname } from './hostname.ts';
import { http } from './http.ts';
import type { Conclusion, Identifier, IdentifyTools } from './identifier.ts';
import { mdns } from './mdns.ts';
import { oui } from './oui.ts';
import { protocol } from './protocol.ts';
import { randomMac } from './random-mac.ts';
import { snmp } from './snmp.ts';
import { ssdp } from './ssdp.ts';
import { ssh } from './ssh.ts';
import { tls } from './tls.ts';
import { userAgent } from './user-agent.ts';

export const identifiers: Registry<Identifier> = registry([
  oui,
  randomMac,
  mdns,
  ssdp,
  http,
  tls,
  snmp,
  ssh,
  banner,
  dhcp,
  userAgent,
  protocol,
  hostname,
  category,
]);

const NOTHING: readonly Conclusion[] = [];

/** Everything that one piece of evidence says about what the device is; most says nothing. */
export function conclusionsOf(evidence: Evidence, tools: IdentifyTools): readonly Conclusion[] {
  const direct: Conclusion[] = [];
  for (const identifier of identifiers.all) {
    for (const conclusion of identifier.conclude(evidence, tools)) direct.push(conclusion);
  }
  if (direct.length === 0) return NOTHING;
  return [
    ...direct,
    ...direct.flatMap(({ name, value, certainty }) => categoryFrom(name, value, certainty)),
  ];
}
