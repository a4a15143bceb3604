import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { sshFields } from './fields/lines.ts';
import type { Dialogue, FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, join, NOTHING, u32 } from './shared/bytes.ts';
import { eitherSide } from './shared/either.ts';
import { attribute, detail, likely, proved, speaks } from './shared/facts.ts';
import { parseLine } from './shared/text.ts';

/** Bytes of an identification with its CR LF (RFC 4253 §4.2). */
const IDENTIFICATION_CAP = 255;
/** Bytes of a KEXINIT that are awaited; the longest lists in use are about 2 KiB. */
const KEXINIT_CAP = 16_384;
const MSG_DISCONNECT = 1;
const MSG_KEXINIT = 20;
/** SSH_DISCONNECT_BY_APPLICATION (RFC 4253 §11.1). */
const BY_APPLICATION = 11;
const OWN_IDENTIFICATION = 'SSH-2.0-portolan\r\n';

export interface Identification {
  /** `2.0`; `1.99` is a server that also speaks version 1 (RFC 4253 §5.1). */
  readonly protocol: string;
  readonly software: string;
  readonly comments: string;
}

/** The lists of a KEXINIT that say something about strength. */
export interface Algorithms {
  readonly keyExchange: readonly string[];
  readonly hostKeys: readonly string[];
  /** Ciphers from server to client. */
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
}

export const ssh = {
  id: 'ssh',
  title: 'SSH',
  ports: [
    { port: 22, over: 'tcp', iana: 'ssh' },
    { port: 2222, over: 'tcp' },
    { port: 22222, over: 'tcp' },
  ],
  sources: ['RFC 4253', 'RFC 9142 (key exchange)', 'RFC 8758 (RC4)', 'RFC 8332 (ssh-rsa)'],
  depth: IDENTIFICATION_CAP,
  recognise,
  overhear,
  fields: sshFields,
  probe: { impact: 'listens', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const ours = parseIdentification(client);
  const theirs = parseIdentification(server);
  if (ours.kind === 'bad' || theirs.kind === 'bad') return NO;
  if (theirs.kind === 'ok') {
    const facts = factsOf(theirs.value);
    return ours.kind === 'ok' ? proved(facts) : likely(facts);
  }
  return ours.kind === 'ok' ? likely([speaks('ssh', ours.value.protocol)]) : WAIT;
}

/** A server may say other lines before (RFC 4253 §4.2), of any number: its client is enough. */
function overhear(heard: Overheard): Recognition {
  const isIts = (bytes: Uint8Array): boolean => parseIdentification(bytes).kind === 'ok';
  return eitherSide(heard, isIts, [speaks('ssh')]);
}

/** Waits to be greeted, greets, reads which algorithms are on offer, and takes leave. */
function* dialogue(): Dialogue {
  const greeting = yield {
    send: NOTHING,
    complete: (received) => parseIdentification(received).kind !== 'more',
  };
  const identification = parseIdentification(greeting);
  if (identification.kind !== 'ok') return [];

  const facts = factsOf(identification.value);
  if (identification.value.protocol === '1.5') return facts; // Version 1 has no KEXINIT.
  const early = greeting.subarray(identification.size);
  const whole = (received: Uint8Array): Uint8Array =>
    early.length === 0 ? received : join(early, received);
  const answer = yield {
    send: ascii(OWN_IDENTIFICATION),
    complete: (received) => parseKexInit(whole(received)).kind !== 'more',
  };
  const algorithms = parseKexInit(whole(answer));
  yield { send: disconnect(), complete: () => true };
  return algorithms.kind === 'ok' ? [...facts, ...strengthOf(algorithms.value)] : facts;
}

/**
 * RFC 4253 §4.2. It lets a server send other lines first; these are not accepted, since only
 * tarpits are known to use them, and what begins with them stays unknown.
 */
export function parseIdentification(bytes: Uint8Array): Parsed<Identification> {
  const start = new Reader(bytes).text(Math.min(bytes.length, 4));
  if (!'SSH-'.startsWith(start)) return bad('it does not begin with SSH-');
  const line = parseLine(bytes, IDENTIFICATION_CAP);
  if (line.kind !== 'ok') return line;
  const match = /^SSH-([12]\.\d{1,2})-([\x21-\x7e]+)(?: (.*))?$/.exec(line.value);
  if (match === null) return bad('the identification has another form');
  const [, protocol = '', software = '', comments = ''] = match;
  return { kind: 'ok', value: { protocol, software, comments }, size: line.size };
}

/** RFC 4253 §6 and §7.1: one packet in the clear whose payload is a KEXINIT. */
export function parseKexInit(bytes: Uint8Array): Parsed<Algorithms> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const padding = reader.u8();
  const type = reader.u8();
  if (reader.failed) return MORE;
  if (type !== MSG_KEXINIT || length > KEXINIT_CAP || padding + 1 > length) {
    return bad('the first packet is no KEXINIT');
  }
  if (bytes.length < length + 4) return MORE;
  reader.skip(16); // The cookie.
  const keyExchange = nameList(reader);
  const hostKeys = nameList(reader);
  nameList(reader);
  const ciphers = nameList(reader);
  nameList(reader);
  const macs = nameList(reader);
  if (reader.failed || reader.offset > length + 4) return bad('a list runs over the end');
  return { kind: 'ok', value: { keyExchange, hostKeys, ciphers, macs }, size: length + 4 };
}

