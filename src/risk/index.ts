import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { adminLoginInClear } from './admin-login-in-clear.ts';
import { cleartext } from './cleartext.ts';
import { controlReachable } from './control-reachable.ts';
import { debugPort } from './debug-port.ts';
import { defaultCommunity } from './default-community.ts';
import { distressed } from './distressed.ts';
import { expiredCertificate } from './expired-certificate.ts';
import { factoryLogin } from './factory-login.ts';
import { identityConflict } from './identity-conflict.ts';
import { ipv6FirewallOff } from './ipv6-firewall-off.ts';
import { knownVulnerability } from './known-vulnerability.ts';
import { mailFromDevice } from './mail-from-device.ts';
import { notNeeded } from './not-needed.ts';
import { obscuredPort } from './obscured-port.ts';
import { openAccess } from './open-access.ts';
import { openResolver } from './open-resolver.ts';
import { portMapping } from './port-mapping.ts';
import { printerRaw } from './printer-raw.ts';
import { reflector } from './reflector.ts';
import { remoteScreen } from './remote-screen.ts';
import { remoteShell } from './remote-shell.ts';
import type { RiskRule } from './risk-rule.ts';
import { selfSigned } from './self-signed.ts';
import { sshWeakAlgorithms } from './ssh-weak-algorithms.ts';
import { unrecognisedService } from './unrecognised-service.ts';
import { upnpIgd } from './upnp-igd.ts';
import { weakKey } from './weak-key.ts';
import { weakTls } from './weak-tls.ts';
import { wrongProtocol } from './wrong-protocol.ts';

export const riskRules: Registry<RiskRule> = registry([
  adminLoginInClear,
  cleartext,
  controlReachable,
  debugPort,
  defaultCommunity,
  distressed,
  expiredCertificate,
  factoryLogin,
  identityConflict,
  ipv6FirewallOff,
  knownVulnerability,
  mailFromDevice,
  notNeeded,
  obscuredPort,
  openAccess,
  openResolver,
  portMapping,
  printerRaw,
  reflector,
  remoteScreen,
  remoteShell,
  selfSigned,
  sshWeakAlgorithms,
  unrecognisedService,
  upnpIgd,
  weakKey,
  weakTls,
  wrongProtocol,
]);
