import type { Parsed } from '../base/reader.ts';
import { bad, MORE } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 512;
/** Methods of miners: of Bitcoin's pools, of Ethereum's, and of those for CryptoNote. */
const ASKED =
  /"method"\s*:\s*"(?:mining\.(?:subscribe|authorize|configure|submit|extranonce\.subscribe)|eth_submitLogin|eth_submitHashrate|login|keepalived)"/;
const LOGIN = /"method"\s*:\s*"login"/;
/** What only a miner's login has beside it. */
const MINER = /"agent"\s*:|"algo"\s*:|"rigid"\s*:/;
const ANSWERED = /"(?:id|method|result|error|jsonrpc)"\s*:/;

/** Mining of currencies, which nobody bought a device for. */
export const stratum = {
  id: 'stratum',
  title: 'Stratum (mining)',
  ports: [{ port: 3333, over: 'tcp' }],
  sources: [
    'https://en.bitcoin.it/wiki/Stratum_mining_protocol',
    'https://github.com/xmrig/xmrig-proxy/blob/master/doc/STRATUM.md',
    'https://eips.ethereum.org/EIPS/eip-1571',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseLine(first.client, isAsked),
    answered: parseLine(first.server, (text) => ANSWERED.test(text)),
    facts: (asked) => (asked === undefined ? undefined : [speaks('stratum')]),
  });
}

function isAsked(text: string): boolean {
  return ASKED.test(text) && (!LOGIN.test(text) || MINER.test(text));
}

/** An object of JSON on a line of its own. */
function parseLine(bytes: Uint8Array, isIts: (text: string) => boolean): Parsed<true> {
  const text = textOf(bytes, DEPTH);
  if (text === '') return MORE;
  if (!/^\{\s{0,8}(?:"|$)/.test(text)) return bad('no object');
  if (isIts(text)) return { kind: 'ok', value: true, size: bytes.length };
  return bytes.length < DEPTH && !text.includes('\n') ? MORE : bad('no method of a miner');
}
