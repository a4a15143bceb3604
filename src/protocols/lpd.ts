import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { likely, proved, speaks, undecided } from './shared/facts.ts';
import { parseLine, textOf } from './shared/text.ts';

const DEPTH = 128;
/** Codes of a daemon's command and of a job's subcommands (RFC 1179 §5.2, §6.2, §6.3). */
const RECEIVE_JOB = 2;
const CONTROL_FILE = 2;
const DATA_FILE = 3;

/** There is no probe: a printer's spooler is left alone. A job that others send is recognised. */
export const lpd = {
  id: 'lpd',
  title: 'LPD (printing)',
  ports: [{ port: 515, over: 'tcp', iana: 'printer' }],
  sources: ['RFC 1179 §5, §6'],
  depth: DEPTH,
  fragile: true,
  recognise,
} as const satisfies Protocol;

/**
 * Code 2 and a queue, each answered by a byte of 0, then the control file or the data file of a job.
 * One line of the client alone is little, so it takes both to be sure.
 */
function recognise(first: FirstBytes): Recognition {
  if (first.server.some((byte) => byte !== 0)) return NO;
  const job = parseJob(first.client);
  if (job.kind === 'bad') return NO;
  if (job.kind === 'more') return undecided(first, DEPTH);
  return first.server.length >= 2 ? proved([speaks('lpd')]) : likely([speaks('lpd')]);
}

/** The queue of a job, and the announcement of its first file with its name (§6.2, §6.3). */
function parseJob(bytes: Uint8Array): Parsed<string> {
  if (begins(bytes, [RECEIVE_JOB]) === 'no') return bad('no job');
  const queue = parseLine(bytes.subarray(1), 64);
  if (queue.kind !== 'ok') {
    return queue.kind === 'more' && /^[\w.@/ -]*$/.test(textOf(bytes.subarray(1)))
      ? MORE
      : NO_QUEUE;
  }
  if (!/^[\w.@/ -]+$/.test(queue.value)) return NO_QUEUE;
  const rest = bytes.subarray(1 + queue.size);
  const [kind] = rest;
  if (kind !== undefined && kind !== CONTROL_FILE && kind !== DATA_FILE) return bad('no file');
  const name = textOf(rest.subarray(1), 20);
  if (/^\d{1,9} [cd]fA\d{3}/.test(name)) {
    return { kind: 'ok', value: queue.value, size: bytes.length };
  }
  return /^\d{0,9}(?: (?:[cd](?:f(?:A\d{0,3})?)?)?)?$/.test(name) ? MORE : bad('no name of a file');
}

const NO_QUEUE = bad('no name of a queue');
