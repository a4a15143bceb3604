import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { probeFeatures } from '../io/apply/features.ts';
import { STATE_FOLDER } from '../io/apply/local-host.ts';
import { findProgram } from '../io/capture/find-program.ts';
import { capabilities } from '../io/capture/rights.ts';
import { isLoadedAtBoot } from './firewall-boot.ts';

/** One line of what `doctor` says. */
interface Line {
  readonly what: string;
  readonly works: boolean;
  readonly fact: string;
  readonly fix: string;
}

/** CAP_NET_ADMIN (capabilities(7)) */
const NET_ADMIN = 1n << 12n;

const TOOLS: readonly (readonly [name: string, purpose: string, fix: string])[] = [
  ['nft', 'enforcing on this machine', 'sudo apt install nftables'],
  ['conntrack', 'ending connections that are denied', 'sudo apt install conntrack'],
  ['iptables', 'reading rules of others', 'sudo apt install iptables'],
  ['ssh', 'enforcing on a router', 'sudo apt install openssh-client'],
];

/** Whether a policy could be put in force from here, and what it takes. */
export async function firewallChecks(): Promise<readonly Line[]> {
  return [right(), await features(), boot(), ...TOOLS.map((tool) => toolLine(...tool))];
}

/** What was confirmed, and is gone with the next restart. */
function boot(): Line {
  const isKept = existsSync(join(STATE_FOLDER, 'confirmed.nft'));
  const works = !isKept || isLoadedAtBoot();
  const loaded = isLoadedAtBoot()
    ? 'a unit loads them'
    : 'none were confirmed here, as far as this account sees';
  return {
    what: 'Rules that were confirmed are loaded at boot',
    works,
    fact: works ? loaded : 'no unit loads them: a restart takes them away',
    fix: works ? '' : 'sudo portolan setup firewall --apply',
  };
}

function right(): Line {
  const works = (capabilities() & NET_ADMIN) !== 0n;
  return {
    what: "The right to change this machine's firewall",
    works,
    fact: works
      ? 'given; the helper that holds it gets no other'
      : 'this account has not CAP_NET_ADMIN; it can plan, and apply to a router by ssh',
    fix: works ? '' : 'sudo portolan apply',
  };
}

async function features(): Promise<Line> {
  const what = 'What our rules need of the kernel (tried in a network of its own)';
  const { missing, why } = await probeFeatures();
  if (missing === undefined) {
    return { what, works: false, fact: `not tried: ${why ?? ''}`, fix: 'sudo portolan doctor' };
  }
  const works = missing.length === 0;
  return {
    what,
    works,
    fact: works ? 'all there' : `the kernel lacks: ${missing.join(', ')}`,
    fix: works ? '' : 'leave what needs it out of the policy, or use a kernel that has it',
  };
}

function toolLine(name: string, purpose: string, fix: string): Line {
  const place = findProgram(name);
  const works = place !== undefined;
  const fact = place ?? 'not installed, or not for this account';
  return { what: `${name}: ${purpose}`, works, fact, fix: works ? '' : fix };
}
