import type { Access } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { NOTHING } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import { isReadable, TEXT_CAP, textOf } from './shared/text.ts';

const IAC = 255;
const SB = 250;
const SE = 240;
const WILL = 251;
const WONT = 252;
const DO = 253;
const DONT = 254;
/** SUPPRESS-GO-AHEAD (RFC 858): the option that every server knows. */
const SUPPRESS_GO_AHEAD = 3;
/** The highest option that IANA assigned besides 138-140 and 255, and that servers use. */
const LAST_OPTION = 49;
/** Rounds of negotiation that are answered: a server that keeps asking is left. */
const ROUNDS = 4;
/** Requests of one round that are answered; there are no more options than these. */
const REPLIES_CAP = 64;

interface Request {
  readonly verb: number;
  readonly option: number;
}

/** What a server said: its requests, and the text around them. */
export interface Screen {
  /** DO and WILL with their option, in order. */
  readonly requests: readonly Request[];
  readonly text: string;
  /** An IAC was followed by what no command is. */
  readonly broken: boolean;
}

export const telnet = {
  id: 'telnet',
  title: 'Telnet',
  ports: [
    { port: 23, over: 'tcp', iana: 'telnet' },
    { port: 2323, over: 'tcp' },
    { port: 992, over: 'tls', iana: 'telnets' },
  ],
  sources: ['RFC 854', 'RFC 855', 'RFC 858', 'RFC 1143', 'IANA telnet-options'],
  depth: 64,
  recognise,
  probe: { impact: 'listens', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = negotiates(client, [WILL, WONT, DO, DONT]);
  const answered = negotiates(server, OPENERS);
  if (asked === 'no' || answered === 'no') return NO;
  if (asked === 'yes' && answered === 'yes') return proved([speaks('telnet')]);
  if (asked === 'yes' || answered === 'yes') return likely([speaks('telnet')]);
  return WAIT;
}

/** With what a server begins: there is nothing yet that it could refuse (UTF-16 begins with DONT). */
const OPENERS = [WILL, DO];

/** Whether the first bytes are an IAC, one of these verbs, and an option that exists. */
function negotiates(bytes: Uint8Array, verbs: readonly number[]): 'yes' | 'no' | 'more' {
  const [iac, verb, option] = bytes;
  if (iac === undefined) return 'more';
  if (iac !== IAC) return 'no';
  if (verb === undefined) return 'more';
  if (!verbs.includes(verb)) return 'no';
  if (option === undefined) return 'more';
  return isOption(option) && !readScreen(bytes).broken ? 'yes' : 'no';
}

/**
 * Waits to be spoken to and refuses every option, so that nothing is turned on. No line is ever
 * sent: whoever is asked for a name or a password says nothing and leaves.
 */
function* dialogue(): Dialogue {
  let received = yield { send: NOTHING, complete: isWaiting };
  if (received[0] !== IAC) return yield* askOneOption(readScreen(received).text);
  if (negotiates(received, OPENERS) !== 'yes') return [];

  let text = '';
  for (let round = 0; round < ROUNDS && received.length > 0; round += 1) {
    const screen = readScreen(received);
    if (screen.broken) return [];
    text += screen.text;
    if (promptOf(text) !== undefined) break;
    received = yield { send: refusals(screen), complete: isWaiting };
  }
  return isReadable(text) ? factsOf(text) : [speaks('telnet')];
}

/**
 * Where there is only a prompt, one option is asked for: a Telnet server must answer that (RFC 854,
 * "Option negotiation"); anything else shows it on the line or ignores it.
 */
function* askOneOption(text: string): Dialogue {
  if (promptOf(text) === undefined) return [];
  const ask = Uint8Array.of(IAC, DO, SUPPRESS_GO_AHEAD);
  const answer = yield { send: ask, complete: (bytes) => bytes.length >= 3 };
  return answersOption(answer) ? factsOf(text + readScreen(answer).text) : [];
}

/** A server that waits has ended with a prompt; one that goes on is cut off at the cap. */
function isWaiting(received: Uint8Array): boolean {
  if (received.length >= TEXT_CAP) return true;
  return promptOf(readScreen(received.subarray(-PROMPT_CAP)).text) !== undefined;
}

function answersOption(answer: Uint8Array): boolean {
  const [iac, verb, option] = answer;
  return iac === IAC && (verb === WILL || verb === WONT) && option === SUPPRESS_GO_AHEAD;
}

/** Takes commands and subnegotiations out of the first bytes of a stream. */
export function readScreen(bytes: Uint8Array): Screen {
  const heard = bytes.subarray(0, TEXT_CAP);
  const requests: Request[] = [];
  const text: number[] = [];
  let at = 0;
  let broken = false;
  while (at < heard.length && !broken) {
    const byte = heard[at] ?? 0;
    const size = byte === IAC ? sizeOfCommand(heard, at) : 1;
    if (size === 1 && byte !== 0) text.push(byte); // A bare CR is sent as CR NUL (RFC 854).
    broken = size === 0;
    requests.push(...requestAt(heard, at, size));
    at += size;
  }
  return { requests, text: textOf(Uint8Array.from(text)), broken };
}

function requestAt(bytes: Uint8Array, at: number, size: number): readonly Request[] {
  const verb = bytes[at + 1];
  const option = bytes[at + 2];
  if (size !== 3 || option === undefined || (verb !== DO && verb !== WILL)) return [];
  return [{ verb, option }];
}

/** Bytes of the command that begins with the IAC at `at`; 0 for what no command is. */
function sizeOfCommand(bytes: Uint8Array, at: number): number {
  const verb = bytes[at + 1];
  if (verb === undefined || verb === IAC) return 2; // A doubled IAC is the byte 255, and no text.
  if (verb < SE) return 0;
  if (verb >= WILL) return 3;
  return verb === SB ? sizeOfSubnegotiation(bytes, at) : 2;
}

function sizeOfSubnegotiation(bytes: Uint8Array, at: number): number {
  for (let index = at + 2; index + 1 < bytes.length; index += 1) {
    if (bytes[index] !== IAC) continue;
    if (bytes[index + 1] === SE) return index + 2 - at;
    index += 1; // A doubled IAC is one byte of the subnegotiation (RFC 855).
  }
  return bytes.length - at;
}

/** WONT for each DO and DONT for each WILL, each option once. */
function refusals({ requests }: Screen): Uint8Array {
  const replies = new Map(
    requests
      .slice(0, REPLIES_CAP)
      .map(({ verb, option }) => [
        `${verb} ${option}`,
        [IAC, verb === DO ? WONT : DONT, option] as const,
      ]),
  );
  return Uint8Array.from([...replies.values()].flat());
}

function isOption(option: number): boolean {
  return option <= LAST_OPTION || (option >= 138 && option <= 140) || option === 255;
}

/** Characters at the end of a screen in which a prompt is looked for. */
const PROMPT_CAP = 160;
const LOGIN = /(?:login|log ?in as|user ?name|user|account|password|passwd|passcode)\s?: ?$/i;
const SHELL = /^.{0,80}[#$] $/;

/** What the last line of a screen asks for. */
function promptOf(text: string): Access | undefined {
  const tail = text.slice(-PROMPT_CAP);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a prompt may be coloured (ECMA-48)
  const line = (tail.split(/[\r\n]/).at(-1) ?? '').replaceAll(/\u001b\[[\d;]{0,12}[A-Za-z]/g, '');
  if (LOGIN.test(line)) return 'credentials';
  return SHELL.test(line) ? 'open' : undefined;
}

/** BusyBox's shell greets with its version (shell/ash.c), before any prompt. */
const BUSYBOX = /BusyBox v(\d[\w.]{0,15})/;

function factsOf(text: string): readonly Fact[] {
  const level = promptOf(text);
  const busybox = BUSYBOX.exec(text)?.[1];
  const greeting = text.trim();
  return [
    speaks('telnet'),
    ...(level === undefined ? [] : [access(level)]),
    ...(greeting === '' ? [] : [detail('banner', greeting)]),
    ...(busybox === undefined ? [] : [detail('software', `BusyBox ${busybox}`)]),
  ];
}
