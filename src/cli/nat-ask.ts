import { formatAddress, isPrivate, parseAddress, single } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { portsOf } from '../base/port-set.ts';
import { reveal, untrusted } from '../base/untrusted.ts';
import { importers } from '../importers/index.ts';
import { loadConfig } from '../io/config.ts';
import { defaultRouter } from '../io/discover/default-router.ts';
import { links } from '../io/discover/interfaces.ts';
import { readLocalRules } from '../io/scan/local-rules.ts';
import { formatRange } from '../io/scan/ranges.ts';
import type { ScanPlan } from '../io/scan/scan-types.ts';
import { checkTargets, scopeOf } from '../io/scan/scope.ts';
import { startScan } from '../io/scan/start.ts';
import { ranges } from '../io/site/scan-plan.ts';
import type { Session } from '../io/site/session.ts';
import type { Fact, NewEvidence } from '../model/evidence.ts';
import { LISTING } from '../protocols/shared/upnp-igd.ts';
import { Progress } from './progress.ts';
import type { Shell } from './shell.ts';

/** SSDP, which leads to UPnP; NAT-PMP and PCP. */
const PORTS = [1900, 5351];
/** Problems that are printed one by one. */
const SHOWN = 5;

/**
 * A scan of one device and two ports, with all that a scan keeps to: scope, pace, record.
 *
 * @returns 0, or 5 where it was interrupted
 * @throws PortolanError E_SCOPE where the router is not on a network of ours
 */
export async function askRouter(
  shell: Shell,
  session: Session,
  named: string | undefined,
): Promise<number> {
  const plan = await planOf(shell, named);
  const { store, engine } = session;
  const progress = new Progress(shell);
  const facts: Fact[] = [];
  const record = await startScan(plan, {
    signal: shell.stop,
    evidence: (evidence) => {
      facts.push(...session.add(evidence).map(({ fact }) => fact));
    },
    progress: (state) => progress.show(state),
    note: (text) => progress.note(text),
    checkpoint: () => {},
    known: (address) => engine.known(address),
    saved: (scan) => store.saveScan(scan),
  });
  progress.end();
  sayWhatIsKnown(shell, plan.targets.map(formatRange).join(), facts);
  return record.outcome === 'complete' ? 0 : 5;
}

/** No hole in the list and no list are two things. */
function sayWhatIsKnown(shell: Shell, router: string, facts: readonly Fact[]): void {
  const listings = facts.flatMap((fact) =>
    fact.kind === 'detail' && fact.name === LISTING ? [reveal(fact.value)] : [],
  );
  const spoken = facts.flatMap((fact) => (fact.kind === 'speaks' ? [fact.protocol] : []));
  if (listings.some((text) => text.startsWith('all '))) return;
  if (listings.length > 0) shell.warn(`${router} did not list all of its port mappings`);
  else if (spoken.includes('nat-pmp') || spoken.includes('pcp')) {
    shell.warn(
      `${router} makes holes by NAT-PMP or PCP, which cannot list them: they are seen in traffic (portolan watch) or in its own rules (portolan import)`,
    );
  } else {
    shell.warn(`${router} answered neither UPnP nor NAT-PMP: which holes it has is not known`);
  }
}

async function planOf(shell: Shell, named: string | undefined): Promise<ScanPlan> {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const router = parseAddress(named ?? (await defaultRouter()) ?? '');
  if (router === undefined) {
    const what =
      named === undefined ? 'This machine has no default route' : `"${named}" is no address`;
    throw new PortolanError('E_TARGET', what, {
      remedy: 'Name the router: portolan nat --ask 192.168.1.1',
    });
  }
  const wanted = await ranges(settings.scope);
  const whole = scopeOf({ wanted, exclude: await ranges(settings.never_touch) });
  const target = single(router);
  checkTargets([target], whole);
  const address = formatAddress(router);
  return {
    id: shortId('S', `nat ${shell.now()} ${process.pid}`),
    targets: [target],
    // Nobody else is looked at, whoever answers.
    scope: { ...whole, ranges: [target], allows: (text) => text === address && whole.allows(text) },
    tcp: portsOf([]),
    udp: portsOf(PORTS),
    pace: settings.pace,
    assumeUp: false,
    discoverOnly: false,
    read: true,
  };
}

/** A router has one address inside and one outside: the one inside is what devices know it by. */
function ownAddress(): string {
  const own = links().filter(({ loopback, family }) => !loopback && family === 4);
  return (own.find(({ network }) => isPrivate(network)) ?? own[0])?.address ?? '127.0.0.1';
}

/**
 * The rules in the kernel of this machine, as evidence about it.
 *
 * @returns 0, or 5 where a part could not be read
 */
export async function readLocal(shell: Shell, session: Session): Promise<number> {
  const router = ownAddress();
  const at = shell.now();
  const evidence: NewEvidence[] = [];
  const problems: string[] = [];
  for (const { importer, program, text } of await readLocalRules(shell.stop)) {
    const options = { at, observer: `${importer}:local`, router };
    const read = importers.get(importer)?.read(new TextEncoder().encode(text), options);
    evidence.push(...(read?.evidence ?? []));
    problems.push(...(read?.problems ?? []).map(({ why }) => `${program}: ${why}`));
  }
  const mappings = evidence.filter(({ fact }) => fact.kind === 'mapping').length;
  const value = untrusted(`${problems.length === 0 ? 'all' : 'not all'} ${mappings}`);
  session.add([
    ...evidence,
    {
      at,
      source: 'import',
      observer: 'kernel:local',
      subject: { address: router },
      certainty: 'proved',
      fact: { kind: 'detail', name: LISTING, value },
    },
  ]);
  for (const why of problems.slice(0, SHOWN)) shell.warn(why);
  return problems.length === 0 ? 0 : 5;
}
