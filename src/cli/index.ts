import { alerts } from './alerts.ts';
import { allow } from './allow.ts';
import { analyze } from './analyze.ts';
import { apply } from './apply.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { checkLogin } from './check-login.ts';
import { claim } from './claim.ts';
import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { confirm } from './confirm.ts';
import { contain } from './contain.ts';
import { demo } from './demo.ts';
import { devices } from './devices.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { dossier } from './dossier.ts';
import { evidence } from './evidence.ts';
import { explain } from './explain.ts';
import { extcap } from './extcap.ts';
import { feed } from './feed.ts';
import { findings } from './findings.ts';
import { firewall } from './firewall.ts';
import { flows } from './flows.ts';
import { importCommand } from './import.ts';
import { ledger } from './ledger.ts';
import { metrics } from './metrics.ts';
import { mud } from './mud.ts';
import { nat } from './nat.ts';
import { notify } from './notify.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import { port } from './port.ts';
import { query } from './query.ts';
import { relay } from './relay.ts';
import { report } from './report.ts';
import { rollback } from './rollback.ts';
import { scan } from './scan.ts';
import { segment } from './segment.ts';
import { serve } from './serve.ts';
import { services } from './services.ts';
import { setup } from './setup.ts';
import { start } from './start.ts';
import { token } from './token.ts';
import { user } from './user.ts';
import { version } from './version.ts';
import { watch } from './watch.ts';

/** In the order of the help. */
export const commands: readonly Command[] = [
  start,
  scan,
  analyze,
  watch,
  serve,
  demo,
  doctor,
  devices,
  services,
  ledger,
  findings,
  alerts,
  flows,
  query,
  nat,
  diff,
  evidence,
  explain,
  port,
  claim,
  dossier,
  feed,
  policy,
  allow,
  mud,
  segment,
  plan,
  apply,
  confirm,
  rollback,
  contain,
  firewall,
  relay,
  report,
  importCommand,
  notify,
  check,
  metrics,
  checkLogin,
  user,
  token,
  audit,
  backup,
  setup,
  extcap,
  config,
  completion(() => commands),
  version,
];
