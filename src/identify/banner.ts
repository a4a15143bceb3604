import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainName } from './details.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES: ReadonlySet<string> = new Set(['banner', 'product', 'servername']);

/**
 * What a device says before anybody asked: FTP, Telnet and mail servers greet with their maker and
 * model, and SIP devices name their product.
 */
export const banner = {
  id: 'banner',
  sources: [
    'RFC 959 §5.4 (FTP reply 220), RFC 5321 §4.3.1 (SMTP greeting), RFC 3261 §20.35 and §20.41 (SIP)',
  ],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  if (fact.kind !== 'detail' || !NAMES.has(plainName(fact.name))) return [];
  return conclusionsFrom(reveal(fact.value), 'likely');
}