/** RFC 4251 §5. */
function nameList(reader: Reader): readonly string[] {
  const text = reader.text(reader.u32());
  return text === '' ? [] : text.split(',');
}

function disconnect(): Uint8Array {
  const text = 'seen enough';
  const payload = join(
    [MSG_DISCONNECT],
    u32(BY_APPLICATION),
    u32(text.length),
    text,
    u32(0), // No language tag.
  );
  // At least 4 bytes of padding, and the whole a multiple of 8 (RFC 4253 §6).
  const padding = 8 - ((payload.length + 5) % 8) + (8 - ((payload.length + 5) % 8) < 4 ? 8 : 0);
  return join(u32(payload.length + padding + 1), [padding], payload, new Uint8Array(padding));
}

/**
 * What may no longer be offered: RFC 9142 §4 (key exchange: SHOULD NOT and MUST NOT), RFC 8758
 * (RC4), RFC 8332 §1 (ssh-rsa signs with SHA-1), FIPS 186-5 (DSA withdrawn), RFC 6151 (MD5),
 * NIST SP 800-131A r2 (3DES). CBC modes: US-CERT VU#958563.
 */
const WEAK =
  /^(?:diffie-hellman-group1-sha1|diffie-hellman-group-exchange-sha1|rsa1024-sha1|gss-group1-sha1-.*|gss-gex-sha1-.*|ssh-dss|ssh-rsa|arcfour.*|3des-.*|des-.*|blowfish-cbc|cast128-cbc|aes(?:128|192|256)-cbc|hmac-md5.*|none)$/;

/** Names of weak algorithms on offer, each once. */
export function weakAlgorithms(algorithms: Algorithms): readonly string[] {
  const { keyExchange, hostKeys, ciphers, macs } = algorithms;
  return [...new Set([...keyExchange, ...hostKeys, ...ciphers, ...macs])].filter(
    (name) => name.length <= 64 && WEAK.test(name),
  );
}

function strengthOf(algorithms: Algorithms): readonly Fact[] {
  const weak = weakAlgorithms(algorithms);
  const facts = [detail('host key algorithms', algorithms.hostKeys.join(','))];
  return weak.length === 0 ? facts : [...facts, detail('weak algorithms', weak.join(','))];
}

function factsOf({ protocol, software, comments }: Identification): readonly Fact[] {
  return [
    speaks('ssh', protocol),
    detail('software', comments === '' ? software : `${software} ${comments}`),
    ...ORIGINS.filter(({ sign }) => sign.test(`${software} ${comments}`)).map(({ name, value }) =>
      attribute(name, value),
    ),
  ];
}

/** Makers that put their own name there, as their packages and manuals show it. */
const ORIGINS = [
  { sign: / Debian-/, name: 'os', value: 'Debian' },
  { sign: / Raspbian-/, name: 'os', value: 'Raspbian' },
  { sign: / Ubuntu-/, name: 'os', value: 'Ubuntu' },
  { sign: / FreeBSD-/, name: 'os', value: 'FreeBSD' },
  { sign: / NetBSD_Secure_Shell/, name: 'os', value: 'NetBSD' },
  { sign: /^OpenSSH_for_Windows_/, name: 'os', value: 'Windows' },
  { sign: /^ROSSSH /, name: 'os', value: 'RouterOS' },
  { sign: /^ROSSSH /, name: 'vendor', value: 'MikroTik' },
  { sign: /^Cisco-/, name: 'vendor', value: 'Cisco' },
  { sign: /^HUAWEI-/, name: 'vendor', value: 'Huawei' },
] as const;
