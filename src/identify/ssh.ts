import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainName } from './details.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES = ['banner', 'sshbanner', 'ssh', 'software', 'sshsoftware', 'comment'];

/**
 * The SSH identification string: distributions put their name behind the version
 * (`SSH-2.0-OpenSSH_9.2p1 Debian-2`), and Dropbear is what small Linux systems use.
 */
export const ssh = {
  id: 'ssh',
  sources: ['RFC 4253 §4.2, identification string'],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  if (fact.kind !== 'detail' || !NAMES.includes(plainName(fact.name))) return [];
  return conclusionsFrom(reveal(fact.value), 'likely').filter(
    ({ name }) => name === 'os' || name === 'vendor',
  );
}
