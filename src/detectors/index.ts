import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { arpSpoof } from './arp-spoof.ts';
import { beaconing } from './beaconing.ts';
import { closedPort } from './closed-port.ts';
import { cryptomining } from './cryptomining.ts';
import { dataExfiltration } from './data-exfiltration.ts';
import { ddos } from './ddos.ts';
import type { Detector } from './detector.ts';
import { deviceSilent } from './device-silent.ts';
import { dga } from './dga.ts';
import { dhcpIdentity } from './dhcp-identity.ts';
import { dnsBypass } from './dns-bypass.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { hostSweep } from './host-sweep.ts';
import { icmpTunnel } from './icmp-tunnel.ts';
import { inboundProbe } from './inbound-probe.ts';
import { loginGuessing } from './login-guessing.ts';
import { malwarePropagation } from './malware-propagation.ts';
import { newDevice } from './new-device.ts';
import { newPeer } from './new-peer.ts';
import { newPort } from './new-port.ts';
import { otWrite } from './ot-write.ts';
import { plaintextCredentials } from './plaintext-credentials.ts';
import { policyViolation } from './policy-violation.ts';
import { portMapping } from './port-mapping.ts';
import { portScan } from './port-scan.ts';
import { protocolMismatch } from './protocol-mismatch.ts';
import { repeatedAccess } from './repeated-access.ts';
import { rogueDhcp } from './rogue-dhcp.ts';
import { rogueRa } from './rogue-ra.ts';
import { tlsChange } from './tls-change.ts';
import { tlsProfile } from './tls-profile.ts';
import { trend } from './trend.ts';
import { unexpectedMail } from './unexpected-mail.ts';
import { unknownDestination } from './unknown-destination.ts';
import { volumeSpike } from './volume-spike.ts';

/** Each is a file of its own. */
export const detectors: Registry<Detector> = registry([
  arpSpoof,
  beaconing,
  closedPort,
  cryptomining,
  dataExfiltration,
  ddos,
  deviceSilent,
  dga,
  dhcpIdentity,
  dnsBypass,
  dnsTunnel,
  hostSweep,
  icmpTunnel,
  inboundProbe,
  loginGuessing,
  malwarePropagation,
  newDevice,
  newPeer,
  newPort,
  otWrite,
  plaintextCredentials,
  policyViolation,
  portMapping,
  portScan,
  protocolMismatch,
  repeatedAccess,
  rogueDhcp,
  rogueRa,
  tlsChange,
  tlsProfile,
  trend,
  unexpectedMail,
  unknownDestination,
  volumeSpike,
]);
