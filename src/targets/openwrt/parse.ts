import { parse as parseNft } from '../nftables/parse/parse.ts';
import type { ParsedRules } from '../target.ts';
import { programOf } from './program.ts';
import { readUci } from './uci.ts';

/** The longest text that is read: 32 MiB. */
const LONGEST = 1 << 25;
/** How a ruleset begins; in UCI nothing begins like that. */
const NFT = /^table (?:inet|ip|ip6) /m;

/** Reads our table as `nft` prints it, or the firewall of a router as it stands in UCI. */
export function parse(text: string): ParsedRules {
  if (NFT.test(text)) return parseNft(text);
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const read = readUci(text);
  return read.ok ? { ok: true, ...programOf(read.sections) } : read;
}
