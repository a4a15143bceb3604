import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 128;
/** A line of `ls -l` (POSIX.1-2017, ls, "long format"): mode, links, owner, group, size, date. */
const UNIX =
  /^[-bcdlps][-r][-w][-xsS][-rwxsStT]{6}[ .+@]\s*\d+\s+\S+\s+\S+\s+\d+\s+[A-Z][a-z]{2}\s/;
/** A line of MLSD (RFC 3659 §7.2): facts of `name=value;`, among them a type. */
const MACHINE = /^(?:[A-Za-z.-]+=[^;\r\n]*;)*[Tt]ype=(?:file|dir|cdir|pdir);/;
/** What stands above the lines of a long format. */
const TOTAL = /^total \d+\r?\n/;

/**
 * What comes over FTP's second connection has no grammar of its own, unless it is a listing. The
 * usual case, a file, is known only from the first connection, which names the port.
 */
export const ftpData = {
  id: 'ftp-data',
  title: 'FTP (data)',
  ports: [{ port: 20, over: 'tcp', iana: 'ftp-data' }],
  sources: ['RFC 959 §3.2', 'RFC 3659 §7', 'POSIX.1-2017 ls'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

/** One side sends the listing and the other nothing: that is its grammar. */
function recognise({ client, server }: FirstBytes): Recognition {
  if (client.length > 0) return NO;
  const listing = parseListing(server);
  if (listing.kind === 'bad') return NO;
  return listing.kind === 'ok' ? proved([speaks('ftp-data')]) : { kind: 'more' };
}

function parseListing(bytes: Uint8Array): Parsed<true> {
  const text = textOf(bytes, DEPTH).replace(TOTAL, '');
  if (UNIX.test(text) || MACHINE.test(text)) return { kind: 'ok', value: true, size: text.length };
  const open = /^(?:[-bcdlps][-r]|[A-Za-z.-]+=|total)/.test(text) || text.length < 6;
  return open && bytes.length < DEPTH && !text.includes('\n') ? MORE : bad('no listing');
}
