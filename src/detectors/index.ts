import { registry } from '../base/registry.ts';
import { beaconing } from './beaconing.ts';
import { closedPort } from './closed-port.ts';
import { cryptomining } from './cryptomining.ts';
import { dataExfiltration } from './data-exfiltration.ts';
import { deviceSilent } from './device-silent.ts';
import { dga } from './dga.ts';
import { dnsBypass } from './dns-bypass.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { newDevice } from './new-device.ts';
import { newPeer } from './new-peer.ts';
import { newPort } from './new-port.ts';
import { policyViolation } from './policy-violation.ts';
import { protocolMismatch } from './protocol-mismatch.ts';
import { trend } from './trend.ts';
import { unexpectedMail } from './unexpected-mail.ts';
import { unknownDestination } from './unknown-destination.ts';
import { volumeSpike } from './volume-spike.ts';

/** Each is a file of its own. */
export const detectors = registry([
  beaconing,
  closedPort,
  cryptomining,
  dataExfiltration,
  deviceSilent,
  dga,
  dnsBypass,
  dnsTunnel,
  newDevice,
  newPeer,
  newPort,
  policyViolation,
  protocolMismatch,
  trend,
  unexpectedMail,
  unknownDestination,
  volumeSpike,
]);
